//! Lines of a person's ledger, in sentences. Pure.

use avow_model::{FactKind, Grantor, How, PurposeSelector, Scope, Timestamp};
use avow_store::{Evidence, EvidenceKind, LedgerEntry as Entry, LedgerLine};

use super::view::LedgerEntry;
use super::words::{Tone, When};

/// What a choice is about.
fn about(purpose: &PurposeSelector) -> String {
    match purpose {
        PurposeSelector::One(id) => say!("quoted", text = id.as_str()),
        PurposeSelector::AllMarketing => say!("ledger-all-marketing"),
        PurposeSelector::Any => say!("ledger-any-mail"),
    }
}

fn agreed(grantor: Grantor, what: String) -> String {
    match grantor {
        Grantor::Person => say!("ledger-yes-person", what = what),
        Grantor::Parent => say!("ledger-yes-parent", what = what),
        Grantor::Import => say!("ledger-yes-import", what = what),
        Grantor::Staff => say!("ledger-yes-staff", what = what),
        Grantor::Other => say!("ledger-yes-other", what = what),
    }
}

fn grant(kind: &FactKind) -> String {
    let FactKind::Grant {
        purpose,
        saw,
        by: grantor,
        double_opt_in,
        confirmed,
        ..
    } = kind
    else {
        return String::new();
    };
    let mut sentences = vec![agreed(*grantor, about(purpose))];
    sentences.extend(saw.map(|n| say!("ledger-asked-under", n = n)));
    match (double_opt_in, confirmed) {
        (true, false) => sentences.push(say!("ledger-unconfirmed")),
        (_, true) => sentences.push(say!("ledger-confirmed")),
        (false, false) => {}
    }
    sentences.join(" ")
}

/// The sentence of a fact.
pub(crate) fn fact_told(kind: &FactKind) -> String {
    told(kind).1
}

/// The tone and the sentence of a fact.
fn told(kind: &FactKind) -> (Tone, String) {
    match kind {
        FactKind::Grant { .. } => (Tone::Good, grant(kind)),
        FactKind::Confirm { .. } => (Tone::Good, say!("ledger-confirm")),
        FactKind::ConfirmAddress => (Tone::Good, say!("ledger-confirm-address")),
        FactKind::Refuse { purpose } => (Tone::Bad, say!("ledger-refused", what = about(purpose))),
        FactKind::Withdraw { purpose } => {
            (Tone::Bad, say!("ledger-withdrew", what = about(purpose)))
        }
        FactKind::Object { purpose } => (Tone::Bad, say!("ledger-objected", what = about(purpose))),
        FactKind::Complaint => (Tone::Bad, say!("ledger-complaint")),
        FactKind::Bounce => (Tone::Bad, say!("ledger-bounce")),
        FactKind::Erase => (Tone::Bad, say!("ledger-erase")),
        FactKind::Restrict => (Tone::Notice, say!("ledger-restrict")),
        FactKind::AccountOpened => (Tone::Neutral, say!("ledger-account-opened")),
        FactKind::AccountClosed => (Tone::Notice, say!("ledger-account-closed")),
        FactKind::Purchase => (Tone::Neutral, say!("ledger-purchase")),
        FactKind::Inquiry => (Tone::Neutral, say!("ledger-inquiry")),
        FactKind::Unrestrict => (Tone::Neutral, say!("ledger-unrestrict")),
        FactKind::Recollect => (Tone::Neutral, say!("ledger-recollect")),
        FactKind::Notice { version } => (Tone::Neutral, say!("ledger-notice", n = *version)),
        FactKind::Used { .. } => (Tone::Neutral, say!("ledger-used")),
    }
}

/// From whom data came.
pub(super) const fn how(how: How) -> &'static str {
    match how {
        How::Direct => "from the person",
        How::ImportAttested => "from a file, with its origin attested",
        How::ImportUnattested => "from a file of unknown origin",
        How::Referral => "from a friend",
    }
}

fn collected(entry: &Entry) -> String {
    let Entry::Collection {
        categories,
        version,
        how: from,
    } = entry
    else {
        return String::new();
    };
    let names: Vec<_> = categories
        .iter()
        .map(avow_model::Category::as_str)
        .collect();
    let under = version.map_or_else(
        || ", bound to no policy version".to_owned(),
        |n| format!(", under version {n}"),
    );
    format!("Collected {} {}{under}.", names.join(", "), how(*from))
}

fn narrowed(scope: &Scope) -> String {
    match (&scope.brand, &scope.list) {
        (None, None) => String::new(),
        (Some(brand), None) => format!(" Only for the brand {brand}."),
        (None, Some(list)) => format!(" Only for the list {list}."),
        (Some(brand), Some(list)) => format!(" Only for the list {list} of {brand}."),
    }
}

fn evidence(e: &Evidence) -> String {
    let kind = match e.kind {
        EvidenceKind::Attestation => "Attested",
        EvidenceKind::Form => "Form",
        EvidenceKind::Page => "Page",
        EvidenceKind::Staff => "Noted by staff",
    };
    match e.wording.as_str() {
        "" => format!("{kind}: {}", e.source),
        wording => format!("{kind}: {}. “{wording}”", e.source),
    }
}

/// One line as the page shows it.
pub(super) fn entry(line: &LedgerLine, now: Timestamp) -> LedgerEntry {
    let (tone, text) = match &line.entry {
        Entry::Fact { fact, .. } => {
            let (tone, text) = told(&fact.kind);
            (tone, text + &narrowed(&fact.scope))
        }
        collection @ Entry::Collection { .. } => (Tone::Neutral, collected(collection)),
    };
    let ip = line.ip.as_ref().map(|ip| format!("From {ip}."));
    let parts: Vec<_> = line
        .evidence
        .as_ref()
        .map(evidence)
        .into_iter()
        .chain(ip)
        .collect();
    LedgerEntry {
        tone,
        text,
        when: When::new(line.at, now),
        evidence: (!parts.is_empty()).then(|| parts.join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_no_names_what_it_is_about() {
        let news = PurposeSelector::One("news.monthly".parse().unwrap());
        let (tone, text) = told(&FactKind::Withdraw { purpose: news });
        assert_eq!(
            (tone, text.as_str()),
            (Tone::Bad, "Withdrew from “news.monthly”.")
        );
        let (_, text) = told(&FactKind::Object {
            purpose: PurposeSelector::AllMarketing,
        });
        assert_eq!(text, "Objected to all marketing.");
    }
}
