//! Headers of the exports people bring, and what their columns are.
//!
//! Facts about Mailchimp's, listmonk's and Brevo's files, and the usual names in four languages.

use avow_model::Category;

use super::columns::Role;

/// Headers as services write them, with everything but letters and digits taken out.
const KNOWN: [(&str, Role); 67] = [
    ("email", Role::Address),
    ("emailaddress", Role::Address),
    ("mail", Role::Address),
    ("address", Role::Address),
    ("emailid", Role::Address),
    ("eaddress", Role::Address),
    ("adresseemail", Role::Address),
    ("attributes", Role::Fields),
    ("attribs", Role::Fields),
    ("cc", Role::Country),
    ("country", Role::Country),
    ("countrycode", Role::Country),
    ("status", Role::Status),
    ("subscriptionstatus", Role::Status),
    ("memberstatus", Role::Status),
    ("emailmarketingstatus", Role::Status),
    ("emailcampaigns", Role::Status),
    ("emailmarketing", Role::Status),
    ("emailblacklisted", Role::Blacklisted),
    ("blacklisted", Role::Blacklisted),
    ("blocklisted", Role::Blacklisted),
    ("emailblocklisted", Role::Blacklisted),
    ("optin", Role::OptIn),
    ("doubleoptin", Role::DoubleOptIn),
    ("optintime", Role::OptInTime),
    ("optinip", Role::OptInIp),
    ("confirmtime", Role::ConfirmTime),
    ("confirmip", Role::ConfirmIp),
    ("unsubtime", Role::UnsubscribeTime),
    ("unsubscribedat", Role::UnsubscribeTime),
    ("unsubreason", Role::UnsubscribeReason),
    ("cleantime", Role::CleanTime),
    ("cleanedat", Role::CleanTime),
    ("purchasetime", Role::PurchaseTime),
    ("lastpurchase", Role::PurchaseTime),
    ("lastorderdate", Role::PurchaseTime),
    ("inquirytime", Role::InquiryTime),
    ("lastinquiry", Role::InquiryTime),
    ("accountopenedtime", Role::AccountOpenedTime),
    ("customersince", Role::AccountOpenedTime),
    ("accountclosedtime", Role::AccountClosedTime),
    ("consentsource", Role::Source),
    ("optinsource", Role::Source),
    ("source", Role::Source),
    ("wording", Role::Wording),
    ("consentwording", Role::Wording),
    ("consenttext", Role::Wording),
    ("policyversion", Role::PolicyVersion),
    ("memberrating", Role::Ignored),
    ("latitude", Role::Ignored),
    ("longitude", Role::Ignored),
    ("gmtoff", Role::Ignored),
    ("dstoff", Role::Ignored),
    ("timezone", Role::Ignored),
    ("lastchanged", Role::Ignored),
    ("leid", Role::Ignored),
    ("euid", Role::Ignored),
    ("unsubcampaigntitle", Role::Ignored),
    ("unsubcampaignid", Role::Ignored),
    ("unsubreasonother", Role::Ignored),
    ("cleancampaigntitle", Role::Ignored),
    ("cleancampaignid", Role::Ignored),
    ("uuid", Role::Ignored),
    ("createdat", Role::Ignored),
    ("updatedat", Role::Ignored),
    ("addedtime", Role::Ignored),
    ("modifiedtime", Role::Ignored),
];

/// Names of fields that several services spell in their own way.
const FIELD_NAMES: [(&str, &str); 16] = [
    ("firstname", "first_name"),
    ("fname", "first_name"),
    ("prenom", "first_name"),
    ("vorname", "first_name"),
    ("lastname", "last_name"),
    ("lname", "last_name"),
    ("surname", "last_name"),
    ("nom", "last_name"),
    ("nachname", "last_name"),
    ("name", "name"),
    ("fullname", "full_name"),
    ("jobtitle", "job_title"),
    ("position", "job_title"),
    ("zip", "postcode"),
    ("postalcode", "postcode"),
    ("phonenumber", "phone"),
];

fn bare(header: &str) -> String {
    let kept = header.chars().filter(|c| c.is_alphanumeric());
    kept.flat_map(char::to_lowercase).collect()
}

/// The role of a column by its header alone.
pub(super) fn guess(header: &str) -> Role {
    let bare = bare(header);
    if let Some((_, role)) = KNOWN.iter().find(|(name, _)| *name == bare) {
        return role.clone();
    }
    let known = FIELD_NAMES.iter().find(|(name, _)| *name == bare);
    let name = known.map_or_else(|| field_name(header), |(_, name)| (*name).to_owned());
    field_role(&name).unwrap_or(Role::Ignored)
}

/// A header as the name of a field: words in lower case with `_` between.
fn field_name(header: &str) -> String {
    let lower = header.trim().to_lowercase();
    let words = lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty());
    words.collect::<Vec<_>>().join("_")
}

/// `first_name@name`, or a name alone that is its own category.
pub(super) fn field_role(text: &str) -> Option<Role> {
    let (name, category) = match text.split_once('@') {
        Some((name, category)) => (name, category),
        None => (text, category_of(text)),
    };
    let name = name.parse::<Category>().ok()?.as_str().to_owned();
    let category = category.parse().ok()?;
    Some(Role::Field { name, category })
}

/// The category under which policies declare the usual fields.
fn category_of(name: &str) -> &str {
    match name {
        "first_name" | "last_name" | "full_name" | "salutation" => "name",
        "job_title" | "position" | "role" => "job",
        "city" | "postcode" | "region" | "street" => "address",
        other => other,
    }
}
