//! Who stands behind a policy: the controller, its business, whom to turn to, what it speaks for.

use avow_model::{EmailAddress, Purpose};

use crate::reader::{At, Table, suggestion};
use crate::version::{
    Business, Contact, ContactRole, Controller, ControllerRole, PolicyScope, PurposeRule, Staff,
    StaffRole,
};

pub(super) fn read_controller(root: &mut Table<'_, '_>) -> Option<Controller> {
    const HINT: &str = "every mail and the policy page name who is responsible: name, post, email";
    let Some(mut table) = root.table("controller") else {
        if !root.has("controller") {
            root.missing("controller", HINT);
        }
        return None;
    };
    let name = needed_line(&mut table, "name");
    let post = needed_line(&mut table, "post");
    if !table.has("email") {
        table.missing("email", "the address for questions about privacy");
    }
    let email = address(&mut table);
    let phone = line(&mut table, "phone");
    let role = table.word("role", &ControllerRole::WORDS);
    let joint = table.texts("joint");
    table.finish();
    Some(Controller {
        name: name?,
        post: post?,
        email: email?,
        phone,
        role: role.map(|r| r.value),
        joint: joint.into_iter().map(|j| j.value.to_owned()).collect(),
    })
}

/// A needed text that goes into mail headers and footers: a line break in it would be an injection.
fn needed_line(table: &mut Table<'_, '_>, key: &'static str) -> Option<String> {
    if !table.has(key) {
        table.missing(key, "footers need it");
    }
    line(table, key)
}

fn line(table: &mut Table<'_, '_>, key: &'static str) -> Option<String> {
    table.line(key).map(|t| t.value.to_owned())
}

fn address(table: &mut Table<'_, '_>) -> Option<String> {
    let email = table.text("email")?;
    if let Err(why) = email.value.parse::<EmailAddress>() {
        table.reader.fault(&email.span, format!("{why}"));
        return None;
    }
    Some(email.value.to_owned())
}

pub(super) fn read_business(root: &mut Table<'_, '_>) -> Option<Business> {
    let mut table = root.table("business")?;
    if !table.has("category") {
        let hint = "dotted, from wide to narrow: category = \"vehicles.cars\"";
        table.missing("category", hint);
    }
    let category = table.name("category");
    let region = table.name("region");
    let zip3 = table.name("zip3");
    table.finish();
    Some(Business {
        category: category?.value,
        region: region.map(|r| r.value),
        zip3: zip3.map(|z| z.value),
    })
}

pub(super) fn read_contacts(root: &mut Table<'_, '_>) -> Vec<Contact> {
    let Some(mut table) = root.table("contacts") else {
        return Vec::new();
    };
    let read = |(word, role)| Some(read_contact(table.table(word)?, role));
    let contacts = ContactRole::WORDS.into_iter().filter_map(read).collect();
    table.finish();
    contacts
}

fn read_contact(mut table: Table<'_, '_>, role: ContactRole) -> Contact {
    let contact = Contact {
        role,
        name: line(&mut table, "name"),
        email: address(&mut table),
        phone: line(&mut table, "phone"),
        post: line(&mut table, "post"),
        fax: line(&mut table, "fax"),
    };
    if !["email", "phone", "post", "fax"]
        .iter()
        .any(|way| table.has(way))
    {
        table.missing(
            "email",
            "a contact needs a way to reach it: email, phone, post or fax",
        );
    }
    table.finish();
    contact
}

pub(super) fn read_scope(root: &mut Table<'_, '_>) -> PolicyScope {
    let Some(mut scope) = root.table("scope") else {
        return PolicyScope::default();
    };
    let domains = scope.texts("domains");
    let brands = scope.names("brands");
    let points = scope.names("points");
    scope.finish();
    PolicyScope {
        domains: domains.into_iter().map(|d| d.value.to_owned()).collect(),
        brands: brands.into_iter().map(|b| b.value).collect(),
        points: points.into_iter().map(|p| p.value).collect(),
    }
}

/// Every `[staff.*]`: a role and the purposes that its work needs; an empty list says that it needs nobody's data.
pub(super) fn read_staff(root: &mut Table<'_, '_>, purposes: &[PurposeRule]) -> Staff {
    let mut staff = Staff::default();
    let known: Vec<&str> = purposes.iter().map(|p| p.id.as_str()).collect();
    for (name, mut table) in root.tables("staff") {
        let role = table.reader.word(name, "staff", &StaffRole::WORDS);
        if !table.has("needs") {
            table.missing("needs", "the purposes it works for: needs = [\"service\"]");
        }
        let needs: Vec<At<Purpose>> = table.names("needs");
        for need in needs.iter().filter(|n| !known.contains(&n.value.as_str())) {
            let id = need.value.as_str();
            let hint = suggestion(id, &known).map_or_else(
                || format!("declare it: [purpose.{id}]"),
                |near| format!("did you mean \"{near}\"?"),
            );
            let message = format!("the purpose \"{id}\" is not declared");
            table.reader.fault_hint(&need.span, message, &hint);
        }
        table.finish();
        if let Some(role) = role {
            staff.say(role.value, needs.into_iter().map(|n| n.value).collect());
        }
    }
    staff
}
