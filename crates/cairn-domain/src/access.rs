//! Who may do what: roles in an organisation, acts, and the scopes of API tokens.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What somebody is in an organisation. A person may have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Answers for the organisation: people, keys, settings; may do all that the others may.
    Owner,
    /// Defines achievements, publishes, awards, revokes.
    Issuer,
    /// Looks at requests and their evidence, and decides on them.
    Assessor,
    /// Sees what is public and recognises it.
    Employer,
    /// Keeps the records: sees all awards, corrects names, exports.
    Registrar,
}

impl Role {
    /// All roles.
    pub const ALL: [Role; 5] = [Role::Owner, Role::Issuer, Role::Assessor, Role::Employer, Role::Registrar];

    /// Its word, such as `owner`.
    pub fn word(self) -> &'static str {
        match self {
            Role::Owner => "owner",
            Role::Issuer => "issuer",
            Role::Assessor => "assessor",
            Role::Employer => "employer",
            Role::Registrar => "registrar",
        }
    }

    /// What it may do, in one sentence for people.
    pub fn says(self) -> &'static str {
        match self {
            Role::Owner => "Answers for the organisation: people, keys, settings, and all that the others may do.",
            Role::Issuer => "Defines achievements, publishes them, awards and revokes.",
            Role::Assessor => "Looks at requests and their evidence, and decides on them.",
            Role::Employer => "Sees the catalogue of the organisation and recognises what it awards.",
            Role::Registrar => "Keeps the records: sees all awards, corrects names, exports.",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(word: &str) -> Result<Role, String> {
        Role::ALL.into_iter().find(|role| role.word() == word).ok_or_else(|| {
            format!("“{word}” is no role. The roles are owner, issuer, assessor, employer and registrar.")
        })
    }
}

/// What is done in an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// See the organisation's inner pages at all.
    Enter,
    /// Change its name, address, picture, single sign-on.
    Settle,
    /// Invite people, give and take roles.
    Staff,
    /// Make, retire and report keys.
    Keys,
    /// Make and withdraw API tokens.
    Tokens,
    /// Read the audit.
    Audit,
    /// Write drafts, import frameworks.
    Define,
    /// Publish versions, retire achievements.
    Publish,
    /// See requests and evidence and decide on them.
    Assess,
    /// Award directly and in bulk.
    Award,
    /// Revoke, suspend, reinstate, undo a batch.
    Revoke,
    /// Correct a name by superseding.
    Correct,
    /// See who was awarded what, and export it.
    Records,
}

/// Whether a role allows an act.
pub fn allows(role: Role, act: Act) -> bool {
    match role {
        Role::Owner => true,
        Role::Issuer => {
            matches!(
                act,
                Act::Enter
                    | Act::Define
                    | Act::Publish
                    | Act::Assess
                    | Act::Award
                    | Act::Revoke
                    | Act::Correct
                    | Act::Records
            )
        }
        Role::Assessor => matches!(act, Act::Enter | Act::Assess),
        Role::Employer => matches!(act, Act::Enter),
        Role::Registrar => matches!(act, Act::Enter | Act::Records | Act::Correct | Act::Audit),
    }
}

/// What an API token may be used for. A token never allows more than the person who made it may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Scope {
    /// Read the organisation, its achievements and frameworks.
    #[serde(rename = "read")]
    Read,
    /// Write drafts, import frameworks, publish.
    #[serde(rename = "define")]
    Define,
    /// Award directly and in bulk, decide on requests.
    #[serde(rename = "award")]
    Award,
    /// Revoke, suspend, reinstate, supersede.
    #[serde(rename = "revoke")]
    Revoke,
    /// Read who was awarded what, requests and evidence.
    #[serde(rename = "records")]
    Records,
    /// People, keys, settings, tokens, audit.
    #[serde(rename = "admin")]
    Admin,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Scope; 6] = [Scope::Read, Scope::Define, Scope::Award, Scope::Revoke, Scope::Records, Scope::Admin];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Scope::Read => "read",
            Scope::Define => "define",
            Scope::Award => "award",
            Scope::Revoke => "revoke",
            Scope::Records => "records",
            Scope::Admin => "admin",
        }
    }

    /// The scope that an act needs.
    pub fn of(act: Act) -> Scope {
        match act {
            Act::Enter => Scope::Read,
            Act::Settle | Act::Staff | Act::Keys | Act::Tokens | Act::Audit => Scope::Admin,
            Act::Define | Act::Publish => Scope::Define,
            Act::Assess | Act::Award => Scope::Award,
            Act::Revoke | Act::Correct => Scope::Revoke,
            Act::Records => Scope::Records,
        }
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(word: &str) -> Result<Scope, String> {
        Scope::ALL.into_iter().find(|scope| scope.word() == word).ok_or_else(|| {
            format!("“{word}” is no scope. The scopes are read, define, award, revoke, records and admin.")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back() {
        for role in Role::ALL {
            assert_eq!(role.word().parse::<Role>(), Ok(role));
        }
        for scope in Scope::ALL {
            assert_eq!(scope.word().parse::<Scope>(), Ok(scope));
        }
        assert!("god".parse::<Role>().is_err());
    }

    #[test]
    fn only_owners_staff_and_nobody_else_touches_keys() {
        for role in Role::ALL {
            assert_eq!(allows(role, Act::Staff), role == Role::Owner);
            assert_eq!(allows(role, Act::Keys), role == Role::Owner);
            assert!(allows(role, Act::Enter));
        }
        assert!(!allows(Role::Assessor, Act::Award), "an assessor decides on requests and awards nothing else");
    }
}
