//! Members of an organisation and invitations.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum_extra::extract::cookie::CookieJar;
use cairn_domain::access::{Act, Role};
use cairn_registrar::refusal::{Refusal, Trouble};
use cairn_registrar::staff::OpenInvitation;

use super::app::App;
use super::caller::{Caller, session_cookie};
use super::pages::{Chrome, Here, page};
use super::people::{Sent, again, agent, beside, field};
use super::problem::{Problem, status_of};
use super::words;

/// The pages of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/org/{slug}/people", get(people))
        .route("/org/{slug}/people/give", post(give))
        .route("/org/{slug}/people/take", post(take))
        .route("/org/{slug}/invitations", post(invite))
        .route("/org/{slug}/invitations/{id}/resend", post(resend))
        .route("/org/{slug}/invitations/{id}/withdraw", post(withdraw))
        .route("/invitations/{token}", get(look).post(accept))
}

/// An organisation's people.
#[derive(Debug, Clone, Template)]
#[template(path = "people-staff.html")]
pub struct StaffPage {
    /// The frame.
    pub chrome: Chrome,
    /// The organisation's place on the site.
    pub slug: String,
    /// Its name.
    pub org: String,
    /// Whether the visitor may invite, give and take.
    pub manages: bool,
    /// Everybody with a role.
    pub people: Vec<PersonLine>,
    /// Invitations, open ones first.
    pub invitations: Vec<InvitationLine>,
    /// All roles, each with what it may do.
    pub roles: Vec<RoleChoice>,
    /// An address as it was typed.
    pub email: String,
    /// What is wrong with the invitation.
    pub problem: Option<String>,
    /// What is wrong with a change of roles.
    pub role_problem: Option<String>,
}

/// One person.
#[derive(Debug, Clone)]
pub struct PersonLine {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// First letters of the name.
    pub initials: String,
    /// Address.
    pub address: Option<String>,
    /// Whether it is the visitor.
    pub you: bool,
    /// Roles, each with since when and whether it may be taken.
    pub roles: Vec<RoleLine>,
    /// Roles that they have not.
    pub others: Vec<&'static str>,
}

/// One role of one person.
#[derive(Debug, Clone)]
pub struct RoleLine {
    /// Its word.
    pub word: &'static str,
    /// Since when.
    pub since: String,
    /// Whether the visitor may take it.
    pub may_take: bool,
}

/// One role to choose.
#[derive(Debug, Clone)]
pub struct RoleChoice {
    /// Its word.
    pub word: &'static str,
    /// What it may do.
    pub says: &'static str,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// One invitation.
#[derive(Debug, Clone)]
pub struct InvitationLine {
    /// Id.
    pub id: String,
    /// To whom.
    pub email: String,
    /// As what.
    pub role: &'static str,
    /// What became of it, in words.
    pub state: String,
    /// Class of that.
    pub tone: &'static str,
    /// Whether it may still be sent again or withdrawn.
    pub open: bool,
}

/// An invitation as whoever got it sees it.
#[derive(Debug, Clone, Template)]
#[template(path = "people-invitation.html")]
pub struct InvitationPage {
    /// The frame.
    pub chrome: Chrome,
    /// The invitation's own address.
    pub action: String,
    /// Where to sign in and come back.
    pub sign_in: String,
    /// Who invites.
    pub org: String,
    /// As what.
    pub role: &'static str,
    /// What that may do.
    pub says: &'static str,
    /// To which address the letter went.
    pub email: String,
    /// The name of whoever is signed in.
    pub who: Option<String>,
    /// Whether the address has an account.
    pub has_account: bool,
    /// Until when it is good.
    pub until: String,
    /// A name as it was typed.
    pub name: String,
    /// What is wrong with it.
    pub problem: Option<String>,
}

/// `GET /org/{slug}/people`.
pub async fn people(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
) -> Result<Response, Problem> {
    Ok(page(&staff_page(&app, &caller, &slug).await?))
}

async fn staff_page(app: &App, caller: &Caller, slug: &str) -> Result<StaffPage, Problem> {
    let org = app.office.org_for(&caller.actor, slug, Act::Enter).await?;
    let manages = caller.actor.may(&org.id, Act::Staff);
    let staff = app.office.staff(&caller.actor, &org.id).await?;
    let owners = staff.iter().filter(|one| one.roles.iter().any(|(role, _)| *role == Role::Owner)).count();
    let people = staff.into_iter().map(|one| {
        let you = caller.actor.person_id() == Some(&one.person_id);
        let has = |role: &Role| one.roles.iter().any(|(had, _)| had == role);
        PersonLine {
            initials: one.name.split(' ').filter_map(|word| word.chars().next()).take(2).collect(),
            others: Role::ALL.iter().filter(|role| !has(role)).map(|role| role.word()).collect(),
            roles: one
                .roles
                .iter()
                .map(|(role, since)| RoleLine {
                    word: role.word(),
                    since: words::date_of(*since),
                    may_take: (manages || you) && !(*role == Role::Owner && owners == 1),
                })
                .collect(),
            id: one.person_id,
            name: one.name,
            address: one.address,
            you,
        }
    });
    let now = app.now();
    let mut invitations = Vec::new();
    if manages {
        for one in app.office.invitations(&caller.actor, &org.id).await?.into_iter().take(200) {
            let open = one.is_open(now);
            let (state, tone) = match (one.accepted, one.withdrawn) {
                (Some(at), _) => (format!("accepted on {}", words::date_of(at)), "good"),
                (_, Some(at)) => (format!("withdrawn on {}", words::date_of(at)), "dim"),
                _ if open => (format!("open until {}", words::date_of(one.expires)), "warn"),
                _ => (format!("ran out on {}", words::date_of(one.expires)), "dim"),
            };
            let may = one.accepted.is_none() && one.withdrawn.is_none();
            invitations.push(InvitationLine {
                id: one.id,
                email: one.email,
                role: one.role.word(),
                state,
                tone,
                open: may,
            });
        }
        invitations.sort_by_key(|one| !one.open);
    }
    Ok(StaffPage {
        chrome: Chrome::new(format!("People of {}", org.name), Here::Org, app.is_demo())
            .seen_by(caller)
            .in_org(&org.slug, &org.name, "people"),
        people: people.collect(),
        slug: org.slug,
        org: org.name,
        manages,
        invitations,
        roles: Role::ALL
            .into_iter()
            .map(|role| RoleChoice { word: role.word(), says: role.says(), chosen: role == Role::Issuer })
            .collect(),
        email: String::new(),
        problem: None,
        role_problem: None,
    })
}

/// `POST /org/{slug}/people/give`.
pub async fn give(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Staff).await?;
    let given = match role(&sent) {
        Ok(role) => app.office.give_member_role(&caller.actor, &org.id, field(&sent, "person"), role).await,
        Err(refusal) => Err(refusal.into()),
    };
    changed(&app, &caller, &slug, given).await
}

/// `POST /org/{slug}/people/take`.
pub async fn take(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Enter).await?;
    let person = field(&sent, "person");
    let taken = match role(&sent) {
        Ok(role) => app.office.take_member_role(&caller.actor, &org.id, person, role).await,
        Err(refusal) => Err(refusal.into()),
    };
    let own = caller.actor.person_id() == Some(person);
    if own && taken.is_ok() && caller.actor.roles_in(&org.id).count() == 1 {
        // with the last role went the right to see the page
        return Ok(Redirect::to("/account").into_response());
    }
    changed(&app, &caller, &slug, taken).await
}

async fn changed(app: &App, caller: &Caller, slug: &str, done: Result<(), Trouble>) -> Result<Response, Problem> {
    let back = format!("/org/{slug}/people");
    match beside(done)? {
        Ok(()) => Ok(Redirect::to(&back).into_response()),
        Err(refusal) if refusal.code == "sign-in-again" => Ok(again(&back)),
        Err(refusal) => {
            let shown = StaffPage { role_problem: Some(refusal.says), ..staff_page(app, caller, slug).await? };
            Ok((status_of(refusal.code), page(&shown)).into_response())
        }
    }
}

fn role(sent: &Sent) -> Result<Role, Refusal> {
    field(sent, "role").parse().map_err(|says: String| Refusal::new("bad-role", says))
}

/// `POST /org/{slug}/invitations`.
pub async fn invite(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Staff).await?;
    let back = format!("/org/{slug}/people");
    let email = field(&sent, "email");
    let invited = match role(&sent) {
        Ok(role) => beside(app.office.invite(&caller.actor, &org.id, email, role).await)?.map(|_| ()),
        Err(refusal) => Err(refusal),
    };
    match invited {
        Ok(()) => Ok(Redirect::to(&back).into_response()),
        Err(refusal) if refusal.code == "sign-in-again" => Ok(again(&back)),
        Err(refusal) => {
            let mut shown = staff_page(&app, &caller, &slug).await?;
            shown.email = email.into();
            for choice in &mut shown.roles {
                choice.chosen = choice.word == field(&sent, "role");
            }
            shown.problem = Some(refusal.says);
            Ok((status_of(refusal.code), page(&shown)).into_response())
        }
    }
}

/// `POST /org/{slug}/invitations/{id}/resend`.
pub async fn resend(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Staff).await?;
    app.office.resend_invitation(&caller.actor, &org.id, &id).await?;
    Ok(Redirect::to(&format!("/org/{slug}/people#invitations")).into_response())
}

/// `POST /org/{slug}/invitations/{id}/withdraw`.
pub async fn withdraw(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Staff).await?;
    app.office.withdraw_invitation(&caller.actor, &org.id, &id).await?;
    Ok(Redirect::to(&format!("/org/{slug}/people#invitations")).into_response())
}

/// `GET /invitations/{token}`: looking uses nothing up.
pub async fn look(State(app): State<Arc<App>>, caller: Caller, Path(token): Path<String>) -> Result<Response, Problem> {
    let invitation = app.office.look_at_invitation(&token).await?;
    Ok(page(&invitation_page(&app, &caller, &token, invitation)))
}

fn invitation_page(app: &App, caller: &Caller, token: &str, invitation: OpenInvitation) -> InvitationPage {
    InvitationPage {
        chrome: Chrome::new("An invitation", Here::Account, app.is_demo()).seen_by(caller),
        action: format!("/invitations/{token}"),
        sign_in: format!("/sign-in?next=/invitations/{token}"),
        org: invitation.org.name,
        role: invitation.role.word(),
        says: invitation.role.says(),
        email: invitation.email,
        who: caller.name.clone(),
        has_account: invitation.has_account,
        until: words::date_of(invitation.expires),
        name: String::new(),
        problem: None,
    }
}

/// `POST /invitations/{token}`: as whoever is signed in; else as somebody new, whose address the letter proves.
pub async fn accept(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(token): Path<String>,
    jar: CookieJar,
    headers: HeaderMap,
    sent: Sent,
) -> Result<Response, Problem> {
    if caller.actor.signed_in().is_ok() {
        let org = app.office.accept_invitation(&caller.actor, &token).await?;
        return Ok(Redirect::to(&format!("/org/{}", org.slug)).into_response());
    }
    let name = field(&sent, "name");
    match app.office.sign_in_by_invitation(&caller.actor, &token, name, agent(&headers)).await {
        Ok(signed_in) => {
            let next = signed_in.next.unwrap_or_else(|| "/account".into());
            Ok((jar.add(session_cookie(&app, signed_in.token)), Redirect::to(&next)).into_response())
        }
        Err(Trouble::Refusal(refusal)) if matches!(refusal.code, "no-name" | "bad-name") => {
            let invitation = app.office.look_at_invitation(&token).await?;
            let again = invitation_page(&app, &caller, &token, invitation);
            let again = InvitationPage { name: name.into(), problem: Some(refusal.says), ..again };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&again)).into_response())
        }
        Err(Trouble::Refusal(refusal)) if refusal.code == "sign-in" => Ok(again(&format!("/invitations/{token}"))),
        Err(trouble) => Err(trouble.into()),
    }
}
