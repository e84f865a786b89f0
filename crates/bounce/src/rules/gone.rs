//! The recipient, the host or the domain is gone for good.

use super::Rule;
use crate::Class;

/// "User unknown" in its many forms.
pub(super) const UNKNOWN: &[&str] = &[
    r"\b{who}(?: (?:is|are|was|name|id|address|account))? ?(?:\([^)]*\))?[ :,.'-]{0,4}(?:is |are |was |could |can |has )?{absent}",
    r"\b(?:unknown|invalid|non-?existent|no such|unbekannter?|unknown or illegal|illegal|incorrect) (?:local |virtual |email |recipient |destination |remote )?{who}\b",
    r"\bno (?:such )?(?:local |virtual |valid )?{who} (?:here|by|with|found|of|exists|for|in|called|named)\b",
    r"\b{who} (?:@ ?)?(?:[^ ]{1,30} )?(?:is |was |were |could |can )?{absent}",
    r"@ ?[:,.'-]{0,4} ?(?:is |was |could |can )?{absent}",
    r"\b{who}{gap} (?:does|do) not (?:have|own) an? {gap}(?:account|mailbox|address)",
    r"\bnot (?:a |an |our )(?:valid |known |local |registered |existing )*{who}\b",
    r"\bnot (?:listed|found|known|registered) (?:in|on|at|here|as)\b{gap}(?:directory|server|system|table|domain|address book|names|organi[sz]ation|users?)",
    r"\bunknown in\b",
    r"\b(?:is|are) not known (?:here|to us|at this)",
    r"\b5\.5\.0 requested action not taken: mailbox unavailable",
    r"\brecipient name is not recogni[sz]ed\b",
    r"@ was not found (?:at|in) ",
    r"\bunrouteable (?:mail )?(?:address|recipient)",
    r"\b{who}{gap} (?:could|can) not be (?:found|located|resolved)",
    r"\b(?:could|can|did|was|were) not (?:find|locate|be found)\b{gap}{who}",
    r"\bresolver\.adr\.\w*(?:recip|recipient)notfound",
    r"\bmailbox unavailable or (?:access denied|not found)",
    r"\b{who} (?:is )?(?:not valid|invalid)\b",
    r"\b(?:invalid|bad) (?:final |destination )?(?:mailbox|recipient|rcpt|address|user)",
    r"宛先(?:が|の).{0,20}(?:存在しません|見つかりません|不明)|(?:ユーザ|メールアドレス|アドレス|メールボックス).{0,16}(?:存在しま|見つかりま|ありませ|不明)",
    r"(?:用户|收件人|邮箱|地址|帐号|账号|用戶|郵箱).{0,10}(?:不存在|未找到|无效|錯誤|不正确)|找不到.{0,6}(?:用户|收件人|邮箱)",
    r"(?:사용자|수신자|메일|계정).{0,10}(?:존재하지|없는|찾을 수)",
];

/// The same, said of an address that stands in the text.
pub(super) const NAMED: &[&str] = &[
    r"@ ?[:,.'-]{0,4} ?(?:recipient address rejected: )?(?:{who} )?(?:is |was |could |can )?{absent}",
    r"@ ?[:,.'-]{0,4} ?(?:recipient address rejected: )?(?:unknown|no such|invalid) {who}",
    r"\b(?:unknown|no such|invalid) {who} ?[:,]? ?@",
];

/// Whole sentences of refusing servers: a filter that hides behind "user unknown" does not speak so.
pub(super) const SENTENCE: &[&str] = &[
    r"\b(?:account|address|mailbox|user|recipient)(?: address)?(?: that)? you tried to (?:reach|contact|send){gap} (?:does not exist|is unknown|not found)",
    r"\b(?:user|recipient){gap} (?:does not|doesnt|do not) have (?:an? )?{gap}account\b",
    r"\b(?:sorry, )?no (?:such )?mailbox here by that name",
    r"\bno such user here\b",
    r"\bno such (?:recipient|mailbox|account|address)\b",
    r"\b(?:mailbox|account|recipient|address|user)(?: name)?(?: @)? (?:does not|doesnt|do not) exist\b",
    r"\baddress not found\b",
    r"\b5\.5\.0 requested action not taken: mailbox unavailable",
    r"\b(?:this|the) (?:email )?(?:address|mailbox|account|user|recipient) (?:is |was |could |can )?(?:unknown|not (?:be )?found)",
    r"\b{who}{gap}(?:existiert (?:hier )?nicht|n'existe pas|no existe|non esiste|não existe|не существует|nie istnieje)",
    r"(?:ユーザ|メールアドレス|アドレス|宛先).{0,16}存在しません|(?:用户|收件人|邮箱|郵箱|用戶).{0,6}不存在",
];

/// The reporting system speaks of its own directory: no reply is needed beside it.
pub(super) const CERTAIN: &[&str] = &[
    r"\b(?:account|recipient|mailbox|address|user)\b{gap}\b(?:does not|doesnt|do not) exist at the organi[sz]ation",
    r"\bnot listed in{gap}(?:directory|address book|names)",
    r"\bnot found in{gap}(?:directory|address book|email system)",
    r"\bbecause the address (?:could|can) not be found(?:$|[^,])",
    r"\bresolver\.adr\.\w*(?:recip|recipient)notfound",
    r"\bunknown or illegal (?:alias|local|recipient|user|address)",
    r"\bemail address{gap}was not found\b",
    r"\brecipient name is not recogni[sz]ed\b",
    r"^unknown user:? ?@",
    r"\bunknown local-part\b",
    r"@ was not found (?:at|in) ",
];

/// Has a new place. Only what says so of the person or the address.
pub(super) const MOVED: &[Rule] = &[
    (
        Class::HasMoved,
        r"\b(?:user|recipient|customer|person|mailbox|address|he|she) (?:@ )?has moved(?:$|[.;,:]| to @| away| to (?:a |an )?(?:new|other) (?:email )?address)",
    ),
    (
        Class::HasMoved,
        r"\bhas (?:been )?(?:permanently )?(?:moved|changed|replaced)(?: by| to) @",
    ),
    (
        Class::HasMoved,
        r"\b551\b.{0,20}\bnot our (?:user|customer)",
    ),
    (
        Class::HasMoved,
        r"\b(?:his|her|their) (?:email )?address has (?:been )?changed\b",
    ),
    (
        Class::HasMoved,
        r"(?:\b(?:he|she|user|recipient|person|employee|addressee)|@) (?:is )?no longer (?:works|employed|working) (?:here|at|for|with|by)\b",
    ),
];

/// The domain takes no mail.
pub(super) const NO_MAIL: &[Rule] = &[
    (
        Class::NullMx,
        r"\bnull ?mx\b|\bnullmx\b|\b(?:could|can) not find a mail exchanger|\bno (?:mx|mail exchangers?)(?: records?)? (?:was |were )?(?:found|exists?)|\bno (?:valid )?(?:mx|mail exchanger) (?:records? )?(?:found )?for (?:the )?(?:domain|host)",
    ),
    (
        Class::NullMx,
        r"\bmx or srv record indicated no smtp service",
    ),
    (
        Class::NullMx,
        r"\b(?:host|domain|recipient address|@)(?: host| @)? (?:does|do) not (?:accept|receive|take) (?:any )?e?mails?(?:$|[.;]|\)| \(|, null| at all| according)",
    ),
    (
        Class::NullMx,
        r"\b(?:host|domain) (?:accepts|takes|receives) no e?mail(?:$|[.;]| at all)",
    ),
];

/// The domain or its host does not exist. Passing troubles of name servers are sorted by what stands beside it.
pub(super) const HOST: &[Rule] = &[
    (Class::HostUnknown, r"\bunrouteable (?:mail )?address"),
    (
        Class::HostUnknown,
        r"\b(?:host|domain|hostname|site)(?: or domain)?(?: name)? (?:is )?(?:unknown|not found|invalid|does not exist|not exist)",
    ),
    (
        Class::HostUnknown,
        r"\b(?:unknown|no such|invalid|non-?existent|bad|illegal) (?:mail |destination |recipient |target )?(?:host|domain|hostname|host/domain|mx|system)\b",
    ),
    (
        Class::HostUnknown,
        r"\bdomain (?:host )?(?:does not exist|could not be found|can not be found|is not valid|not found|name not found)",
    ),
    (
        Class::HostUnknown,
        r"\bnxdomain\b|\b(?:mx|dns) records? (?:point|points) to non-?existent",
    ),
    (
        Class::HostUnknown,
        r"\b(?:all )?host (?:address )?lookups? failed permanently",
    ),
    (
        Class::HostUnknown,
        r"\bcould not find (?:any|a) (?:host|mail server|mx|domain)\b{gap}(?:named|for|called)|\bno (?:mail )?(?:server|hosts?|mx|mail exchangers?)(?: records?)? (?:found |exists? )?for (?:the |this )?(?:domain|host)",
    ),
    (
        Class::HostUnknown,
        r"ドメイン.{0,12}(?:存在しま|見つかりま)|域名.{0,6}(?:不存在|错误)",
    ),
];

/// The words speak of the sender's address, domain or host: nothing in them is about the recipient.
pub(super) const SENDERS: &[&str] = &[
    r"\b(?:your|sender'?s?|senders'|sending) (?:own |email |mail |sender |sending |ip |from )*(?:domain|ip|mailbox|address(?:$|[^a-z ]| [^bl]))",
    r"\b(?:in|of) (?:the |your )?(?:sender|from)\b",
    r"\b(?:you sent|sending|sent) from\b",
];
