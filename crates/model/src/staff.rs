//! Who of the staff may do what in an account: one table, which every page and every call asks.
//!
//! Promises: each role has an answer for each action, decided here and nowhere else. Which of a person's data a
//! member may see on top of that, the account's policy says (P124, P125).

/// What a user is in one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    Owner,
    Editor,
    Analyst,
    PrivacyOfficer,
    Support,
}

/// What a page or a call does, as far as a role decides about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// See campaigns, reports, contacts, the policy, the mailbox of rehearsals.
    Look,
    /// Say that one has read the policy: everybody owes it.
    Acknowledge,
    /// See to one's own log-in: password, codes, devices.
    OwnLogin,
    /// Write and change drafts, send tests of them.
    Write,
    /// Start, pause and stop what goes to people.
    Send,
    /// Set what goes wrong in a rehearsal.
    Rehearse,
    /// Write people down, correct them, put them on lists, take files of them in.
    KeepContacts,
    /// Have people written to a file.
    ExportContacts,
    /// See who is let in, and as what.
    SeeStaff,
    /// Let people in, change their role, put them out.
    ManageStaff,
    /// See which programs have a key.
    SeeKeys,
    /// Give keys to programs and take them away.
    ManageKeys,
    /// See what the staff did.
    SeeAudit,
    /// Set the account up: its first policy, its domain, its look and its languages.
    SetUp,
}

impl Role {
    /// Every role, the one that may most first.
    pub const ALL: [Self; 5] = [
        Self::Owner,
        Self::Editor,
        Self::Analyst,
        Self::PrivacyOfficer,
        Self::Support,
    ];

    /// The word that pages, commands and the store use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Editor => "editor",
            Self::Analyst => "analyst",
            Self::PrivacyOfficer => "privacy_officer",
            Self::Support => "support",
        }
    }

    /// From the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// The table.
    pub const fn may(self, action: Action) -> bool {
        match action {
            Action::Look | Action::Acknowledge | Action::OwnLogin => true,
            Action::Write | Action::Send | Action::Rehearse | Action::KeepContacts => {
                matches!(self, Self::Owner | Self::Editor)
            }
            Action::ExportContacts => {
                matches!(self, Self::Owner | Self::Editor | Self::PrivacyOfficer)
            }
            Action::SeeStaff | Action::SeeKeys | Action::SeeAudit => {
                matches!(self, Self::Owner | Self::PrivacyOfficer)
            }
            Action::ManageStaff | Action::ManageKeys | Action::SetUp => {
                matches!(self, Self::Owner)
            }
        }
    }
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 14] = [
        Self::Look,
        Self::Acknowledge,
        Self::OwnLogin,
        Self::Write,
        Self::Send,
        Self::Rehearse,
        Self::KeepContacts,
        Self::ExportContacts,
        Self::SeeStaff,
        Self::ManageStaff,
        Self::SeeKeys,
        Self::ManageKeys,
        Self::SeeAudit,
        Self::SetUp,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table as people read it; a change of it is a change of this text.
    const TABLE: &str = "\
Look            owner editor analyst privacy_officer support
Acknowledge     owner editor analyst privacy_officer support
OwnLogin        owner editor analyst privacy_officer support
Write           owner editor
Send            owner editor
Rehearse        owner editor
KeepContacts    owner editor
ExportContacts  owner editor privacy_officer
SeeStaff        owner privacy_officer
ManageStaff     owner
SeeKeys         owner privacy_officer
ManageKeys      owner
SeeAudit        owner privacy_officer
SetUp           owner
";

    #[test]
    fn the_table_of_roles_and_actions_is_this_one() {
        let line = |action: Action| {
            let may = Role::ALL.into_iter().filter(|role| role.may(action));
            let words: Vec<&str> = may.map(Role::as_str).collect();
            format!("{:<15} {}\n", format!("{action:?}"), words.join(" "))
        };
        assert_eq!(Action::ALL.map(line).concat(), TABLE);
    }

    #[test]
    fn an_owner_may_everything_and_a_role_comes_back_from_its_word() {
        assert!(
            Action::ALL
                .into_iter()
                .all(|action| Role::Owner.may(action))
        );
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        assert_eq!(Role::parse("Owner"), None);
    }
}
