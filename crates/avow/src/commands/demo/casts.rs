//! The five accounts of the demo: one for each system Avow grew from.

/// One account: its policy and its campaign.
pub(super) struct Cast {
    pub(super) slug: &'static str,
    pub(super) name: &'static str,
    pub(super) domain: &'static str,
    pub(super) policy: &'static str,
    pub(super) campaign: &'static str,
    pub(super) subject: &'static str,
    pub(super) preheader: &'static str,
    pub(super) body: &'static str,
}

macro_rules! cast {
    ($slug:literal, $name:literal, $campaign:literal, $subject:literal, $preheader:literal) => {
        Cast {
            slug: $slug,
            name: $name,
            domain: concat!($slug, ".example"),
            policy: include_str!(concat!("../../../../../policies/", $slug, "/v1.toml")),
            campaign: $campaign,
            subject: $subject,
            preheader: $preheader,
            body: include_str!(concat!(
                "../../../../compose/templates/demo/",
                $slug,
                ".mjml"
            )),
        }
    };
}

pub(super) const CASTS: [Cast; 5] = [
    cast!(
        "imark",
        "IMark",
        "November letter",
        "{{ first_name | fallback('Hello') }}, what your visits told us",
        "And how to read your own profile"
    ),
    cast!(
        "exacttarget",
        "ExactTarget",
        "Product news, November",
        "Three things that changed in your account",
        "Each one small, each one asked for"
    ),
    cast!(
        "leadgenius",
        "LeadGenius EmailTrack",
        "Neighbourhood offers",
        "Offers near you this week, {{ first_name | fallback('neighbour') }}",
        "From shops that do not compete with each other"
    ),
    cast!(
        "strongmail",
        "StrongMail",
        "Infrastructure notes",
        "What a million messages an hour taught us",
        "Numbers, not adjectives"
    ),
    cast!(
        "dynamics",
        "Dynamics Direct",
        "Rich mail, plainly",
        "{{ first_name | fallback('Hello') }}, a mail that looks like a page",
        "And reads like a letter without its pictures"
    ),
];
