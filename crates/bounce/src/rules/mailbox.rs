//! The mailbox is there: full, switched off, or its owner's settings refuse.

use super::Rule;
use crate::Class;

pub(super) const FULL: &[Rule] = &[
    (
        Class::MailboxFull,
        r"\b(?:mailbox|mail ?box|inbox|account|user|recipient|maildir|folder|postfach|boîte|boite|buzón|buzon|casella|caixa|ящик)\b{gap}\b(?:is |are |has been |was |too )?(?:full|over ?quota|overquota|over the quota|voll|überfüllt|pleine|llen[oa]|pien[ao]|cheia|переполнен\w*)\b",
    ),
    (
        Class::MailboxFull,
        r"\b(?:over|exceed\w*|out of|above|beyond|reached|past|hit|under|has no)\b{gap}\b(?:quota|storage|mailbox size|disk allocation|allotted space|mail space|space allocated|disk usage)",
    ),
    (
        Class::MailboxFull,
        r"\bquota\b{gap}\b(?:exceed\w*|full|violation|reached|limit|overschritten|überschritten|dépassé|superad[ao]|esaurit[ao]|excedid[ao]|превышен\w*)",
    ),
    (
        Class::MailboxFull,
        r"\b(?:mailbox|account|recipient|user|inbox){gap}\b(?:size|storage)\b{gap}\b(?:limit|exceed\w*)",
    ),
    (
        Class::MailboxFull,
        r"\b(?:not enough|insufficient|no|lack of)\b{gap}\b(?:space|storage|quota|room)\b{gap}\b(?:mailbox|user|account|recipient|inbox|quota)",
    ),
    (
        Class::MailboxFull,
        r"\b(?:mailbox|account|recipient|user|inbox)\b{gap}\b(?:not enough|insufficient|no more|no|out of|lacks) (?:free |disk |storage )*(?:space|storage|room)",
    ),
    (
        Class::MailboxFull,
        r"\bmailfolder is full|\bfull mailbox|\bmailbox exceeds|\bmailbox has exceeded|\btoo many messages in (?:the |this )?(?:mailbox|account)|\bnumber of messages{gap}mailbox{gap}exceed",
    ),
    (
        Class::MailboxFull,
        r"メールボックス.{0,24}(?:一杯|いっぱい|容量|満杯|超過)|容量.{0,12}(?:超|一杯|いっぱい)|(?:邮箱|信箱|空间|空間|郵箱).{0,8}(?:已满|满|不足|超)|превышен\w* (?:квот\w*|объем\w*)|메일함.{0,8}(?:용량|가득)",
    ),
];

pub(super) const SUSPENDED: &[Rule] = &[
    (
        Class::Suspend,
        r"(?:\b{who}|\bdomain|@){gap}\b(?:suspended|disabled|inactive|in-active|deactivated|de-activated|discontinued|locked|frozen|closed|terminated|dormant|not active|not enabled|not activated|gesperrt|deaktiviert|désactivé|suspendu|suspendid[ao]|deshabilitad[ao]|disabilitat[ao]|sospes[ao]|desativad[ao]|заблокирован\w*|отключен\w*)\b",
    ),
    (
        Class::Suspend,
        r"\b(?:suspended|disabled|inactive|deactivated|locked|frozen|closed|terminated|expired) (?:user|account|mailbox|recipient|address|customer|domain)\b",
    ),
    (
        Class::Suspend,
        r"\b(?:account|mailbox|user|recipient|address)\b{gap}\b(?:has expired|is expired|expired|no longer (?:active|available|in use|valid|accepts?|accepting|enabled|on server))",
    ),
    (
        Class::Suspend,
        r"\b(?:not|no longer) accepting (?:any )?(?:messages?|mails?|emails?)(?: for| from| at)?\b",
    ),
    (
        Class::Suspend,
        r"\b(?:mailbox|account) (?:is |has been )?(?:currently |temporarily |permanently )?(?:suspended|disabled|blocked|unavailable due)|\bout of (?:service|order)\b",
    ),
    (
        Class::Suspend,
        r"(?:用户|邮箱|帐号|账号|帳號).{0,6}(?:停用|冻结|锁定|禁用|被封)|アカウント.{0,12}(?:停止|無効|休止)",
    ),
];

pub(super) const REFUSED: &[Rule] = &[
    (
        Class::Filtered,
        r"\b(?:recipient|user|addressee|owner|subscriber)(?:'s|s')? (?:preferences?|settings?|filters?|rules?|policy settings|whitelist|safe list|allow list)",
    ),
    (
        Class::Filtered,
        r"\b(?:message|mail|email) (?:was |has been |is )?(?:filtered|rejected by (?:the )?(?:recipient|user)|refused by (?:the )?(?:recipient|user))",
    ),
    (
        Class::Filtered,
        r"(?:\b(?:recipient|user|addressee|customer)|@) (?:has |is )?(?:refus\w+|reject\w+|declin\w+|blocked|do(?:es)? not (?:accept|want|wish)|only accepts?)\b{gap}(?:mails?|messages?|you|sender|email)",
    ),
    (
        Class::Filtered,
        r"\bblocked by (?:the |this )?(?:recipient|user|addressee)",
    ),
    (
        Class::Filtered,
        r"\bnot (?:in|on) (?:the |my |his |her |their |our )?(?:recipient's )?(?:whitelist|allow ?list|safe list|address list)",
    ),
    (
        Class::Filtered,
        r"\brecipients? (?:was|were|is|are|has been|have been) rejected by\b|受信拒否|拒否設定|(?:拒收|拒绝接收)",
    ),
];
