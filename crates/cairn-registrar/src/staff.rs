//! An organisation's people: founding, invitations, roles.

use cairn_domain::access::{Act, Role};
pub use cairn_store::Invitation;
use cairn_store::Member;
pub use cairn_store::Org;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::Office;
use crate::access::{Actor, Who, token_hash};
use crate::people::{SignedIn, address};
use crate::post::Writing;
use crate::refusal::{Refusal, Trouble};

/// How long an invitation is good.
const INVITATION: SignedDuration = SignedDuration::from_hours(24 * 14);
/// Most invitations of one organisation that are open at the same time.
const MOST_OPEN: usize = 200;

/// Somebody with at least one role.
#[derive(Debug, Clone)]
pub struct StaffMember {
    /// The person.
    pub person_id: String,
    /// Their name.
    pub name: String,
    /// The address that letters to them go to; told only to those who may give roles.
    pub address: Option<String>,
    /// Their roles, each with since when.
    pub roles: Vec<(Role, Timestamp)>,
}

/// What an invitation that works is about, to be shown before it is accepted.
#[derive(Debug, Clone)]
pub struct OpenInvitation {
    /// Into which organisation.
    pub org: Org,
    /// As what.
    pub role: Role,
    /// To which address the letter went.
    pub email: String,
    /// Whether that address has an account. If so its owner signs in first; if not, the letter opens one.
    pub has_account: bool,
    /// Until when it is good.
    pub expires: Timestamp,
}

impl Office {
    /// Founds an organisation with a key of its own; its founder is its owner. For whoever runs the program, and for
    /// people who own an organisation here already.
    pub async fn found_organisation(&self, actor: &Actor, name: &str, url: Option<&str>) -> Result<Org, Trouble> {
        match &actor.who {
            Who::Site => {}
            Who::Person { .. } if actor.roles.iter().any(|member| member.role == Role::Owner) => {
                actor.proved_lately(self.now())?;
            }
            Who::Nobody => return Err(Refusal::new("sign-in", "Sign in first.").into()),
            Who::Person { .. } | Who::Token { .. } => {
                let says = "On this site, organisations are founded by people who own one already, and by whoever \
                            runs the site. Ask them.";
                return Err(Refusal::new("not-allowed", says).into());
            }
        }
        let (name, url) = (org_name(name)?, web_page(url)?);
        let mut tx = self.desk.store.begin().await?;
        let org = self.desk.set_up_issuer_in(&mut tx, &name, url.as_deref()).await?.org;
        if let Some(person) = actor.person() {
            tx.insert_member(&self.member(&org.id, &person.id, Role::Owner, actor)).await?;
        }
        tx.insert_audit(&actor.audit(&self.outside, &org.id, "org.found", ("org", &org.id), None)).await?;
        tx.commit().await?;
        Ok(org)
    }

    /// Everybody with a role, longest here first. Addresses are told to those who may give roles.
    pub async fn staff(&self, actor: &Actor, org_id: &str) -> Result<Vec<StaffMember>, Trouble> {
        actor.require(org_id, Act::Enter)?;
        let manages = actor.may(org_id, Act::Staff);
        let mut all: Vec<StaffMember> = Vec::new();
        for member in self.desk.store.list_members(org_id).await? {
            let role = (member.role, member.since);
            if let Some(known) = all.iter_mut().find(|known| known.person_id == member.person_id) {
                known.roles.push(role);
                continue;
            }
            let Some(person) = self.desk.store.find_person(&member.person_id).await? else { continue };
            let address = match manages {
                true => self.desk.store.list_person_emails(&person.id).await?.into_iter().next().map(|one| one.shown),
                false => None,
            };
            all.push(StaffMember { person_id: person.id, name: person.name, address, roles: vec![role] });
        }
        for one in &mut all {
            one.roles.sort();
        }
        Ok(all)
    }

    /// Gives one more role to somebody who has one.
    pub async fn give_member_role(
        &self,
        actor: &Actor,
        org_id: &str,
        person_id: &str,
        role: Role,
    ) -> Result<(), Trouble> {
        actor.require(org_id, Act::Staff)?;
        actor.proved_lately(self.now())?;
        self.known_member(org_id, person_id).await?;
        let mut tx = self.desk.store.begin().await?;
        tx.insert_member(&self.member(org_id, person_id, role, actor)).await?;
        let detail = json!({ "role": role.word() });
        tx.insert_audit(&actor.audit(&self.outside, org_id, "role.give", ("person", person_id), Some(detail))).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes a role from somebody, or from oneself, which needs no role of its own. The last owner stays.
    pub async fn take_member_role(
        &self,
        actor: &Actor,
        org_id: &str,
        person_id: &str,
        role: Role,
    ) -> Result<(), Trouble> {
        actor.require(org_id, Act::Enter)?;
        let own = matches!(actor.who, Who::Person { .. }) && actor.person_id() == Some(person_id);
        if !own {
            actor.require(org_id, Act::Staff)?;
        }
        actor.proved_lately(self.now())?;
        let mut tx = self.desk.store.begin().await?;
        tx.hold_org(org_id).await?;
        if !tx.delete_member(org_id, person_id, role).await? {
            return Err(Refusal::new("not-found", "Nobody here has that role in this organisation.").into());
        }
        if role == Role::Owner && tx.count_members(org_id, Role::Owner).await? == 0 {
            let says = "This is the last owner: an organisation is never without one. Make somebody else owner first.";
            return Err(Refusal::new("last-owner", says).into());
        }
        let detail = json!({ "role": role.word() });
        tx.insert_audit(&actor.audit(&self.outside, org_id, "role.take", ("person", person_id), Some(detail))).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Invites somebody by a letter.
    pub async fn invite(&self, actor: &Actor, org_id: &str, email: &str, role: Role) -> Result<Invitation, Trouble> {
        actor.require(org_id, Act::Staff)?;
        actor.proved_lately(self.now())?;
        let lower = address(email)?;
        let org = self.own_org(org_id).await?;
        let now = self.now();
        let open: Vec<Invitation> =
            self.desk.store.list_invitations(org_id).await?.into_iter().filter(|one| one.is_open(now)).collect();
        if open.iter().any(|one| one.email == lower && one.role == role) {
            let says = format!("{lower} has an open invitation as {role} already. Send its letter again instead.");
            return Err(Refusal::new("already-done", says).into());
        }
        if open.len() >= MOST_OPEN {
            let says = format!("{MOST_OPEN} invitations are open. Withdraw those that nobody will accept.");
            return Err(Refusal::new("too-many-invitations", says).into());
        }
        let token = self.new_token();
        let invitation = Invitation {
            org_id: org_id.into(),
            id: self.outside.id(),
            token_hash: token_hash(&token),
            email: lower,
            role,
            created: now,
            expires: now + INVITATION,
            given_by: actor.person_id().map(str::to_owned),
            accepted: None,
            accepted_by: None,
            withdrawn: None,
        };
        let mut tx = self.desk.store.begin().await?;
        tx.insert_invitation(&invitation).await?;
        tx.insert_letter(&self.desk.letter(self.invitation_letter(&org, &invitation, &token))).await?;
        let detail = json!({ "role": role.word() });
        let object = ("invitation", invitation.id.as_str());
        tx.insert_audit(&actor.audit(&self.outside, org_id, "invitation.make", object, Some(detail))).await?;
        tx.commit().await?;
        Ok(invitation)
    }

    /// An organisation's invitations, newest first, whatever became of them.
    pub async fn invitations(&self, actor: &Actor, org_id: &str) -> Result<Vec<Invitation>, Trouble> {
        actor.require(org_id, Act::Staff)?;
        Ok(self.desk.store.list_invitations(org_id).await?)
    }

    /// Sends an invitation's letter again, with a new link and another 14 days; the old link works no more.
    pub async fn resend_invitation(
        &self,
        actor: &Actor,
        org_id: &str,
        invitation_id: &str,
    ) -> Result<Invitation, Trouble> {
        actor.require(org_id, Act::Staff)?;
        let org = self.own_org(org_id).await?;
        let all = self.desk.store.list_invitations(org_id).await?;
        let found = all.into_iter().find(|one| one.id == invitation_id).ok_or_else(no_invitation)?;
        let (token, now) = (self.new_token(), self.now());
        let again = Invitation { token_hash: token_hash(&token), expires: now + INVITATION, ..found };
        let mut tx = self.desk.store.begin().await?;
        if !tx.update_invitation_token(org_id, &again.id, &again.token_hash, again.expires).await? {
            return Err(Refusal::new("already-done", "This invitation was accepted or withdrawn.").into());
        }
        tx.insert_letter(&self.desk.letter(self.invitation_letter(&org, &again, &token))).await?;
        let object = ("invitation", again.id.as_str());
        tx.insert_audit(&actor.audit(&self.outside, org_id, "invitation.resend", object, None)).await?;
        tx.commit().await?;
        Ok(again)
    }

    /// Withdraws an invitation: its link works no more.
    pub async fn withdraw_invitation(&self, actor: &Actor, org_id: &str, invitation_id: &str) -> Result<(), Trouble> {
        actor.require(org_id, Act::Staff)?;
        let known = self.desk.store.list_invitations(org_id).await?.iter().any(|one| one.id == invitation_id);
        if !known {
            return Err(no_invitation());
        }
        let mut tx = self.desk.store.begin().await?;
        if !tx.update_invitation_withdrawn(org_id, invitation_id, self.now()).await? {
            return Err(Refusal::new("already-done", "This invitation was accepted or withdrawn before.").into());
        }
        let object = ("invitation", invitation_id);
        tx.insert_audit(&actor.audit(&self.outside, org_id, "invitation.withdraw", object, None)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What an invitation that works is about. Looking uses nothing up.
    pub async fn look_at_invitation(&self, token: &str) -> Result<OpenInvitation, Trouble> {
        let invitation = self.open_invitation(token).await?;
        let org = self.own_org(&invitation.org_id).await?;
        let has_account = self.desk.store.find_person_by_email(&invitation.email).await?.is_some();
        Ok(OpenInvitation {
            org,
            role: invitation.role,
            email: invitation.email,
            has_account,
            expires: invitation.expires,
        })
    }

    /// Accepts an invitation as whoever is signed in, with whatever address.
    pub async fn accept_invitation(&self, actor: &Actor, token: &str) -> Result<Org, Trouble> {
        let (person, _) = actor.signed_in()?;
        let invitation = self.open_invitation(token).await?;
        let org = self.own_org(&invitation.org_id).await?;
        let mut tx = self.desk.store.begin().await?;
        self.accept(&mut tx, actor, &invitation, &person.id).await?;
        tx.commit().await?;
        Ok(org)
    }

    /// Accepts an invitation as somebody new: its letter proves the address, which gets an account and a session. An
    /// address with an account signs in first, because an invitation is good for longer than a link to sign in.
    pub async fn sign_in_by_invitation(
        &self,
        actor: &Actor,
        token: &str,
        name: &str,
        agent: Option<&str>,
    ) -> Result<SignedIn, Trouble> {
        let invitation = self.open_invitation(token).await?;
        let org = self.own_org(&invitation.org_id).await?;
        let mut tx = self.desk.store.begin().await?;
        if tx.find_person_by_email(&invitation.email).await?.is_some() {
            let says = "The address to which this letter went has an account. Sign in, then accept.";
            return Err(Refusal::new("sign-in", says).into());
        }
        let person = self.account_of(&mut tx, &invitation.email, Some(name)).await?;
        let session = self.new_session(&mut tx, actor, &person.id, "link", agent).await?;
        self.accept(&mut tx, actor, &invitation, &person.id).await?;
        tx.commit().await?;
        Ok(SignedIn { person, token: session, next: Some(format!("/org/{}", org.slug)) })
    }

    async fn accept(
        &self,
        tx: &mut cairn_store::Tx,
        actor: &Actor,
        invitation: &Invitation,
        person_id: &str,
    ) -> Result<(), Trouble> {
        if !tx.update_invitation_accepted(&invitation.token_hash, person_id, self.now()).await? {
            return Err(invitation_over());
        }
        let member = Member {
            org_id: invitation.org_id.clone(),
            person_id: person_id.into(),
            role: invitation.role,
            since: self.now(),
            given_by: invitation.given_by.clone(),
        };
        tx.insert_member(&member).await?;
        let detail = json!({ "role": invitation.role.word(), "person": person_id });
        let object = ("invitation", invitation.id.as_str());
        tx.insert_audit(&actor.audit(&self.outside, &invitation.org_id, "invitation.accept", object, Some(detail)))
            .await?;
        Ok(())
    }

    async fn open_invitation(&self, token: &str) -> Result<Invitation, Trouble> {
        let found = self.desk.store.find_invitation(&token_hash(token)).await?;
        found.filter(|one| one.is_open(self.now())).ok_or_else(invitation_over)
    }

    async fn known_member(&self, org_id: &str, person_id: &str) -> Result<(), Trouble> {
        let known = self.desk.store.list_members(org_id).await?.iter().any(|member| member.person_id == person_id);
        match known {
            true => Ok(()),
            false => Err(Refusal::new("not-found", "Nobody of that id is in this organisation. Invite them.").into()),
        }
    }

    async fn own_org(&self, org_id: &str) -> Result<Org, Trouble> {
        let found = self.desk.store.find_org(org_id).await?;
        found.ok_or_else(|| Refusal::new("not-found", "There is no such organisation.").into())
    }

    fn member(&self, org_id: &str, person_id: &str, role: Role, by: &Actor) -> Member {
        Member {
            org_id: org_id.into(),
            person_id: person_id.into(),
            role,
            since: self.now(),
            given_by: by.person_id().map(str::to_owned),
        }
    }

    fn invitation_letter(&self, org: &Org, invitation: &Invitation, token: &str) -> Writing {
        let until = invitation.expires.strftime("%-d %B %Y");
        Writing {
            to: invitation.email.clone(),
            kind: "invitation",
            subject: format!("{} invites you as {}", org.name, invitation.role),
            paragraphs: vec![
                "Hello,".into(),
                format!(
                    "{} invites you to its microcredentials as {}. {}",
                    org.name,
                    invitation.role,
                    invitation.role.says()
                ),
                format!("The invitation is good until {until}. You may accept it with any address of yours."),
            ],
            link: Some(("Look at the invitation".into(), format!("{}/invitations/{token}", self.base_url))),
            why: format!("An owner of {} at {} asked us to write to you.", org.name, self.base_url),
        }
    }
}

/// An organisation's name, trimmed. A refusal when it is empty, too long, or holds what no name holds.
pub(crate) fn org_name(text: &str) -> Result<String, Refusal> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > 120 || name.chars().any(char::is_control) {
        return Err(Refusal::new("bad-org-name", "An organisation's name has 1 to 120 characters."));
    }
    Ok(name)
}

fn web_page(url: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(url) = url.map(str::trim).filter(|url| !url.is_empty()) else { return Ok(None) };
    let web = url.starts_with("https://") || url.starts_with("http://");
    if !web || url.len() > 300 || !url.chars().all(|c| c.is_ascii_graphic() && !"<>\"".contains(c)) {
        let says = "The organisation's web page begins with https:// and has no blanks. Or leave it empty.";
        return Err(Refusal::new("bad-web-page", says));
    }
    Ok(Some(url.to_owned()))
}

fn no_invitation() -> Trouble {
    Refusal::new("not-found", "The organisation has no such invitation.").into()
}

fn invitation_over() -> Trouble {
    let says = "This invitation works no more: it was accepted, withdrawn, sent again with a newer link, or its 14 days \
                are over. Ask whoever invited you for a new one.";
    Refusal::new("link-over", says).into()
}
