//! Lines of a person's ledger, in sentences. Pure.

use avow_model::{FactKind, Grantor, How, PurposeSelector, Scope, Timestamp};
use avow_store::{Evidence, EvidenceKind, LedgerEntry as Entry, LedgerLine};

use super::view::LedgerEntry;
use super::words::{Tone, When};

/// What a choice is about.
fn about(purpose: &PurposeSelector) -> String {
    match purpose {
        PurposeSelector::One(id) => format!("“{id}”"),
        PurposeSelector::AllMarketing => "all marketing".to_owned(),
        PurposeSelector::Any => "any e-mail".to_owned(),
    }
}

fn by(grantor: Grantor) -> &'static str {
    match grantor {
        Grantor::Person => "The person agreed to",
        Grantor::Parent => "A parent agreed to",
        Grantor::Import => "A file says that the person agreed to",
        Grantor::Staff => "Staff noted an agreement to",
        Grantor::Other => "Somebody else agreed to",
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
    let saw = saw.map_or_else(String::new, |n| format!(", asked under version {n}"));
    let state = match (double_opt_in, confirmed) {
        (true, false) => ", to be confirmed",
        (_, true) => ", confirmed",
        (false, false) => "",
    };
    format!("{} {}{saw}{state}.", by(*grantor), about(purpose))
}

/// The sentence of a fact.
pub(crate) fn fact_told(kind: &FactKind) -> String {
    told(kind).1
}

/// The tone and the sentence of a fact.
fn told(kind: &FactKind) -> (Tone, String) {
    let no =
        |verb: &str, purpose: &PurposeSelector| (Tone::Bad, format!("{verb} {}.", about(purpose)));
    match kind {
        FactKind::Grant { .. } => (Tone::Good, grant(kind)),
        FactKind::Confirm { .. } => (Tone::Good, "Confirmed the sign-up.".to_owned()),
        FactKind::ConfirmAddress => (Tone::Good, "Confirmed the address.".to_owned()),
        FactKind::Refuse { purpose } => no("Refused", purpose),
        FactKind::Withdraw { purpose } => no("Withdrew from", purpose),
        FactKind::Object { purpose } => no("Objected to", purpose),
        FactKind::Complaint => (Tone::Bad, "Reported mail as spam.".to_owned()),
        FactKind::Bounce => (
            Tone::Bad,
            "The address does not exist: a server said so for certain.".to_owned(),
        ),
        FactKind::Erase => (Tone::Bad, "Was erased.".to_owned()),
        FactKind::Restrict => (Tone::Notice, "Had processing restricted.".to_owned()),
        FactKind::AccountOpened => (Tone::Neutral, "Opened an account.".to_owned()),
        FactKind::AccountClosed => (Tone::Notice, "Closed the account.".to_owned()),
        FactKind::Purchase => (Tone::Neutral, "Bought something.".to_owned()),
        FactKind::Inquiry => (Tone::Neutral, "Asked about something.".to_owned()),
        FactKind::Unrestrict => (Tone::Neutral, "The restriction was lifted.".to_owned()),
        FactKind::Recollect => (
            Tone::Neutral,
            "Signed up again after the erasure.".to_owned(),
        ),
        FactKind::Notice { version } => (
            Tone::Neutral,
            format!("Was told of policy version {version}."),
        ),
        FactKind::Used { .. } => (Tone::Neutral, "The one permitted use was made.".to_owned()),
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
