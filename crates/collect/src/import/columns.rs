//! Which column means what: guessed from the header, corrected by the caller.
//!
//! Knows the headers of Mailchimp's, listmonk's and Brevo's exports and the usual names. A column that
//! nobody knows becomes a field of its own name, kept only when the policy declares such a category.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use avow_model::{Category, EmailAddress};

use super::error::ImportError;
use super::headers::{field_role, guess};

/// What a column is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// The e-mail address: exactly one column.
    Address,
    /// Something about the person, kept under a name and bound as a category.
    Field {
        name: String,
        category: Category,
    },
    /// A JSON object of fields (listmonk's attributes).
    Fields,
    /// Two-letter country, perhaps with its subdivision: `us-ca`.
    Country,
    /// The subdivision by itself, beside a country.
    Region,
    /// subscribed, unsubscribed, cleaned, complained and their like.
    Status,
    /// True = the person, or the service, said no.
    Blacklisted,
    /// True = said yes, by what the other service says; false = did not.
    OptIn,
    /// True = confirmed, by what the other service says.
    DoubleOptIn,
    OptInTime,
    OptInIp,
    ConfirmTime,
    ConfirmIp,
    /// When the person unsubscribed: a value here is a no.
    UnsubscribeTime,
    /// Why: a complaint among others.
    UnsubscribeReason,
    /// When the address was found dead: a value here is a bounce.
    CleanTime,
    /// Where the opt-in was given.
    Source,
    /// What the person read there.
    Wording,
    /// When the person last bought something.
    PurchaseTime,
    /// When the person last asked about something.
    InquiryTime,
    AccountOpenedTime,
    AccountClosedTime,
    /// Number of the policy version that was shown.
    PolicyVersion,
    /// Not read.
    Ignored,
}

/// A wish of the caller: this column has this role. Text form `COLUMN=role`, with the roles `address`,
/// `field:NAME`, `field:NAME@CATEGORY`, `fields`, `country`, `region`, `status`, `blacklisted`, `opt_in`, `double_opt_in`,
/// `opt_in_time`, `opt_in_ip`, `confirm_time`, `confirm_ip`, `unsubscribe_time`, `unsubscribe_reason`,
/// `clean_time`, `purchase_time`, `inquiry_time`, `account_opened_time`, `account_closed_time`, `source`, `wording`, `policy_version`, `ignore`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapRule {
    /// As in the header; case and white space around it do not matter.
    pub column: String,
    pub role: Role,
}

/// Why a mapping cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MapFault {
    #[error("`{0}` is no mapping; write COLUMN=role, for example \"E-mail=address\"")]
    NoEquals(String),
    #[error(
        "`{0}` is no role; the roles are address, field:NAME, fields, country, region, status, blacklisted, opt_in, double_opt_in, opt_in_time, opt_in_ip, confirm_time, confirm_ip, unsubscribe_time, unsubscribe_reason, clean_time, purchase_time, inquiry_time, account_opened_time, account_closed_time, source, wording, policy_version, ignore"
    )]
    Role(String),
}

const PLAIN_ROLES: [(&str, Role); 22] = [
    ("address", Role::Address),
    ("fields", Role::Fields),
    ("country", Role::Country),
    ("region", Role::Region),
    ("status", Role::Status),
    ("blacklisted", Role::Blacklisted),
    ("opt_in", Role::OptIn),
    ("double_opt_in", Role::DoubleOptIn),
    ("opt_in_time", Role::OptInTime),
    ("opt_in_ip", Role::OptInIp),
    ("confirm_time", Role::ConfirmTime),
    ("confirm_ip", Role::ConfirmIp),
    ("unsubscribe_time", Role::UnsubscribeTime),
    ("unsubscribe_reason", Role::UnsubscribeReason),
    ("clean_time", Role::CleanTime),
    ("purchase_time", Role::PurchaseTime),
    ("inquiry_time", Role::InquiryTime),
    ("account_opened_time", Role::AccountOpenedTime),
    ("account_closed_time", Role::AccountClosedTime),
    ("source", Role::Source),
    ("wording", Role::Wording),
    ("policy_version", Role::PolicyVersion),
];

impl fmt::Display for Role {
    /// The word that a mapping uses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field { name, category } => write!(f, "field:{name}@{category}"),
            plain => {
                let word = PLAIN_ROLES.iter().find(|(_, role)| role == plain);
                f.write_str(word.map_or("ignore", |(word, _)| word))
            }
        }
    }
}

impl FromStr for MapRule {
    type Err = MapFault;

    fn from_str(text: &str) -> Result<Self, MapFault> {
        let (column, role) = text
            .rsplit_once('=')
            .ok_or_else(|| MapFault::NoEquals(text.to_owned()))?;
        let role = role.trim();
        let fault = || MapFault::Role(role.to_owned());
        let plain = PLAIN_ROLES.iter().find(|(word, _)| *word == role);
        let role = match (plain, role.strip_prefix("field:")) {
            (Some((_, role)), _) => role.clone(),
            (None, Some(field)) => field_role(field).ok_or_else(fault)?,
            (None, None) if role == "ignore" => Role::Ignored,
            (None, None) => return Err(fault()),
        };
        let column = column.trim().to_owned();
        Ok(Self { column, role })
    }
}

/// The columns of a file, each with its role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    pub(super) headers: Vec<String>,
    pub(super) roles: Vec<Role>,
    address: usize,
}

impl Columns {
    /// Guesses from the header and applies the caller's rules over it.
    pub(super) fn resolve(headers: Vec<String>, rules: &[MapRule]) -> Result<Self, ImportError> {
        if headers
            .iter()
            .any(|header| header.parse::<EmailAddress>().is_ok())
        {
            return Err(ImportError::NoHeader);
        }
        let mut roles: Vec<Role> = headers.iter().map(|header| guess(header)).collect();
        let chosen = rules.iter().any(|rule| rule.role == Role::Address);
        if chosen {
            roles
                .iter_mut()
                .filter(|r| **r == Role::Address)
                .for_each(|r| *r = Role::Ignored);
        }
        for rule in rules {
            let same = |header: &String| header.trim().eq_ignore_ascii_case(&rule.column);
            let Some(index) = headers.iter().position(same) else {
                let (column, columns) = (rule.column.clone(), headers.join(", "));
                return Err(ImportError::UnknownColumn { column, columns });
            };
            roles[index] = rule.role.clone();
        }
        let address = address_column(&headers, &roles)?;
        Ok(Self {
            headers,
            roles,
            address,
        })
    }

    /// The column of the address.
    pub(super) fn address(&self) -> usize {
        self.address
    }

    /// Each header with its role, in order: what a page or the command line shows.
    pub fn shown(&self) -> impl Iterator<Item = (&str, &Role)> {
        self.headers.iter().map(String::as_str).zip(&self.roles)
    }

    /// Fields whose category no policy declares are not kept; their headers.
    pub(super) fn drop_undeclared(&mut self, declared: impl Fn(&Category) -> bool) -> Vec<String> {
        let mut dropped = Vec::new();
        for (header, role) in self.headers.iter().zip(&mut self.roles) {
            if matches!(role, Role::Field { category, .. } if !declared(category)) {
                *role = Role::Ignored;
                dropped.push(header.clone());
            }
        }
        dropped
    }

    /// Categories of a set of fields: of the address and of each field that has a value.
    pub(super) fn categories(&self, fields: &BTreeMap<String, String>) -> Vec<Category> {
        let mut categories: Vec<Category> = Vec::with_capacity(4);
        for role in &self.roles {
            if let Role::Field { name, category } = role
                && fields.contains_key(name)
                && !categories.contains(category)
            {
                categories.push(category.clone());
            }
        }
        if self.roles.contains(&Role::Fields) {
            self.add_json_categories(fields, &mut categories);
        }
        categories
    }

    /// Fields out of a JSON column are categories of their own.
    fn add_json_categories(
        &self,
        fields: &BTreeMap<String, String>,
        categories: &mut Vec<Category>,
    ) {
        let own = |name: &str| {
            let named = |role: &Role| matches!(role, Role::Field { name: n, .. } if n == name);
            self.roles.iter().any(named)
        };
        for name in fields.keys().filter(|name| !own(name)) {
            if let Ok(category) = name.parse()
                && !categories.contains(&category)
            {
                categories.push(category);
            }
        }
    }
}

fn address_column(headers: &[String], roles: &[Role]) -> Result<usize, ImportError> {
    let mut found = roles
        .iter()
        .enumerate()
        .filter(|(_, role)| **role == Role::Address);
    let Some((first, _)) = found.next() else {
        let columns = headers.join(", ");
        return Err(ImportError::NoAddressColumn { columns });
    };
    if let Some((second, _)) = found.next() {
        let (first, second) = (headers[first].clone(), headers[second].clone());
        return Err(ImportError::TwoAddressColumns { first, second });
    }
    Ok(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(header: &str, rules: &[&str]) -> Result<Columns, ImportError> {
        let headers = header.split(',').map(str::to_owned).collect();
        let rules: Vec<MapRule> = rules.iter().map(|r| r.parse().unwrap()).collect();
        Columns::resolve(headers, &rules)
    }

    fn field(name: &str, category: &str) -> Role {
        Role::Field {
            name: name.to_owned(),
            category: category.parse().unwrap(),
        }
    }

    #[test]
    fn mailchimps_header_is_known() {
        let header = "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS";
        let columns = columns(header, &[]).unwrap();
        assert_eq!(
            columns.roles[..3],
            [
                Role::Address,
                field("first_name", "name"),
                field("last_name", "name")
            ]
        );
        assert_eq!(
            columns.roles[3..8],
            [
                Role::Ignored,
                Role::OptInTime,
                Role::OptInIp,
                Role::ConfirmTime,
                Role::ConfirmIp
            ]
        );
        assert_eq!(columns.roles[13], Role::Country);
    }

    #[test]
    fn listmonks_and_brevos_headers_are_known() {
        let listmonk = columns(
            "uuid,email,name,attributes,status,created_at,updated_at",
            &[],
        )
        .unwrap();
        assert_eq!(
            listmonk.roles,
            [
                Role::Ignored,
                Role::Address,
                field("name", "name"),
                Role::Fields,
                Role::Status,
                Role::Ignored,
                Role::Ignored
            ]
        );
        let brevo = columns(
            "EMAIL,FIRSTNAME,LASTNAME,SMS,OPT_IN,DOUBLE_OPT-IN,EMAIL_BLACKLISTED,ADDED_TIME",
            &[],
        )
        .unwrap();
        assert_eq!(
            brevo.roles[4..7],
            [Role::OptIn, Role::DoubleOptIn, Role::Blacklisted]
        );
    }

    #[test]
    fn the_callers_mapping_overrides_the_guess() {
        let columns = columns(
            "email,Work mail,Team",
            &["work mail=address", "Team=field:team@job"],
        )
        .unwrap();
        assert_eq!(
            columns.roles,
            [Role::Ignored, Role::Address, field("team", "job")]
        );
    }

    #[test]
    fn a_header_that_cannot_be_used_says_what_to_do() {
        assert!(matches!(
            columns("ada@example.org,Ada", &[]),
            Err(ImportError::NoHeader)
        ));
        assert!(matches!(
            columns("who,what", &[]),
            Err(ImportError::NoAddressColumn { .. })
        ));
        assert!(matches!(
            columns("email,mail", &[]),
            Err(ImportError::TwoAddressColumns { .. })
        ));
        assert!(matches!(
            columns("email", &["x=status"]),
            Err(ImportError::UnknownColumn { .. })
        ));
        assert!("email".parse::<MapRule>().is_err() && "email=colour".parse::<MapRule>().is_err());
    }
}
