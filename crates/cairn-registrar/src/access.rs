//! Who is acting, and whether they may. Every act asks here before it does anything.

use cairn_domain::access::{Act, Role, Scope, allows};
use cairn_store::{AuditEntry, Member, Org, Person, Session};
use serde_json::Value;
use sha2::{Digest, Sha256};

pub use cairn_store::Org as Organisation;

use crate::Office;
use crate::outside::Outside;
use crate::refusal::{Refusal, Trouble};

/// Who is acting.
#[derive(Debug, Clone, Default)]
pub struct Actor {
    /// As what.
    pub who: Who,
    /// Their roles in all organisations.
    pub roles: Vec<Member>,
}

/// As what somebody acts.
#[derive(Debug, Clone, Default)]
pub enum Who {
    /// Not signed in.
    #[default]
    Nobody,
    /// A person in a browser.
    Person {
        /// The person.
        person: Person,
        /// Their session.
        session: Session,
    },
    /// A program with a token that a person has made; it may what the scopes say and that person may.
    Token {
        /// Id of the token.
        token_id: String,
        /// Who made it.
        person: Person,
        /// The one organisation for which it is good.
        org_id: String,
        /// What it may be used for.
        scopes: Vec<Scope>,
    },
    /// Whoever runs the program itself, at the command line.
    Site,
}

impl Actor {
    /// Whoever runs the program itself.
    pub fn site() -> Actor {
        Actor { who: Who::Site, roles: Vec::new() }
    }

    /// The person who acts or whose token acts.
    pub fn person(&self) -> Option<&Person> {
        match &self.who {
            Who::Person { person, .. } | Who::Token { person, .. } => Some(person),
            Who::Nobody | Who::Site => None,
        }
    }

    /// Id of that person.
    pub fn person_id(&self) -> Option<&str> {
        self.person().map(|person| person.id.as_str())
    }

    /// The person in a browser; a refusal that says to sign in for everybody else. For what people do with their own
    /// accounts, which no token may.
    pub fn signed_in(&self) -> Result<(&Person, &Session), Refusal> {
        match &self.who {
            Who::Person { person, session } => Ok((person, session)),
            _ => Err(Refusal::new("sign-in", "Sign in first: this belongs to a person's own account.")),
        }
    }

    /// Their roles in an organisation.
    pub fn roles_in(&self, org_id: &str) -> impl Iterator<Item = Role> + '_ {
        let org_id = org_id.to_owned();
        self.roles.iter().filter(move |member| member.org_id == org_id).map(|member| member.role)
    }

    /// Whether they may do this in the organisation.
    pub fn may(&self, org_id: &str, act: Act) -> bool {
        let scoped = match &self.who {
            Who::Site => return true,
            Who::Nobody => false,
            Who::Person { .. } => true,
            Who::Token { org_id: of, scopes, .. } => of == org_id && scopes.contains(&Scope::of(act)),
        };
        scoped && self.roles_in(org_id).any(|role| allows(role, act))
    }

    /// A refusal unless they may do this in the organisation. Strangers are not told that there is anything: they get
    /// `not-found` (or `sign-in` when nobody is signed in); members who lack the role get `not-allowed`.
    pub fn require(&self, org_id: &str, act: Act) -> Result<(), Refusal> {
        if self.may(org_id, act) {
            return Ok(());
        }
        let refusal = match &self.who {
            Who::Nobody => Refusal::new("sign-in", "Sign in first: this is for members of the organisation."),
            Who::Token { org_id: of, .. } if of == org_id => Refusal::new(
                "not-allowed",
                format!(
                    "This token may not do that: it needs the scope `{}`, and whoever made it needs a role that \
                     allows it.",
                    Scope::of(act).word()
                ),
            ),
            Who::Person { .. } if self.roles_in(org_id).next().is_some() => {
                let roles: Vec<&str> =
                    Role::ALL.into_iter().filter(|role| allows(*role, act)).map(Role::word).collect();
                let says = format!("Your role does not allow this. It is for: {}. Ask an owner.", roles.join(", "));
                Refusal::new("not-allowed", says)
            }
            _ => Refusal::new("not-found", "There is nothing here that you may see."),
        };
        Err(refusal)
    }

    /// An entry for the audit on what this actor does. `detail` never holds evidence, names or addresses.
    pub fn audit(
        &self,
        outside: &Outside,
        org_id: &str,
        act: &str,
        object: (&str, &str),
        detail: Option<Value>,
    ) -> AuditEntry {
        let (actor_kind, actor_id) = match &self.who {
            Who::Nobody => ("person", None),
            Who::Person { person, .. } => ("person", Some(person.id.clone())),
            Who::Token { token_id, .. } => ("token", Some(token_id.clone())),
            Who::Site => ("site", None),
        };
        AuditEntry {
            id: outside.id(),
            org_id: org_id.into(),
            at: outside.now(),
            actor_kind: actor_kind.into(),
            actor_id,
            act: act.into(),
            object_kind: object.0.into(),
            object_id: object.1.into(),
            detail: detail.map(|detail| detail.to_string()),
        }
    }
}

/// What the store keeps of a token: lower-case hex SHA-256.
pub fn token_hash(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Office {
    /// Who acts by a session's token; nobody when it is over or never was.
    pub async fn actor_by_session(&self, token: &str) -> Result<Actor, Trouble> {
        let Some(session) = self.desk.store.find_session(&token_hash(token)).await? else {
            return Ok(Actor::default());
        };
        if session.expires <= self.now() {
            return Ok(Actor::default());
        }
        let Some(person) = self.desk.store.find_person(&session.person_id).await?.filter(|p| p.left.is_none()) else {
            return Ok(Actor::default());
        };
        self.note_session(&session).await?;
        let roles = self.desk.store.list_roles(&person.id).await?;
        Ok(Actor { who: Who::Person { person, session }, roles })
    }

    /// The organisation with this id.
    pub async fn find_org(&self, org_id: &str) -> Result<Option<Org>, Trouble> {
        Ok(self.desk.store.find_org(org_id).await?)
    }

    /// The organisation at a place of the site; the refusal that strangers get when there is none.
    pub async fn org_at(&self, slug: &str) -> Result<Org, Trouble> {
        let found = self.desk.store.find_org_by_slug(slug).await?;
        found.ok_or_else(|| Refusal::new("not-found", "There is nothing here that you may see.").into())
    }

    /// The organisation at a place of the site, for anybody with a role in it, whatever the role. What a member may do
    /// there is asked by each act.
    pub async fn org_of_member(&self, actor: &Actor, slug: &str) -> Result<Org, Trouble> {
        if matches!(actor.who, Who::Nobody) {
            return Err(Refusal::new("sign-in", "Sign in first: this is for members of the organisation.").into());
        }
        let org = self.org_at(slug).await?;
        let member = match &actor.who {
            Who::Site => true,
            Who::Token { org_id, .. } => *org_id == org.id,
            Who::Person { .. } | Who::Nobody => actor.roles_in(&org.id).next().is_some(),
        };
        match member {
            true => Ok(org),
            false => Err(Refusal::new("not-found", "There is nothing here that you may see.").into()),
        }
    }

    /// The organisation at a place of the site, for somebody who may do this there.
    pub async fn org_for(&self, actor: &Actor, slug: &str, act: Act) -> Result<Org, Trouble> {
        let org = match self.org_at(slug).await {
            Ok(org) => org,
            // who is not signed in is asked to, whether or not there is anything
            Err(Trouble::Refusal(_)) if matches!(actor.who, Who::Nobody) => {
                return Err(Refusal::new("sign-in", "Sign in first: this is for members of the organisation.").into());
            }
            Err(trouble) => return Err(trouble),
        };
        actor.require(&org.id, act)?;
        Ok(org)
    }
}
