//! The closed lists of words of the policy language: each an enum, a word in files, a word in canonical form.

use serde::{Deserialize, Serialize};

/// An enum whose variants are words in policy files and in canonical form.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$word_doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Each word with its meaning.
            pub const WORDS: [(&'static str, Self); [$($word),+].len()] = [$(($word, Self::$variant)),+];

            /// The word in policy files.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }
    };
}

pub(super) use words;

words! {
    /// What sort of purpose it is: decides which rules of the gate apply.
    Kind {
        /// Mail that a running relationship needs.
        Service = "service",
        Marketing = "marketing",
        /// Measuring opens, clicks or visits of a person.
        Tracking = "tracking",
        Profiling = "profiling",
        /// Giving data to others.
        Sharing = "sharing",
        /// Mail to somebody whose address a friend gave.
        Referral = "referral",
        /// One mail that the person asked for, as a demonstration.
        Demo = "demo",
    }
}

impl Kind {
    /// What a withdrawal of "all marketing" and a complaint stop. A referral is in it because the
    /// friend's no counts more than the referrer's wish.
    pub const fn is_marketing_at_large(self) -> bool {
        !matches!(self, Self::Service | Self::Demo)
    }
}

words! {
    /// The choice that a purpose needs, from weak to strong.
    ChoiceRule {
        None = "none",
        OptOut = "opt_out",
        OptIn = "opt_in",
        ConfirmedOptIn = "confirmed_opt_in",
    }
}

words! {
    /// Where data of a category come from.
    Source {
        /// The person gives it.
        Person = "person",
        /// Seen while the person reads or clicks.
        Observed = "observed",
        /// Worked out from other data.
        Derived = "derived",
        /// A friend, a broker, a register.
        ThirdParty = "third_party",
    }
}

words! {
    /// Whom a value of a category points at.
    Identifies {
        Person = "person",
        /// A browser or a connection: a cookie id, an IP address.
        Device = "device",
        Nobody = "nobody",
    }
}

words! {
    /// What a class of recipients is to the controller.
    RecipientRole {
        /// Works for the controller under contract (GDPR 28).
        Processor = "processor",
        /// Uses the data for its own or a common aim.
        Partner = "partner",
        /// Is responsible itself, and the person meant to reach it.
        Controller = "controller",
        /// A court or an office that the law lets ask.
        Authority = "authority",
    }
}

words! {
    /// Why a purpose is lawful in one place.
    Basis {
        Consent = "consent",
        /// Permission in the sense of anti-spam law.
        Permission = "permission",
        /// A customer's address, similar products, a no offered each time.
        SoftOptIn = "soft_opt_in",
        Contract = "contract",
        LegalObligation = "legal_obligation",
        LegitimateInterest = "legitimate_interest",
        PublicTask = "public_task",
        VitalInterest = "vital_interest",
    }
}

words! {
    /// By which way a purpose reaches people.
    Channel {
        Email = "email",
        Phone = "phone",
        Post = "post",
    }
}

words! {
    /// How a tracking or profiling purpose knows again whom it sees.
    IdentifiedBy {
        /// Each act stands alone.
        Nothing = "nothing",
        Cookie = "cookie",
        /// A token of its own that the person got: a personal link.
        Token = "token",
        /// The mail address or an account's log-in.
        Account = "account",
    }
}

words! {
    /// When a mail tells of a new version.
    NoticeMail {
        Never = "never",
        /// A change that needs the people's yes.
        Material = "material",
        AnyChange = "any_change",
    }
}

words! {
    /// Where a new version is announced.
    Posting {
        Homepage = "homepage",
        Changelog = "changelog",
    }
}

words! {
    /// What a new version binds without anybody's word.
    Acceptance {
        /// Only what is collected under it.
        NewDataOnly = "new_data_only",
        /// The same, and the text says that going on means agreeing. It never widens what old data serve.
        ContinuedUse = "continued_use",
    }
}

words! {
    /// What the controller is to the data.
    ControllerRole {
        Sole = "sole",
        Joint = "joint",
        Processor = "processor",
    }
}

words! {
    /// The most that the site may set.
    CookieMode {
        None = "none",
        /// Gone when the browser closes.
        Session = "session",
        Lasting = "lasting",
    }
}

words! {
    /// Where a cookie is set.
    CookieContext {
        Site = "site",
        /// By a picture or link in a mail.
        Mail = "mail",
        /// On somebody else's site.
        ThirdPartySite = "third_party_site",
    }
}

words! {
    /// What a page loads from a host.
    Load {
        Connect = "connect",
        Font = "font",
        Frame = "frame",
        Image = "image",
        Script = "script",
        Style = "style",
    }
}

words! {
    /// A right of the person.
    RightKind {
        Access = "access",
        Correct = "correct",
        Erase = "erase",
        Restrict = "restrict",
        Object = "object",
        Portability = "portability",
        /// The profile of one visit, named by its exact time.
        ProfileByVisit = "profile_by_visit",
    }
}

words! {
    /// How a right is asked for.
    Way {
        Page = "page",
        Email = "email",
        Phone = "phone",
        Post = "post",
    }
}

words! {
    /// What a contact is for.
    ContactRole {
        Privacy = "privacy",
        Security = "security",
        /// Reports that the policy was broken.
        Complaints = "complaints",
    }
}

words! {
    /// How near an advertiser must be to the owner of the list.
    Near {
        Zip3 = "zip3",
        City = "city",
        State = "state",
        Country = "country",
    }
}

words! {
    /// What a co-op edition does with offers of competitors.
    Competitors {
        Excluded = "excluded",
        Allowed = "allowed",
    }
}

words! {
    /// How much a version changes, from little to much.
    ChangeClass {
        /// The same permissions; words differ.
        Patch = "patch",
        /// Fewer permissions, nothing weaker.
        Minor = "minor",
        /// More permissions, or something weaker: old data need a bridge.
        Major = "major",
    }
}

words! {
    /// Whether the rules of a pack are law yet.
    PackStatus {
        InForce = "in_force",
        Proposed = "proposed",
    }
}
