//! `/api/v1`: Who asks; members and their roles, invitations.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{delete, get, post, put};
use axum::{Json, Router};
use cairn_domain::access::{Act, Role, Scope};
use cairn_registrar::access::Who;
use cairn_registrar::refusal::Refusal;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::body::{Asked, Body};
use super::{Page, Paging, Rest, created};
use crate::web::app::App;
use crate::web::caller::Caller;
use crate::web::openapi::Describe;

/// The ends of the API in this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/v1/me", get(me))
        .route("/api/v1/orgs/{org}/members", get(members))
        .route("/api/v1/orgs/{org}/members/{person}/roles/{role}", put(give).delete(take))
        .route("/api/v1/orgs/{org}/invitations", get(invitations).post(invite))
        .route("/api/v1/orgs/{org}/invitations/{invitation}", delete(withdraw))
        .route("/api/v1/orgs/{org}/invitations/{invitation}/resend", post(resend))
}

/// Who asks.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Me")]
pub struct MeBody {
    /// `person` or `token`.
    pub kind: String,
    /// Id of the person, or of whoever made the token.
    pub person: String,
    /// Their name.
    pub name: String,
    /// What the token may be used for; absent for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<Scope>>,
    /// Their organisations; for a token the one for which it is good.
    pub orgs: Vec<OwnOrg>,
}

/// An organisation of whoever asks.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OwnOrg {
    /// Its place on the site, as in `/api/v1/orgs/{org}`.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Their roles in it.
    pub roles: Vec<Role>,
}

/// Somebody with a role.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Member")]
pub struct MemberBody {
    /// Id of the person.
    pub person: String,
    /// Their name.
    pub name: String,
    /// Where letters to them go; only for those who may give roles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Their roles.
    pub roles: Vec<Role>,
}

/// An invitation.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Invitation")]
pub struct InvitationBody {
    /// Id.
    pub id: String,
    /// To whom its letter went.
    pub email: String,
    /// As what.
    pub role: Role,
    /// `open`, `accepted`, `withdrawn` or `over`.
    pub state: String,
    /// When it was made (RFC 3339).
    pub created: String,
    /// Until when it is good (RFC 3339).
    pub expires: String,
}

/// An invitation that is to be made.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// To whom its letter goes.
    pub email: String,
    /// As what.
    pub role: Role,
}

impl InvitationBody {
    fn of(one: cairn_registrar::staff::Invitation, now: Timestamp) -> InvitationBody {
        let state = match () {
            () if one.accepted.is_some() => "accepted",
            () if one.withdrawn.is_some() => "withdrawn",
            () if one.expires > now => "open",
            () => "over",
        };
        InvitationBody {
            id: one.id,
            email: one.email,
            role: one.role,
            state: state.into(),
            created: one.created.to_string(),
            expires: one.expires.to_string(),
        }
    }
}

async fn me(State(app): State<Arc<App>>, caller: Caller) -> Rest<Json<MeBody>> {
    let actor = &caller.actor;
    let Some(person) = actor.person() else {
        return Err(Refusal::new("sign-in", "Send a token, as Authorization: Bearer cairn_…, or sign in.").into());
    };
    let scopes = match &actor.who {
        Who::Token { scopes, .. } => Some(scopes.clone()),
        _ => None,
    };
    let mut orgs = Vec::new();
    for link in app.orgs_of(actor).await {
        let org = app.office.org_at(&link.slug).await?;
        orgs.push(OwnOrg { slug: org.slug, name: org.name, roles: actor.roles_in(&org.id).collect() });
    }
    Ok(Json(MeBody {
        kind: if scopes.is_some() { "token" } else { "person" }.into(),
        person: person.id.clone(),
        name: person.name.clone(),
        scopes,
        orgs,
    }))
}

async fn members(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    Asked(paging): Asked<Paging>,
) -> Rest<Json<Page<MemberBody>>> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Enter).await?;
    let all = app.office.staff(&caller.actor, &org.id).await?.into_iter().map(|one| MemberBody {
        person: one.person_id,
        name: one.name,
        email: one.address,
        roles: one.roles.into_iter().map(|(role, _)| role).collect(),
    });
    paged(all.collect(), &paging, |one| &one.person)
}

/// The page of a list that is short enough to be read whole.
pub fn paged<T: Clone>(all: Vec<T>, paging: &Paging, id: impl Fn(&T) -> &str) -> Rest<Json<Page<T>>> {
    let limit = paging.limit()? as usize;
    let from = match &paging.after {
        None => 0,
        Some(after) => match all.iter().position(|one| id(one) == after) {
            Some(at) => at + 1,
            // what the cursor stood on is gone, or it never was: nothing follows it
            None => all.len(),
        },
    };
    let items: Vec<T> = all[from..].iter().take(limit).cloned().collect();
    let more = from + items.len() < all.len();
    let next = items.last().filter(|_| more).map(|last| id(last).to_owned());
    Ok(Json(Page { items, next }))
}

fn role(word: &str) -> Result<Role, Refusal> {
    word.parse().map_err(|says: String| Refusal::new("bad-role", says))
}

async fn give(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, person, word)): Path<(String, String, String)>,
) -> Rest<StatusCode> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Staff).await?;
    app.office.give_member_role(&caller.actor, &org.id, &person, role(&word)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn take(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, person, word)): Path<(String, String, String)>,
) -> Rest<StatusCode> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Enter).await?;
    app.office.take_member_role(&caller.actor, &org.id, &person, role(&word)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn invitations(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    Asked(paging): Asked<Paging>,
) -> Rest<Json<Page<InvitationBody>>> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Staff).await?;
    let all = app.office.invitations(&caller.actor, &org.id).await?;
    let all = all.into_iter().map(|one| InvitationBody::of(one, app.now())).collect();
    paged(all, &paging, |one: &InvitationBody| &one.id)
}

async fn invite(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    Body(new): Body<NewInvitation>,
) -> Rest<axum::response::Response> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Staff).await?;
    let made = app.office.invite(&caller.actor, &org.id, &new.email, new.role).await?;
    let location = format!("/api/v1/orgs/{slug}/invitations/{}", made.id);
    Ok(created(&location, &InvitationBody::of(made, app.now())))
}

async fn resend(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
) -> Rest<Json<InvitationBody>> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Staff).await?;
    let again = app.office.resend_invitation(&caller.actor, &org.id, &id).await?;
    Ok(Json(InvitationBody::of(again, app.now())))
}

async fn withdraw(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
) -> Rest<StatusCode> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Staff).await?;
    app.office.withdraw_invitation(&caller.actor, &org.id, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What OpenAPI says of them.
pub fn describe(api: &mut Describe) {
    let me = api.schema::<MeBody>();
    let end = api.end("get", "/api/v1/me", "me", "Who asks: the person or token, and their organisations.");
    api.add_guarded(end.answers("200", "Who asks.", me));
    let page = api.schema::<Page<MemberBody>>();
    let end = api.end("get", "/api/v1/orgs/{org}/members", "listMembers", "Everybody with a role.");
    api.add_guarded(end.pages().answers("200", "Members, longest here first.", page));
    let at = "/api/v1/orgs/{org}/members/{person}/roles/{role}";
    let end = api.end("put", at, "giveRole", "Give one more role to a member; giving it twice changes nothing.");
    let end = end.answers_nothing("204", "They have it.").refuses(api, "422", "That is no role.");
    api.add_guarded(end);
    let end = api.end("delete", at, "takeRole", "Take a role from a member; the last owner stays.");
    let end = end.answers_nothing("204", "They have it no more.");
    let end = end.refuses(api, "422", "That is no role, or it is the last owner's.");
    api.add_guarded(end);
    let at = "/api/v1/orgs/{org}/invitations";
    let page = api.schema::<Page<InvitationBody>>();
    let end = api.end("get", at, "listInvitations", "Invitations, whatever became of them.");
    api.add_guarded(end.pages().answers("200", "Invitations, newest first.", page));
    let (new, made) = (api.schema::<NewInvitation>(), api.schema::<InvitationBody>());
    let end = api.end("post", at, "invite", "Invite somebody by a letter; good for 14 days.");
    let end = end.takes(new).answers("201", "The letter is on its way.", made.clone());
    let end = end.refuses(api, "409", "The address has an open invitation as this.").refuses(
        api,
        "422",
        "That is no address, no role, or too many invitations are open.",
    );
    api.add_guarded(end);
    let at = "/api/v1/orgs/{org}/invitations/{invitation}";
    let end = api.end("delete", at, "withdrawInvitation", "Withdraw an invitation.");
    let end = end.answers_nothing("204", "Its link works no more.");
    let end = end.refuses(api, "409", "It was accepted or withdrawn before.");
    api.add_guarded(end);
    let at = "/api/v1/orgs/{org}/invitations/{invitation}/resend";
    let end = api.end("post", at, "resendInvitation", "Send its letter again, with a new link.");
    let end = end.answers("200", "The letter is on its way.", made);
    let end = end.refuses(api, "409", "It was accepted or withdrawn before.");
    api.add_guarded(end);
}
