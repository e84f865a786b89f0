//! Automatic replies (RFC 3834) and how they differ from reports: an answering mailbox lives.

use std::sync::LazyLock;

use regex::Regex;

use super::free;
use super::parts::Parts;
use crate::Class;
use crate::outcome::{Action, Outcome};

static ABSENT: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?i)^\s*(?:(?:re|aw|fwd?|antw|sv)\s*:\s*)*(?:auto(?:matic)?[- ]?(?:reply|response|respond\w*|answer)?\s*[:(]|automatic reply|auto[- ]?(?:reply|response)|autoreply|out of (?:the )?office|away from|on vacation|vacation|abwesen|automatische antwort|réponse automatique|absence|respuesta autom|fuera de|risposta automatica|resposta autom|ausência|автоответ|自動返信|自动回复|自動回覆|自动答复)";
    Regex::new(pattern).expect("invariant: a fixed pattern")
});
static RETURNED: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?i)undeliver|returned (?:mail|to sender)|delivery (?:status|failure|fail|report|error|problem|has|notif|incomplete|delayed|to|unsuccess)|failure (?:notice|notif|delivery)|mail failure|(?:mail|message|delivery) (?:system )?(?:error|failed|fail)|failed (?:mail|delivery|message)|non[- ]?deliver|not delivered|could not (?:be )?(?:send|deliver|sent)|could not be delivered|mailer[- ]daemon|bounce|rejected|unzustellbar|nicht zugestellt|non remis|échec|no se (?:ha )?(?:pudo|entregado)|no entregado|mancata consegna|não entreg|недостав|не доставлено|配信|配送|送信でき|届|退信|无法投递|退回|无法送达|unable to deliver|delayed mail|warning: .*(?:deliver|message)|message status|mail status|user unknown";
    Regex::new(pattern).expect("invariant: a fixed pattern")
});
static DAEMON: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?i)mailer[-_. ]?daemon|postmaster|post.?master|mail delivery (?:sub)?system|mail deliver|mail administrator|mail system|bounce|mailerdaemon|mta[-@]|system administrator";
    Regex::new(pattern).expect("invariant: a fixed pattern")
});

/// True for a mail that speaks as a mail system: its sender, its form or its subject.
pub(super) fn is_report(parts: &Parts) -> bool {
    let kind = parts
        .header("content-type")
        .unwrap_or_default()
        .to_lowercase();
    let from = parts.header("from").unwrap_or_default();
    parts.header("x-failed-recipients").is_some()
        || kind.contains("multipart/report")
        || DAEMON.is_match(from)
        || RETURNED.is_match(&parts.subject)
        || from.is_empty()
        || from.contains("<>")
}

/// One outcome for an automatic reply. `None` for anything else.
pub(super) fn outcomes(parts: &Parts) -> Option<Vec<Outcome>> {
    if !is_auto(parts) {
        return None;
    }
    let from = parts.header("from").map(free::addresses);
    Some(vec![Outcome {
        address: from.and_then(|found| found.into_iter().next_back()),
        original_address: None,
        action: Action::AutoReply,
        class: Class::Vacation,
        status: None,
        reply: None,
    }])
}

fn is_auto(parts: &Parts) -> bool {
    let kind = parts
        .header("content-type")
        .unwrap_or_default()
        .to_lowercase();
    if kind.contains("report-type=delivery-status") || parts.header("x-failed-recipients").is_some()
    {
        return false;
    }
    if ABSENT.is_match(&parts.subject) {
        return true;
    }
    let from = parts.header("from").unwrap_or_default();
    let spoken = RETURNED.is_match(&parts.subject) || DAEMON.is_match(from);
    !spoken && marked(parts)
}

/// Marked as automatic by a field.
fn marked(parts: &Parts) -> bool {
    let has = |name: &str, words: &[&str]| {
        let value = parts.header(name).unwrap_or_default().to_lowercase();
        words.iter().any(|word| value.contains(word))
    };
    let named = [
        "x-autoreply",
        "x-autorespond",
        "x-auto-reply",
        "x-autoreply-from",
        "x-vacation",
        "x-mail-autoreply",
    ];
    has("auto-submitted", &["auto-replied", "vacation"])
        || has("precedence", &["auto_reply", "auto-reply", "autoreply"])
        || has("x-precedence", &["auto_reply", "auto-reply"])
        || has("delivered-to", &["autoresponder"])
        || named.iter().any(|name| parts.header(name).is_some())
}
