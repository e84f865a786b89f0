//! The closed list of reason codes: what each means, and what to do about it.
//!
//! The texts are for marketers; `explain` adds dates and names. Codes are stored and shown in
//! reports, so a code once published is never renamed.

use std::fmt;

/// What a reason does to the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Grounds to act.
    Allows,
    /// Grounds not to act.
    Denies,
    /// Not known now: do not act, ask again.
    Holds,
}

macro_rules! codes {
    ($($variant:ident $text:literal $weight:ident $title:literal $remedy:literal)+) => {
        /// Why the gate answers as it does. Text forms are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $title] $variant),+ }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The text that reports, JSON and the store use.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// Whether it allows, denies or holds.
            pub const fn weight(self) -> Weight {
                match self { $(Self::$variant => Weight::$weight),+ }
            }

            /// One line for people.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }

            /// What to do next, in one sentence.
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$variant => $remedy),+ }
            }

            /// From its text.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

codes! {
    AOptIn "A_OPT_IN" Allows
        "The person opted in" "Nothing to do."
    AConfirmedOptIn "A_CONFIRMED_OPT_IN" Allows
        "The person opted in and confirmed it" "Nothing to do."
    AOptOutNotExercised "A_OPT_OUT_NOT_EXERCISED" Allows
        "Allowed unless the person says no, and they have not" "Nothing to do."
    ABridgedChoice "A_BRIDGED_CHOICE" Allows
        "Older data, covered by a notice and the person's choice after it" "Nothing to do."
    ASoftOptIn "A_SOFT_OPT_IN" Allows
        "A customer's soft opt-in" "Nothing to do."
    AImpliedConsent "A_IMPLIED_CONSENT" Allows
        "Implied consent from a recent purchase or inquiry"
        "Ask for an opt-in before the period ends."
    ANecessaryService "A_NECESSARY_SERVICE" Allows
        "Service mail of a running relationship" "Nothing to do."
    APolicyNotice "A_POLICY_NOTICE" Allows
        "Notice of a policy change" "Nothing to do."
    ARightsReply "A_RIGHTS_REPLY" Allows
        "Answer to the person's own request" "Nothing to do."
    AConfirmation "A_CONFIRMATION" Allows
        "Asks the owner of an address to confirm a sign-up made with it" "Nothing to do."
    ANeedToKnow "A_NEED_TO_KNOW" Allows
        "Somebody whose work for this purpose needs the data" "Nothing to do."
    AProposedRuleAhead "A_PROPOSED_RULE_AHEAD" Allows
        "Allowed today; a proposed rule would ask for more"
        "Ask for the permission that the proposed rule names before it becomes law."
    ASingleUse "A_SINGLE_USE" Allows
        "The one permitted use, not yet made" "Nothing to do."
    DNoPolicy "D_NO_POLICY" Denies
        "No policy version is in force" "Publish a policy and wait for its effective date."
    DNotDeclared "D_NOT_DECLARED" Denies
        "The policy does not declare this use"
        "Declare the use in a new policy version; it covers data collected from then on."
    DVersionNotEffective "D_VERSION_NOT_EFFECTIVE" Denies
        "Only a policy version that is not in force yet declares this use"
        "Wait until that version takes effect."
    DNotInCurrentVersion "D_NOT_IN_CURRENT_VERSION" Denies
        "The policy in force no longer declares this use"
        "Use a purpose that the policy in force declares."
    DNotInBoundVersion "D_NOT_IN_BOUND_VERSION" Denies
        "The data was collected under terms that do not include this use"
        "Send the policy notice, then ask the person: their own opt-in on the new wording covers it."
    DNarrowedSince "D_NARROWED_SINCE" Denies
        "A policy version since the collection excluded this use"
        "Send the policy notice, then ask the person: their own opt-in on the new wording covers it."
    DNoBinding "D_NO_BINDING" Denies
        "A kind of data is needed that is not held, or is of unknown origin"
        "Collect it from the person with a form, or leave it out of the message."
    DTenantIsolation "D_TENANT_ISOLATION" Denies
        "The data belongs to another account" "Cannot be used: only that account may use it."
    DNoChoice "D_NO_CHOICE" Denies
        "A permission is needed and the person has not given it"
        "Ask on a sign-up form or the preference page."
    DRefused "D_REFUSED" Denies
        "The person refused" "Only the person can change that."
    DWithdrawn "D_WITHDRAWN" Denies
        "The person withdrew" "Only the person can change that."
    DObjected "D_OBJECTED" Denies
        "The person objected" "Only the person can change that."
    DConsentInvalid "D_CONSENT_INVALID" Denies
        "The only permissions on record do not count as the person's own free choice"
        "Ask the person with an unticked, separate question."
    DPendingConfirmation "D_PENDING_CONFIRMATION" Denies
        "The sign-up is waiting for its confirmation"
        "The person has to confirm with the link in the confirmation mail."
    DConsentExpired "D_CONSENT_EXPIRED" Denies
        "A time-limited permission has run out" "Ask the person for a new opt-in."
    DComplaint "D_COMPLAINT" Denies
        "The person reported mail as spam" "Only a confirmed opt-in by the person lifts it."
    DSuppressedChannel "D_SUPPRESSED_CHANNEL" Denies
        "The person wants no e-mail of any sort"
        "Use another channel; only a confirmed opt-in by the person lifts it."
    DSuppressedTenant "D_SUPPRESSED_TENANT" Denies
        "The address is on the account's suppression list"
        "Leave it there; for an entry of the person's own choice, only the person can lift it."
    DSuppressedGlobal "D_SUPPRESSED_GLOBAL" Denies
        "The address is on this server's suppression list"
        "Leave it there; for an entry of the person's own choice, only the person can lift it."
    DBounced "D_BOUNCED" Denies
        "The address does not exist" "Ask the person for an address that works."
    DErased "D_ERASED" Denies
        "The person's data was erased" "Only the person can come back, by signing up again."
    DRestricted "D_RESTRICTED" Denies
        "Processing is restricted at the person's request"
        "Settle the request; then the restriction can be lifted."
    DMinor "D_MINOR" Denies
        "The person is under the age of the policy" "Cannot be used: erase the record."
    DNoRelationship "D_NO_RELATIONSHIP" Denies
        "Service mail needs a running account or contract"
        "Use a marketing purpose with the person's permission instead."
    DContentClass "D_CONTENT_CLASS" Denies
        "Service mail and notices carry no promotion"
        "Take the promotion out, or send it as marketing."
    DSingleUseSpent "D_SINGLE_USE_SPENT" Denies
        "The one permitted use was made" "Cannot be sent again."
    DJurisdictionRule "D_JURISDICTION_RULE" Denies
        "A rule of the person's country asks for more"
        "Ask the person for the permission that the rule names."
    DConfirmationRecent "D_CONFIRMATION_RECENT" Denies
        "A confirmation mail went to this address lately"
        "The person can confirm with the mail they have; a new one can be asked for later."
    DChannel "D_CHANNEL" Denies
        "The policy does not reach people this way for this purpose"
        "Use a channel that the policy names, or name this one in a new version."
    DFrequency "D_FREQUENCY" Denies
        "As many messages as the policy allows went to this person lately"
        "Wait; the oldest of them stops counting by itself."
    DOutsideInterest "D_OUTSIDE_INTEREST" Denies
        "The topic is none that the person said to be interested in"
        "Say which topic the message is about, and send it to those who named that topic."
    DRequires "D_REQUIRES" Denies
        "The policy permits this only along with another purpose, which is not permitted"
        "Ask the person for the other permission first."
    DMessageSort "D_MESSAGE_SORT" Denies
        "Service mail of this sort is not on the policy's list"
        "Use one of the sorts that the policy lists, or send it as marketing."
    DBrand "D_BRAND" Denies
        "Mail for this purpose goes out under a brand of its own"
        "Send it under the brand that the policy names."
    DNoRequest "D_NO_REQUEST" Denies
        "The person did not ask for this" "Send it in answer to the person's own request only."
    DInternalOnly "D_INTERNAL_ONLY" Denies
        "This kind of data never leaves the controller" "Leave it out of what is handed over."
    DContractEnded "D_CONTRACT_ENDED" Denies
        "No contract with this recipient is running" "Renew the contract and name it in the policy."
    DUnaffiliated "D_UNAFFILIATED" Denies
        "The policy promised that data do not go to such recipients" "Cannot be shared with them."
    DRecipientPromotes "D_RECIPIENT_PROMOTES" Denies
        "The policy promised that nobody gets the data for their own promotion"
        "Cannot be shared with them."
    DCompetitor "D_COMPETITOR" Denies
        "A competitor's offer may not stand in this edition" "Leave the offer out."
    DOtherRegion "D_OTHER_REGION" Denies
        "An offer from another region, or from nobody knows where, may not stand in this edition"
        "Leave the offer out, or fill in its region."
    DNoBusinessCategory "D_NO_BUSINESS_CATEGORY" Denies
        "Who has no business category takes no part in a joint edition"
        "Fill in the business category."
    DNoOffer "D_NO_OFFER" Denies
        "No offer is left for this edition" "Add offers that this edition may carry."
    DTooManyOffers "D_TOO_MANY_OFFERS" Denies
        "An edition carries at most 64 offers" "Make two editions."
    DRemoteHost "D_REMOTE_HOST" Denies
        "The message loads from a host that the policy does not name"
        "Host the file yourself, or name the host in a new policy version."
    DSignal "D_SIGNAL" Denies
        "The person's browser says no to sharing (Global Privacy Control)"
        "Only the person can change that, in the browser."
    DNoNeedToKnow "D_NO_NEED_TO_KNOW" Denies
        "Your role does not need this person's data for this purpose"
        "Ask somebody whose work it is, or have the role changed."
    DTrainingOverdue "D_TRAINING_OVERDUE" Denies
        "The privacy training is overdue" "Take the training; it opens again at once."
    DNotAcknowledged "D_NOT_ACKNOWLEDGED" Denies
        "The policy in force was not acknowledged yet" "Read the new policy version and confirm it."
    DLocked "D_LOCKED" Denies
        "The screen is locked: it was not used for ten minutes" "Enter the password again."
    DTokenScope "D_TOKEN_SCOPE" Denies
        "The token is not for this act or purpose" "Make a token with this scope."
    DRetired "D_RETIRED" Denies
        "The address was given up" "Ask the person for an address that works."
    DRetentionElapsed "D_RETENTION_ELAPSED" Denies
        "The data is past its retention time" "Erase it; the person can sign up again."
    DPermitStale "D_PERMIT_STALE" Denies
        "The permit is too old, or something changed since" "Ask the gate again."
    DPermitReused "D_PERMIT_REUSED" Denies
        "The permit was used before" "Ask the gate again."
    DNoDataHeld "D_NO_DATA_HELD" Denies
        "Nothing is held of this person" "No notice is needed."
    HStoreUnavailable "H_STORE_UNAVAILABLE" Holds
        "The consent store could not be read" "It is tried again by itself; check the store."
}

impl Code {
    /// How much a refusal tells a person, 0 the most: what protects them, what they did themselves, a dead
    /// address, a condition that is not met, what the policy says, and last that something is missing.
    /// Someone who withdrew is told so, and not that their data are of unknown origin besides.
    pub(crate) const fn rank(self) -> u8 {
        match self {
            Self::DErased | Self::DMinor | Self::DRestricted => 0,
            Self::DComplaint
            | Self::DWithdrawn
            | Self::DObjected
            | Self::DRefused
            | Self::DSuppressedChannel
            | Self::DSuppressedTenant
            | Self::DSuppressedGlobal => 1,
            Self::DBounced | Self::DRetired => 2,
            Self::DNoChoice => 5,
            Self::DNoBinding | Self::DNoDataHeld | Self::DTenantIsolation => 6,
            Self::DNoPolicy
            | Self::DNotDeclared
            | Self::DVersionNotEffective
            | Self::DNotInCurrentVersion
            | Self::DNotInBoundVersion
            | Self::DNarrowedSince => 4,
            _ => 3,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Title and remedy of a stored code; `None` for a text that is no code.
pub fn explain_code(code: &str) -> Option<(&'static str, &'static str)> {
    Code::parse(code).map(|c| (c.title(), c.remedy()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_did_is_told_before_what_is_missing() {
        let mut codes = [
            Code::DNoBinding,
            Code::DNoChoice,
            Code::DBounced,
            Code::DWithdrawn,
        ];
        codes.sort_by_key(|code| code.rank());
        assert_eq!(
            codes,
            [
                Code::DWithdrawn,
                Code::DBounced,
                Code::DNoChoice,
                Code::DNoBinding
            ]
        );
    }

    #[test]
    fn every_code_goes_round_and_its_first_letter_tells_its_weight() {
        for code in Code::ALL {
            assert_eq!(Code::parse(code.as_str()), Some(*code));
            let letter = match code.weight() {
                Weight::Allows => "A_",
                Weight::Denies => "D_",
                Weight::Holds => "H_",
            };
            assert!(code.as_str().starts_with(letter), "{code}");
        }
        assert_eq!(explain_code("D_WHATEVER"), None);
    }
}
