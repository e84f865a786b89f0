//! The truth table: every sort of change, with its class there and back.

use avow_policy::ChangeClass::{self, Major, Minor, Patch};

/// From what, to what, and the class of that and of the way back.
pub(super) const ROWS: [(&str, &str, ChangeClass, ChangeClass); 60] = [
    // permissions
    (
        "reads = [\"email\", \"interest\"]",
        "reads = [\"email\"]",
        Minor,
        Major,
    ),
    (
        "verbs = [\"track.open\", \"track.click\"]",
        "verbs = [\"track.open\"]",
        Minor,
        Major,
    ),
    (
        "recipients = [\"carrier\"]",
        "recipients = [\"carrier\", \"self\"]",
        Major,
        Minor,
    ),
    ("channels = [\"email\", \"post\"]\n", "", Minor, Major),
    // the person's word
    ("choice = \"opt_out\"", "choice = \"opt_in\"", Minor, Major),
    (
        "choice = \"opt_in\"",
        "choice = \"confirmed_opt_in\"",
        Minor,
        Major,
    ),
    // how long, how often
    (
        "730d after last_activity",
        "365d after last_activity",
        Minor,
        Major,
    ),
    (
        "retention = \"730d after last_activity\"\n",
        "",
        Major,
        Minor,
    ),
    ("4 per 30d", "2 per 30d", Minor, Major),
    ("4 per 30d", "2 per 10d", Major, Major),
    ("frequency = \"4 per 30d\"\n", "", Major, Minor),
    (
        "purge = \"30d after use\"",
        "purge = \"after final_status\"",
        Minor,
        Major,
    ),
    ("purge = \"30d after use\"\n", "", Major, Minor),
    (
        "marker_ttl = \"365d\"",
        "marker_ttl = \"730d\"",
        Minor,
        Major,
    ),
    // bounds
    ("unsubscribable = true\n", "", Patch, Patch),
    (
        "unsubscribable = false\n",
        "unsubscribable = true\n",
        Minor,
        Major,
    ),
    ("unrelated = true\n", "", Major, Minor),
    ("requires = [\"visits\"]\n", "", Major, Minor),
    ("interest = \"interest\"\n", "", Major, Minor),
    (
        "messages = [\"receipt\", \"password_reset\"]",
        "messages = [\"receipt\"]",
        Minor,
        Major,
    ),
    (
        "messages = [\"receipt\", \"password_reset\"]\n",
        "",
        Major,
        Minor,
    ),
    (
        "traits = [\"interest\", \"loyalty\"]",
        "traits = [\"loyalty\"]",
        Minor,
        Major,
    ),
    ("near = \"zip3\"", "near = \"state\"", Major, Minor),
    (
        "competitors = \"excluded\"",
        "competitors = \"allowed\"",
        Major,
        Minor,
    ),
    ("send_as = \"coupon-dock\"\n", "", Major, Major),
    (
        "identified_by = \"cookie\"",
        "identified_by = \"nothing\"",
        Minor,
        Major,
    ),
    (
        "identified_by = \"cookie\"",
        "identified_by = \"account\"",
        Major,
        Major,
    ),
    ("us = \"permission\"", "us = \"soft_opt_in\"", Major, Major),
    (", us = \"permission\"", "", Major, Patch),
    ("measure = \"measure\"\n", "", Minor, Major),
    // data and recipients
    (
        "source = [\"person\", \"third_party\"]",
        "source = [\"person\"]",
        Minor,
        Major,
    ),
    ("internal_only = true\n", "", Major, Minor),
    ("coarse = true", "coarse = false", Major, Minor),
    ("30d after collection", "60d after collection", Major, Minor),
    (
        "30d after collection",
        "30d after last_activity",
        Major,
        Major,
    ),
    (
        "identifies = \"device\"",
        "identifies = \"nobody\"",
        Minor,
        Major,
    ),
    ("own_use = false", "own_use = true", Major, Minor),
    ("confidential = true\n", "", Major, Minor),
    ("promotes = false", "promotes = true", Major, Minor),
    ("contract = \"HL-2026-4\"\n", "", Major, Minor),
    (
        "until = 2027-12-31T00:00:00Z",
        "until = 2028-12-31T00:00:00Z",
        Major,
        Minor,
    ),
    // the site
    (
        "cookies = \"lasting\"",
        "cookies = \"session\"",
        Minor,
        Major,
    ),
    ("lifetime = \"session\"", "lifetime = \"1d\"", Major, Minor),
    (
        "context = [\"site\", \"third_party_site\"]\n",
        "",
        Minor,
        Major,
    ),
    (
        "origin = \"https://images.example.com\"",
        "origin = \"https://img.example.org\"",
        Major,
        Major,
    ),
    (
        "loads = [\"image\", \"style\"]",
        "loads = [\"image\"]",
        Minor,
        Major,
    ),
    // promises
    ("period = \"7d\"", "period = \"14d\"", Minor, Major),
    ("email = \"any_change\"", "email = \"never\"", Major, Minor),
    (
        "acceptance = \"continued_use\"",
        "acceptance = \"new_data_only\"",
        Minor,
        Major,
    ),
    ("min_age = 16", "min_age = 18", Minor, Major),
    (
        "child_directed = false",
        "child_directed = true",
        Major,
        Minor,
    ),
    (
        "permit_life = \"10m\"",
        "permit_life = \"5m\"",
        Minor,
        Major,
    ),
    (
        "claims = [\"never_recipient_promo\", ",
        "claims = [",
        Major,
        Minor,
    ),
    ("answer_within = \"30d\"\n", "", Major, Minor),
    (
        "how = [\"page\", \"email\"]",
        "how = [\"page\"]",
        Major,
        Minor,
    ),
    (
        "review_every = \"90d\"",
        "review_every = \"180d\"",
        Major,
        Minor,
    ),
    // people and words
    (
        "name = \"Harbor Supplies\"",
        "name = \"Harbor Group\"",
        Major,
        Major,
    ),
    (
        "points = [\"signup\", \"whitepaper\"]",
        "points = [\"signup\"]",
        Minor,
        Major,
    ),
    (
        "phone = \"+1 555 0100\"",
        "phone = \"+1 555 0199\"",
        Patch,
        Patch,
    ),
    (
        "Four times a month.",
        "Up to four times a month.",
        Patch,
        Patch,
    ),
];
