//! Promises in one word each. They change nothing in the gate; they exist so that the compiler finds
//! what contradicts them.

use serde::{Deserialize, Serialize};

use super::words::words;

words! {
    /// A promise that people read in the text, said again for the compiler.
    Claim {
        /// Cookies are in no way linked to data about a person.
        CookiesNotLinked = "cookies_not_linked",
        /// Nobody is known while looking around.
        AnonymousBrowsing = "anonymous_browsing",
        /// The site sets no cookie.
        NoCookies = "no_cookies",
        /// Cookies end with the browser session.
        SessionCookiesOnly = "session_cookies_only",
        /// Neither opening nor clicking a mail sets a cookie.
        NoCookiesInMail = "no_cookies_in_mail",
        /// Nothing goes to anybody outside.
        NeverShared = "never_shared",
        /// Nothing goes to companies unconnected with the controller, for any reason.
        NeverSharedUnaffiliated = "never_shared_unaffiliated",
        /// Nothing goes out without the person's yes beforehand.
        NeverSharedWithoutPermission = "never_shared_without_permission",
        /// No recipient uses the data for its own promotion.
        NeverRecipientPromo = "never_recipient_promo",
        /// Figures about many people stay inside, too.
        AggregatesInternal = "aggregates_internal",
        /// No mail without permission.
        PermissionOnly = "permission_only",
        /// Registered people hear only about what they marked as interesting.
        OnlyForInterests = "only_for_interests",
        /// A friend's address serves the one invitation alone.
        FriendSingleUse = "friend_single_use",
        /// Every visit is recorded.
        VisitsAlwaysTracked = "visits_always_tracked",
        /// Pictures that count cannot be declined.
        BeaconsUndeclinable = "beacons_undeclinable",
        /// What cookies and counting pictures tell names nobody.
        BeaconsAnonymous = "beacons_anonymous",
        /// One no stops mail of any sort.
        NoStopsAnyMail = "no_stops_any_mail",
        /// Everybody may leave marketing mail at any time.
        OptOutAnyTime = "opt_out_any_time",
        /// The joint edition goes to everybody in every customer's list.
        CoopToEveryone = "coop_to_everyone",
        /// Service mail cannot be left while the account runs.
        ServiceMailStays = "service_mail_stays",
        /// Only data that came through the site online.
        WebsiteDataOnly = "website_data_only",
        /// Data are used only under the terms of their collection.
        TermsOfCollection = "terms_of_collection",
        /// The controller alone owns what is collected.
        SoleOwner = "sole_owner",
        /// Of the staff, only who needs a person's data for the task at hand sees them, trained and told of the policy.
        NeedToKnow = "need_to_know",
        /// Existing law is kept, and proposed law too.
        KeepsProposedLaw = "keeps_proposed_law",
    }
}

impl Claim {
    /// True for a promise that binds the controller; false for a claim that binds the person.
    pub const fn protects(self) -> bool {
        !matches!(
            self,
            Self::VisitsAlwaysTracked
                | Self::BeaconsUndeclinable
                | Self::CoopToEveryone
                | Self::ServiceMailStays
                | Self::SoleOwner
        )
    }
}
