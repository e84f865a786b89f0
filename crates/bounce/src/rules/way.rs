//! Trouble on the way and at the receiving system, and time that ran out.

use super::Rule;
use crate::Class;

pub(super) const TROUBLE: &[Rule] = &[
    (
        Class::SystemError,
        r"\b(?:contact|reach|query|connect to|access) (?:the |an? )?(?:ldap|database|sql|directory|user database)\b",
    ),
    (
        Class::NetworkError,
        r"\btoo many hops|\bhop ?count\b|\b(?:mail|routing|message|forwarding|delivery|email|relay) loops?\b|\bmailloop|\bloop detected|\blooping\b|\bloops back\b|\bin a loop\b|\btoo many (?:received|routing)|\bmaximum hop",
    ),
    (
        Class::NetworkError,
        r"\b(?:host ?name|name server|name service|dns|mx|domain name|address) (?:lookup|resolution|query|service|server)? ?(?:has |is |was )?(?:fail\w*|error|problem|servfail|timed out|unresolved|trouble)|\b(?:name server|name service|dns|mx)\b{gap}\b(?:fail\w*|errors?|problem|timed out|no relevant answers|not found|no data|host not found|try again)|\bservfail\b|\blookup did not complete\b|\b(?:could not|can not|unable to|failed to) (?:resolve|look ?up|find)\b{gap}\b(?:host|domain|name|dns|mx|ip)\b|\bno (?:relevant answers|mx record|valid mx|dns record)\b|\bdns\b{gap}\blookup\b",
    ),
    (
        Class::Expired,
        r"\b(?:operation|connection|connect|session) timed? ?out\b|\bqueue\b{gap}\btoo long",
    ),
    (
        Class::NetworkError,
        r"\bno route to (?:host|domain)|\bnetwork (?:is )?(?:unreachable|down|error)|\bhost (?:is )?(?:unreachable|down)|\bconnection (?:was |is )?(?:reset|lost|dropped|closed|aborted|broken|terminated)|\bconnection refused\b|\blost connection|\b(?:could|can) not (?:connect|make a connection|establish)\b|\bunable to (?:connect|establish|contact|reach)\b|\bfailed to connect|\bbroken pipe|\bno route found",
    ),
    (
        Class::SystemFull,
        r"\b(?:insufficient|not enough|no|out of|low on|lack of)\b (?:free |system |disk |storage |server )*(?:disk|space|storage|memory|resources|disk space|spool)\b|\b(?:disk|file ?system|spool|queue|server|system) (?:is )?(?:full|out of)|\bno space left",
    ),
    (
        Class::MailerError,
        r"\bmailer error|\bexit(?:ed)? (?:status|code|with)|\bcommand (?:died|failed|output)|\bprocmail\b|\bmaildrop\b|\bmailer\b{gap}\b(?:fail\w*|died|returned)|\b(?:pipe|filter|program|script)\b{gap}\b(?:fail\w*|died|returned|error)|\bx-unix; ?\d+",
    ),
    (
        Class::SystemError,
        r"\b(?:internal|system|server|local|configuration|config|temporary local|unexpected|fatal|processing|software|protocol|database|storage|ldap|i/o|lookup)\b(?: [a-z]+)? (?:error|problem|failure|trouble)\b|\b(?:error|failure) in processing|\bservice (?:is )?(?:currently |temporarily )?(?:unavailable|not available)|\bunable to (?:process|handle|deliver (?:locally|mail))|\bcan not (?:open|create|write|append|update|lock|execute)\b|\bmisconfigur\w*|\binsufficient permission|\bfile too large|\bdeadlock|\blocal delivery failed|\bremote protocol error",
    ),
    (
        Class::NotAccept,
        r"\b(?:host|system|server|domain|we|site)\b{gap}\b(?:does not|not|no longer) (?:accept|accepting|receive|take|taking)\b{gap}\b(?:mail|messages|email|smtp)|\bnot accepting (?:network )?(?:messages|mail)|\bsmtp (?:service )?(?:is )?disabled",
    ),
    (
        Class::Expired,
        r"\b(?:timed? ?out|time-?out|timeout)\b|\bexpired\b|\b(?:not|never)(?: been| be)? (?:delivered|sent|deliverable)\b{gap}\b(?:for|within|after|in) (?:the last |more than |over )?\d+|\b(?:for|after) too long\b|\bqueue\b{gap}\btoo long|\bretr(?:y|ies)\b{gap}\b(?:exceed\w*|expired|limit|exhausted|time not reached|period|maximum)|\b(?:gave|giving) up\b|\baborted after\b|\b(?:will|am|is|are|going) not (?:going )?(?:be )?(?:to )?(?:tried|try|retried|retry|trying)(?: again)?\b|\b(?:delivery|transmission|message)\b{gap}\b(?:time|period|lifetime|deadline)\b{gap}\b(?:exceed\w*|over|passed|expired|reached)|\bcould not be delivered (?:for|within|after|in) \d|\bdelivery (?:is )?(?:still )?delayed|\bdelayed\b|\bdid not (?:respond|accept our requests)|\bno (?:response|answer) from|\bnot respond\w*|\bverzögert|\bhas not been delivered\b|\bhave been failing for a long time|\bno action is required",
    ),
    (Class::OnHold, r"\btry again (?:later|in)?|\btemporar\w+"),
];

/// Words of a trouble that passes: with them nothing is certain for good.
pub(super) const PASSING: &[&str] = &[
    r"\btry again later\b|\bhost not found, try again|\bmaintenance\b|\bverification in progress|\bcurrently (?:unavailable|not|disabled)|\btry again in \d|\btemporar(?:y|ily)\b|\bvorübergehend|\btemporairement|\btemporalmente|\btemporaneamente|\bвременно\b|\bwill (?:be )?retr(?:y|ied)\b|\bplease retry\b|\b(?:may|might) (?:not )?(?:be|exist|have)\b|\bdns (?:timeout|timed out)|\bservfail\b|一時的|稍后|暂时|可能不|\bmöglicherweise|\bil se peut|\bpeut-être|\bquizás|\bes posible|\bpuede que|\bforse\b|\bвозможно|\bймовірно|\bperhaps\b|\bpossibly\b",
];
