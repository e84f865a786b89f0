//! The rule packs that come with the program.

/// For policies that name one and bring none; older versions for policies that pinned them.
pub const OWN_PACKS: [(&str, &str); 7] = [
    ("ca", include_str!("../../../../policies/packs/ca.toml")),
    (
        "california",
        include_str!("../../../../policies/packs/california.toml"),
    ),
    ("california@1", include_str!("past/california-1.toml")),
    ("de", include_str!("../../../../policies/packs/de.toml")),
    ("eu", include_str!("../../../../policies/packs/eu.toml")),
    ("uk", include_str!("../../../../policies/packs/uk.toml")),
    ("us", include_str!("../../../../policies/packs/us.toml")),
];

/// One of our own: a pinned version, else the newest of the name.
pub fn own_pack(wanted: &str) -> Option<&'static str> {
    let own = |name: &str| OWN_PACKS.iter().find(|(known, _)| *known == name);
    let plain = wanted.split('@').next().unwrap_or(wanted);
    own(wanted).or_else(|| own(plain)).map(|(_, text)| *text)
}
