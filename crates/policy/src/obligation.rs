//! What comes with a permit: duties of whoever acts on it, as a small set.

macro_rules! obligations {
    ($($variant:ident $word:literal $told:literal)+) => {
        /// One duty.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Obligation { $(#[doc = $told] $variant),+ }

        impl Obligation {
            /// Every duty, in the order of records.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in records.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// What to do, in one sentence.
            pub const fn told(self) -> &'static str {
                match self { $(Self::$variant => $told),+ }
            }
        }
    };
}

obligations! {
    PostalAddress "postal_address" "Show the controller's postal address."
    Why "why" "Say why the person gets this."
    WayOutLink "way_out_link" "Show a link to unsubscribe."
    WayOutHeaders "way_out_headers" "Carry List-Unsubscribe with one-click (RFC 8058)."
    PreferencesLink "preferences_link" "Show a link to the person's preferences."
    TextOnly "text_only" "Send plain text only, as the person wants it."
    NoPixel "no_pixel" "Carry no picture that tells who opened it."
    PlainLinks "plain_links" "Leave links as they are: none tells who followed it."
    NameReferrer "name_referrer" "Name the friend who gave the address, and say so."
    SendAsBrand "send_as_brand" "Send it under the brand that the purpose names."
    Redact "redact" "Show the fallback text for the fields that may not be read."
    LeaveOutOffers "leave_out_offers" "Leave out the offers that this person's edition may not carry."
}

/// A set of duties.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Obligations(u16);

impl Obligations {
    /// These duties: for whoever tries out what comes of one. What is owed, the permit says.
    pub fn of(duties: &[Obligation]) -> Self {
        let mut all = Self::default();
        for duty in duties {
            all.add(*duty);
        }
        all
    }

    pub(crate) fn add(&mut self, duty: Obligation) {
        self.0 |= 1 << duty as u16;
    }

    /// Link, headers and preferences: what mail that can be left has.
    pub(crate) fn add_way_out(&mut self) {
        self.add(Obligation::WayOutLink);
        self.add(Obligation::WayOutHeaders);
        self.add(Obligation::PreferencesLink);
    }

    /// Nothing in it tells who read it.
    pub(crate) fn add_unmeasured(&mut self) {
        self.add(Obligation::NoPixel);
        self.add(Obligation::PlainLinks);
    }

    /// True when the duty is in it.
    pub const fn has(self, duty: Obligation) -> bool {
        self.0 & (1 << duty as u16) != 0
    }

    /// The duties, in the order of records.
    pub fn iter(self) -> impl Iterator<Item = Obligation> {
        let all = Obligation::ALL.iter().copied();
        all.filter(move |duty| self.has(*duty))
    }
}
