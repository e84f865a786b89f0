//! Reason codes of the gate as people read them: what a code means, and what to do about it.
//!
//! Promises: each code has both, in the reader's language. Programs and the command line read the English of
//! [`avow_policy::explain_code`].

use avow_policy::Code;

use crate::language::Told;

/// What a code means.
#[expect(clippy::too_many_lines, reason = "a table with one line for each code")]
const fn title(code: Code) -> Told {
    match code {
        Code::AOptIn => told!("code-a-opt-in"),
        Code::AConfirmedOptIn => told!("code-a-confirmed-opt-in"),
        Code::AOptOutNotExercised => told!("code-a-opt-out-not-exercised"),
        Code::ABridgedChoice => told!("code-a-bridged-choice"),
        Code::ASoftOptIn => told!("code-a-soft-opt-in"),
        Code::AImpliedConsent => told!("code-a-implied-consent"),
        Code::ANecessaryService => told!("code-a-necessary-service"),
        Code::APolicyNotice => told!("code-a-policy-notice"),
        Code::ARightsReply => told!("code-a-rights-reply"),
        Code::AConfirmation => told!("code-a-confirmation"),
        Code::ANeedToKnow => told!("code-a-need-to-know"),
        Code::AProposedRuleAhead => told!("code-a-proposed-rule-ahead"),
        Code::ASingleUse => told!("code-a-single-use"),
        Code::DNoPolicy => told!("code-d-no-policy"),
        Code::DNotDeclared => told!("code-d-not-declared"),
        Code::DVersionNotEffective => told!("code-d-version-not-effective"),
        Code::DNotInCurrentVersion => told!("code-d-not-in-current-version"),
        Code::DNotInBoundVersion => told!("code-d-not-in-bound-version"),
        Code::DNarrowedSince => told!("code-d-narrowed-since"),
        Code::DNoBinding => told!("code-d-no-binding"),
        Code::DTenantIsolation => told!("code-d-tenant-isolation"),
        Code::DNoChoice => told!("code-d-no-choice"),
        Code::DRefused => told!("code-d-refused"),
        Code::DWithdrawn => told!("code-d-withdrawn"),
        Code::DObjected => told!("code-d-objected"),
        Code::DConsentInvalid => told!("code-d-consent-invalid"),
        Code::DPendingConfirmation => told!("code-d-pending-confirmation"),
        Code::DConsentExpired => told!("code-d-consent-expired"),
        Code::DComplaint => told!("code-d-complaint"),
        Code::DSuppressedChannel => told!("code-d-suppressed-channel"),
        Code::DSuppressedTenant => told!("code-d-suppressed-tenant"),
        Code::DSuppressedGlobal => told!("code-d-suppressed-global"),
        Code::DBounced => told!("code-d-bounced"),
        Code::DErased => told!("code-d-erased"),
        Code::DRestricted => told!("code-d-restricted"),
        Code::DMinor => told!("code-d-minor"),
        Code::DNoRelationship => told!("code-d-no-relationship"),
        Code::DContentClass => told!("code-d-content-class"),
        Code::DSingleUseSpent => told!("code-d-single-use-spent"),
        Code::DJurisdictionRule => told!("code-d-jurisdiction-rule"),
        Code::DConfirmationRecent => told!("code-d-confirmation-recent"),
        Code::DChannel => told!("code-d-channel"),
        Code::DFrequency => told!("code-d-frequency"),
        Code::DOutsideInterest => told!("code-d-outside-interest"),
        Code::DRequires => told!("code-d-requires"),
        Code::DMessageSort => told!("code-d-message-sort"),
        Code::DBrand => told!("code-d-brand"),
        Code::DNoRequest => told!("code-d-no-request"),
        Code::DInternalOnly => told!("code-d-internal-only"),
        Code::DContractEnded => told!("code-d-contract-ended"),
        Code::DUnaffiliated => told!("code-d-unaffiliated"),
        Code::DRecipientPromotes => told!("code-d-recipient-promotes"),
        Code::DCompetitor => told!("code-d-competitor"),
        Code::DOtherRegion => told!("code-d-other-region"),
        Code::DNoBusinessCategory => told!("code-d-no-business-category"),
        Code::DNoOffer => told!("code-d-no-offer"),
        Code::DTooManyOffers => told!("code-d-too-many-offers"),
        Code::DRemoteHost => told!("code-d-remote-host"),
        Code::DSignal => told!("code-d-signal"),
        Code::DNoNeedToKnow => told!("code-d-no-need-to-know"),
        Code::DTrainingOverdue => told!("code-d-training-overdue"),
        Code::DNotAcknowledged => told!("code-d-not-acknowledged"),
        Code::DLocked => told!("code-d-locked"),
        Code::DTokenScope => told!("code-d-token-scope"),
        Code::DRetired => told!("code-d-retired"),
        Code::DRetentionElapsed => told!("code-d-retention-elapsed"),
        Code::DPermitStale => told!("code-d-permit-stale"),
        Code::DPermitReused => told!("code-d-permit-reused"),
        Code::DNoDataHeld => told!("code-d-no-data-held"),
        Code::HStoreUnavailable => told!("code-h-store-unavailable"),
    }
}

/// What to do about it.
const fn next(code: Code) -> Told {
    match code {
        Code::AOptIn
        | Code::AConfirmedOptIn
        | Code::AOptOutNotExercised
        | Code::ABridgedChoice
        | Code::ASoftOptIn
        | Code::ANecessaryService
        | Code::APolicyNotice
        | Code::ARightsReply
        | Code::AConfirmation
        | Code::ANeedToKnow
        | Code::ASingleUse => told!("next-nothing"),
        Code::AImpliedConsent => told!("code-a-implied-consent-next"),
        Code::AProposedRuleAhead => told!("code-a-proposed-rule-ahead-next"),
        Code::DNoPolicy => told!("code-d-no-policy-next"),
        Code::DNotDeclared => told!("code-d-not-declared-next"),
        Code::DVersionNotEffective => told!("code-d-version-not-effective-next"),
        Code::DNotInCurrentVersion => told!("code-d-not-in-current-version-next"),
        Code::DNotInBoundVersion | Code::DNarrowedSince => told!("next-notice-then-ask"),
        Code::DNoBinding => told!("code-d-no-binding-next"),
        Code::DTenantIsolation => told!("code-d-tenant-isolation-next"),
        Code::DNoChoice => told!("code-d-no-choice-next"),
        Code::DRefused | Code::DWithdrawn | Code::DObjected => told!("next-only-person"),
        Code::DConsentInvalid => told!("code-d-consent-invalid-next"),
        Code::DPendingConfirmation => told!("code-d-pending-confirmation-next"),
        Code::DConsentExpired => told!("code-d-consent-expired-next"),
        Code::DComplaint => told!("code-d-complaint-next"),
        Code::DSuppressedChannel => told!("code-d-suppressed-channel-next"),
        Code::DSuppressedTenant | Code::DSuppressedGlobal => told!("next-leave-there"),
        Code::DBounced | Code::DRetired => told!("next-working-address"),
        Code::DErased => told!("code-d-erased-next"),
        Code::DRestricted => told!("code-d-restricted-next"),
        Code::DMinor => told!("code-d-minor-next"),
        Code::DNoRelationship => told!("code-d-no-relationship-next"),
        Code::DContentClass => told!("code-d-content-class-next"),
        Code::DSingleUseSpent => told!("code-d-single-use-spent-next"),
        Code::DJurisdictionRule => told!("code-d-jurisdiction-rule-next"),
        Code::DConfirmationRecent => told!("code-d-confirmation-recent-next"),
        Code::DChannel => told!("code-d-channel-next"),
        Code::DFrequency => told!("code-d-frequency-next"),
        Code::DOutsideInterest => told!("code-d-outside-interest-next"),
        Code::DRequires => told!("code-d-requires-next"),
        Code::DMessageSort => told!("code-d-message-sort-next"),
        Code::DBrand => told!("code-d-brand-next"),
        Code::DNoRequest => told!("code-d-no-request-next"),
        Code::DInternalOnly => told!("code-d-internal-only-next"),
        Code::DContractEnded => told!("code-d-contract-ended-next"),
        Code::DUnaffiliated | Code::DRecipientPromotes => told!("next-not-shared"),
        Code::DCompetitor => told!("code-d-competitor-next"),
        Code::DOtherRegion => told!("code-d-other-region-next"),
        Code::DNoBusinessCategory => told!("code-d-no-business-category-next"),
        Code::DNoOffer => told!("code-d-no-offer-next"),
        Code::DTooManyOffers => told!("code-d-too-many-offers-next"),
        Code::DRemoteHost => told!("code-d-remote-host-next"),
        Code::DSignal => told!("code-d-signal-next"),
        Code::DNoNeedToKnow => told!("code-d-no-need-to-know-next"),
        Code::DTrainingOverdue => told!("code-d-training-overdue-next"),
        Code::DNotAcknowledged => told!("code-d-not-acknowledged-next"),
        Code::DLocked => told!("code-d-locked-next"),
        Code::DTokenScope => told!("code-d-token-scope-next"),
        Code::DRetentionElapsed => told!("code-d-retention-elapsed-next"),
        Code::DPermitStale | Code::DPermitReused => told!("next-gate-again"),
        Code::DNoDataHeld => told!("code-d-no-data-held-next"),
        Code::HStoreUnavailable => told!("code-h-store-unavailable-next"),
    }
}

/// What a code of the gate means and what to do about it; `None` for any other.
pub(crate) fn explained(code: &str) -> Option<(Told, Told)> {
    Code::parse(code).map(explained_code)
}

/// The same of a known code.
pub(crate) const fn explained_code(code: Code) -> (Told, Told) {
    (title(code), next(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_says_what_the_gate_says() {
        for code in Code::ALL {
            let (title, remedy) = avow_policy::explain_code(code.as_str()).unwrap();
            let (told, next) = explained(code.as_str()).unwrap();
            assert_eq!(
                (told.to_string(), next.to_string()),
                (title.to_owned(), remedy.to_owned())
            );
        }
        assert!(explained("D_WHATEVER").is_none());
    }
}
