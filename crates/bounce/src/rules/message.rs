//! The message itself: its size, what it is taken for, its form.

use super::Rule;
use crate::Class;

/// Said in so many words: asked before what is advised beside it.
pub(super) const PLAIN: &[Rule] = &[
    (Class::PolicyViolation, r"\bcontent presents a potential\b"),
    (
        Class::SpamDetected,
        r"\bspam (?:classification|firewall|filter|engine|detected|message|content|score|mail|email)\b|\b(?:as|is|be|considered|likely|looks like|due to|detected) (?:possible |probable |suspected |unsolicited |an? )?(?:spam|junk|unsolicited)\b",
    ),
    (Class::VirusDetected, r"\bdue to security polic"),
];

pub(super) const SIZE: &[Rule] = &[
    (
        Class::ExceedLimit,
        r"\b(?:message|mail|email) size exceeds (?:the )?(?:fixed |administrative |configured )?(?:maximum|limit)\b{gap}\b5\.2\.3|\b5\.2\.3\b",
    ),
    (
        Class::MessageTooBig,
        r"\b(?:message|mail|email|size|content|body|attachment|nachricht|datei|mensaje|messaggio|mensagem|сообщени\w*|письм\w*)\b{gap}\b(?:(?:is |was )too long|too (?:big|large)|exceed\w* (?:the |your |our |a |my )?(?:size|length|maximum|fixed|recipient's|message|limit)|larger than|bigger than|over(?:size|sized| the)? (?:size|maximum|limit)|zu groß|trop (?:volumineux|grand|gros)|demasiado grande|troppo grande|muito grande|слишком большо\w*)",
    ),
    (
        Class::MessageTooBig,
        r"\b(?:size|length){gap}\bexceed|\b(?:exceed\w*|over|above)\b{gap}\b(?:max(?:imum)?|limit|fixed)\b{gap}\b(?:message|mail|email) ?size|\b(?:message|mail|email|max(?:imum)?) ?(?:message )?size (?:limit|exceed\w*|restriction|violation)",
    ),
    (
        Class::MessageTooBig,
        r"\bresolver\.rst\.\w*sizelimit|\boversized? (?:message|mail|email)|\btoo (?:large|big) (?:message|mail|email)",
    ),
    (
        Class::MessageTooBig,
        r"(?:邮件|郵件|信件).{0,8}(?:过大|太大|超过)|サイズ.{0,16}(?:超|大き)",
    ),
];

pub(super) const THREAT: &[Rule] = &[
    (
        Class::VirusDetected,
        r"\b(?:virus(?:es)?|malware|trojan|worm|infected|viral|phish\w*|spyware|virusinfiziert|вирус\w*)\b|病毒|ウイルス",
    ),
    (
        Class::SpamDetected,
        r"\bspam\w*|\b(?:unsolicited|junk) (?:bulk )?e?mail|\bunsolicited\b|\bube\b|\buce\b|\bspamassassin|\bbulk (?:e?mail|message)|垃圾邮件|垃圾郵件|迷惑メール|스팸|спам",
    ),
    (
        Class::SpamDetected,
        r"\b(?:message|mail|email|content|body|text)\b{gap}\b(?:content|body|text|is|was|has been)? ?(?:content (?:was |is |has been )?(?:reject\w*|denied|refused|blocked|restricted|not accept\w*))|\bcontent (?:of (?:this|your) (?:message|mail) )?(?:was |is )?(?:rejected|refused|denied)",
    ),
    (
        Class::PolicyViolation,
        r"\b(?:prohibited|forbidden|disallowed|banned|illegal|restricted|blocked|unacceptable) (?:attachments?|file ?types?|file names?|extensions?|content|words?)|\battachments?\b{gap}\b(?:not (?:allowed|permitted|accepted)|prohibited|forbidden|banned|blocked|removed|restricted)",
    ),
];

pub(super) const FORM: &[Rule] = &[
    (
        Class::NotCompliantRfc,
        r"\brfc ?-?(?:2822|5322|822|5321|2821|2047|2045|2046)\b|\bnot rfc[- ]?\d* ?-?compliant|\b(?:multiple|duplicate|missing|several) (?:addresses in )?(?:from|date|message-id|to|subject|sender|header)s?\b|\bduplicate header|\bbare (?:lf|cr|linefeed|newline)",
    ),
    (
        Class::ContentError,
        r"\b8-?bit data\b|\bheaders? (?:is |are |too )?(?:too )?(?:large|long|big|many)|\b(?:mime|charset|character set|encoding|unicode|smtputf8|content-type|content type|conversion)\b{gap}\b(?:error|not supported|unsupported|required|invalid|bad|malformed|needed|fail\w*)|\b(?:improper|invalid|bad|malformed|broken|illegal) (?:use of |or )?(?:mime|content|encoding|characters?|headers?|message format|line)|\bline (?:is )?too long|\bempty (?:message|subject|body)|\bcontent error",
    ),
    (
        Class::SyntaxError,
        r"\bsyntax error|\b(?:command|parameter|argument|option)s? (?:is |was )?(?:not|un) ?(?:recogni[sz]ed|implemented|supported|allowed|understood)|\bunrecogni[sz]ed (?:command|parameter)|\b(?:bad|invalid|improper|wrong) (?:command )?sequence|\bneed (?:rcpt|mail|helo|ehlo)\b|\bbad (?:command|syntax)|\binvalid (?:command|parameters?|arguments?)\b|\b(?:helo|ehlo) (?:required|first|command rejected)|\bpolite people\b|\bmalformed address\b|\bnested mail command",
    ),
    (
        Class::PolicyViolation,
        r"\bpolic(?:y|ies)\b|\bheader error|\bprohibited\b|\bnot (?:permitted|allowed) by\b|\bviolat\w+|\bcompliance\b|\badministrative (?:prohibition|block)|\brichtlinie|\bpolítica",
    ),
];
