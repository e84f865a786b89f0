//! The sender's side: its standing, its pace, its host, its address.

use super::Rule;
use crate::Class;

/// Proof of who sends.
pub(super) const STANDING: &[Rule] = &[
    (
        Class::SecurityError,
        r"\bonly accepts? (?:mail over |messages over )?(?:tls|encrypted)|\bunauthenticated (?:senders?|users?|connections?)|\b(?:turn on|enable|use|requires?) (?:smtp )?auth\w*|\bwithout (?:smtp )?auth\w*",
    ),
    (
        Class::Rejected,
        r"(?:gruppe|groupe|grupo|gruppo|груп[аы]|skupin[ay]|ομάδα|קבוצה|समूह|مجموعة|گروه|群組|群组|グループ|그룹).{0,200}(?:berechtigung|autorisé|permiso|autorizz|permiss|дозвол|разрешен|oprávnění|δικαίωμα|άδεια|אישור|अनुमति|مصرح|مجوز|權限|权限|権限|권한)",
    ),
    (
        Class::AuthFailure,
        r"\bdmarc\b|\bdkim\b|\bspf\b|\bsender policy framework|\barc (?:validation|failed)|\bdomainkeys\b{gap}fail",
    ),
    (
        Class::AuthFailure,
        r"\b(?:unauthenticated|not authenticated|lacks? authentication|without authentication) (?:e?mail|message)|\b(?:e?mail|message|sender|sending domain)\b{gap}\b(?:does not have|lacks|without|fails? to pass|did not pass|not pass|failed)\b{gap}\bauthentication|\bsender authentication (?:fail\w*|required)|\bauthentication (?:checks?|information|results?)\b{gap}\b(?:fail\w*|missing|required)",
    ),
    (
        Class::RequirePtr,
        r"\b(?:reverse (?:dns|lookup|hostname|host name|name|address|ip|resolution|mapping)|ptr\b|rdns\b|reverse-?dns)|\b(?:ip|client|host)?(?: ?address)? ?name lookup failed|\bcan not (?:find|resolve|get) (?:your )?(?:reverse )?(?:hostname|host name)|\bcannot find your (?:hostname|reverse)|\bno reverse\b|\bfix reverse|\bresolve (?:your )?(?:ip|client)|\bgeneric (?:ptr|hostname|reverse)|\b(?:ip|host) (?:does not|not) (?:have|resolve)\b{gap}(?:name|hostname|resolve)",
    ),
    (
        Class::BadReputation,
        r"\b(?:bad|low|poor|suspicious|negative|insufficient)\b{gap}\breputation|\breputation\b|\bsender ?score\b|\bsenderbase\b|\buser complaints\b|\bnot in whitelist for\b",
    ),
];

/// Too much or too fast.
pub(super) const PACE: &[Rule] = &[
    (
        Class::TooManyConnections,
        r"\btoo many\b{gap}\b(?:connections?|sessions?|recipients?)\b|\b(?:connections?|sessions?|recipients?)\b{gap}\b(?:limit|rate|maximum|quota)\b{gap}\b(?:exceed\w*|reached)|\b(?:exceed\w*|reached|over|above)\b{gap}\b(?:connections?|sessions?|concurrent|simultaneous|recipients?)\b{gap}\b(?:limit|rate|maximum|allowed)?|\b(?:concurrent|simultaneous|concurrency) (?:smtp )?(?:connections?|sessions?|limit)|\bmaximum (?:number of )?(?:concurrent |simultaneous )?(?:connections|sessions|recipients)",
    ),
    (
        Class::Speeding,
        r"\brate (?:limit\w*|exceed\w*|control|violation)|\bratelimit\w*|\b(?:sending|mail|message|receiving)\b{gap}\b(?:rate|speed|frequency|too (?:fast|quickly|much|many|often|frequently))|\b(?:daily|hourly)\b{gap}\b(?:limit|quota)\b|\bthrottl\w*|\bslow down\b|\bunusual rate|\btoo (?:fast|quickly|frequently|much mail|many (?:messages|mails|emails|errors|commands|attempts|invalid|unknown))|\b(?:exceed\w*|reached|over)\b{gap}\b(?:daily|hourly|per (?:hour|day|minute)|sending)\b|\b(?:message|mail|email)s? (?:per|in) (?:hour|day|minute|the last)|频率|频繁|発信数",
    ),
    (
        Class::OnHold,
        r"\bgr[ea]y-?list\w*|\bpostgrey\b|\bgr[ea]y listed|\bverification in progress",
    ),
];

/// Where it comes from.
pub(super) const PLACE: &[Rule] = &[
    (
        Class::OnHold,
        r"\bsuppress(?:ed|ion)\b|\bpreviously bounced\b|\bhistory of bouncing\b",
    ),
    (
        Class::Filtered,
        r"\brecipient address rejected: access denied\b",
    ),
    (
        Class::Blocked,
        r"\b(?:helo|ehlo)\b{gap}\b(?:reject\w*|invalid|not found|refused|denied|fully|hostname|mismatch|forged)|\b(?:invalid|bad|forged|reject\w*) (?:helo|ehlo)\b",
    ),
    (
        Class::NoRelaying,
        r"\brelay(?:ing|ed)?\b{gap}\b(?:denied|prohibited|not (?:permitted|allowed|authori[sz]ed|possible)|refused|rejected|is not|forbidden|blocked|access|restricted)|\b(?:not|un)(?: be)? ?(?:permitted|allowed|able|authori[sz]ed|willing|possible)? ?to relay|\b(?:insecure mail|no|not a|do not|does not|not allowed|cannot|refus\w+|third[- ]party) relay|\bunable to relay|\b(?:we|i|host) (?:do|does) not relay|\brcpthosts\b|\bnot a gateway\b|\bnot (?:a )?local host\b|\bnot (?:a |one of )?(?:our|gateway|local) (?:domains?|gateway)|\b(?:domain|host)(?: host)? (?:is )?not (?:in|on) (?:my|our|the)\b{gap}(?:allowed|rcpthosts|domains)|\bnot a (?:local|hosted|handled) domain|\bno such domain (?:at this location|here)",
    ),
    (
        Class::Blocked,
        r"\bblacklist\w*|\bblocklist\w*|\bdnsbl\b|\brbl\b|\b(?:is|was|are|been) (?:currently )?(?:listed|blocked)\b{gap}(?:by|on|in|at|using|from)|\blisted (?:at|in|on|by) (?:the )?(?:dnsbl|host|bl|block)|\bblock list|\(bl\)|\bopen (?:relay|proxy)\b|\bban(?:ned|list)\b",
    ),
    (
        Class::Blocked,
        r"\b{host}\b?{gap}\b(?:blocked|block|banned|denied|refused|rejected|not (?:allowed|permitted|welcome|authori[sz]ed|accepted)|barred|listed|prohibited|not accepting connections|may not be)\b",
    ),
    (
        Class::Blocked,
        r"\b(?:blocked|block|refused|denied|rejected|rejecting|refusing|reject|deny)\b{gap}\b(?:your|this|client|sending|from) (?:ip|host|server|network|client|mta|mail server|isp|country|dynamic|connection|subnet)",
    ),
    (
        Class::Blocked,
        r"\bno access from\b|\b(?:you|your (?:e?mail|message|host|server|ip|domain|network|isp))\b{gap}\b(?:blocked|banned|barred|not welcome|denied access|redundant)|\bconnection refused by\b|\bnot accepting connections\b|\baccess (?:is )?denied\b|\bdynamic(?:ally)?(?: assigned)? (?:ip|host|address|pool)|\bresidential\b|\bgo away\b",
    ),
];

/// The sender's address or domain.
pub(super) const REFUSED: &[Rule] = &[
    (
        Class::RequirePtr,
        r"\b(?:client|sending|connecting|your) (?:host ?name|host|server|ip|ip address)\b{gap}\b(?:unknown|not found|not resolve\w*|invalid)|\bunknown (?:client|host:? (?:\[?ip))",
    ),
    (
        Class::Rejected,
        r"\b{sender}\b{gap}\b(?:null ?mx|no mx|unrouteable)|\b(?:null ?mx|no mx)\b{gap}\b{sender}\b|\byour (?:sender |sending |email |own )?domain\b{gap}\b(?:not|no|null|unknown|invalid)\b",
    ),
    (
        Class::Rejected,
        r"\bdomain of sender\b|\b{sender}(?: address| domain| email| host| verify| verification)*(?: @)?:? ?(?:is |was |has been |has |could |can |not be |must )*\b(?:reject\w*|denied|refused|not (?:allowed|permitted|accepted|authori[sz]ed|found|exist|verified|valid|resolve\w*|owned|known|welcome|recognized)|invalid|unknown|unverified|blocked|fail\w*|does not|do not|resolve|be resolvable|exist|be a|forbidden|prohibited|not be|abgelehnt|refusé)",
    ),
    (
        Class::Rejected,
        r"\b(?:reject\w*|denied|refus\w+|invalid|unknown|unverified|bad|illegal|unable to verify|could not verify|can not verify|unresolvable|blocked|unacceptable|restricted|fake|forged)\b (?:the |your |this |by )?(?:envelope |smtp )?(?:senders?|originator|return-?path|from address|expéditeur|absender|remitente|mittente)\b",
    ),
    (
        Class::Rejected,
        r"\b(?:can not|could not|unable to|failed to|does not|not) (?:be )?(?:resolve|verify|find|accept)\b{gap}\b(?:{sender}|your) ?(?:address|domain|email)",
    ),
    (
        Class::Rejected,
        r"\bpermission to post\b|\bnot (?:allowed|permitted|authori[sz]ed) to (?:post|send|submit)\b{gap}(?:to|group|list|this)|\b(?:not a member|non-?members?|only members|members only|not subscribed|subscribers only|not member)\b|\brestricted to (?:members|subscribers|authorized)|\bmoderated (?:list|group)|\bnull sender|\bempty (?:envelope )?(?:sender|from)|投稿する権限|\bgroup\b{gap}\bmay not exist",
    ),
    (
        Class::SecurityError,
        r"\b(?:smtp )?auth(?:entication|enticate|enticated)?\b{gap}\b(?:required|needed|fail\w*|first|rejected|is required|must)|\b(?:must|need to|please|not)\b{gap}\b(?:authenticate|authenticated|log ?in|authori[sz]ed)\b|\bresolver\.rst\.\w*(?:auth|sendernot|notauth|restricted)\w*|\b(?:starttls|tls|encryption|ssl|encrypted)\b{gap}\b(?:required|needed|must|not (?:available|supported|offered)|fail\w*|mandatory|first)|\b(?:must|require\w*|need)\b{gap}\b(?:starttls|tls|encryption|ssl)\b|\b(?:you (?:are|do) not (?:have )?(?:authori[sz]ed|permission|permitted)|unauthori[sz]ed|not authori[sz]ed|insufficient (?:access|rights|authori[sz]ation)|permission denied)\b|\bbad authentication|\bsecurity\b{gap}(?:error|violation|reasons?)",
    ),
];
