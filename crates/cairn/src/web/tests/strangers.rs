//! Every route of the site, as nobody, as each role of a second organisation, and with that organisation's token,
//! against objects of a first one: nothing of it is shown and nothing changes.
//!
//! The routes are read from the sources, so a new one is walked without anybody thinking of it; one that is neither an
//! organisation's nor a person's own must be named in [`PUBLIC`].
#![allow(clippy::unwrap_used, reason = "a test that stops here says where")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, Method, header};
use axum_test::TestServer;
use cairn_domain::access::{Role, Scope};
use cairn_registrar::Office;
use cairn_registrar::access::Actor;
use cairn_registrar::gather::Gatherer;
use cairn_registrar::outside::Outside;
use cairn_registrar::tokens::NewToken;

use crate::web::{Options, router};

/// What anybody may open: pages for everybody, what is published, and addresses whose last part is itself the key.
const PUBLIC: &[&str] = &[
    "/",
    "/about",
    "/api/v1/crosswalks",
    "/api/v1/frameworks",
    "/api/v1/frameworks/{framework}",
    "/api/v1/frameworks/{framework}/compare/{other}",
    "/api/v1/frameworks/{framework}/export",
    "/api/v1/frameworks/{framework}/items",
    "/api/v1/frameworks/{framework}/items/{item}",
    "/api/v1/gap",
    "/api/v1/openapi.json",
    "/api/v1/plan",
    "/api/v1/search",
    "/api/v1/verify",
    "/ask/{achievement}",
    "/ask/{achievement}/qr.svg",
    "/catalogue",
    "/catalogue/offers/{id}",
    "/catalogue/roles/{id}",
    "/claim/{token}",
    "/claim/{token}/open",
    "/credentials/{id}",
    "/credentials/{id}/{form}",
    "/demo/letters",
    "/docs/api",
    "/healthz",
    "/invitations/{token}",
    "/letters/unsubscribe/{token}",
    "/s/{token}",
    "/s/{token}/proof.cairn.json",
    "/samples/trust.json",
    "/samples/{learner}/{file}",
    "/sign-in",
    "/sign-in/demo",
    "/sign-in/passkey/begin",
    "/sign-in/passkey/finish",
    "/sign-in/sso",
    "/sign-in/sso/callback",
    "/sign-in/sso/confirm/{token}",
    "/sign-in/sso/{slug}",
    "/sign-in/{token}",
    "/sign-out",
    "/static/{name}",
    "/status/{*rest}",
    "/verify",
];

/// Public with all that is below them: the visitor's own desk, and what organisations publish.
const PUBLIC_BELOW: &[&str] =
    &["/desk/", "/issuers", "/achievements/", "/pictures/", "/ims/case/", "/CF", "/frameworks", "/.well-known/"];

/// What belongs to whoever is signed in: nobody is sent to sign in, others find their own things.
const OWN: &[&str] = &["/account", "/home", "/api/v1/me"];

/// Where a route belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Everybodys,
    Own,
    Organisations,
}

#[tokio::test]
async fn strangers_find_every_door_of_an_organisation_shut() {
    let site = Site::new().await;
    let mut wrong = Vec::new();
    let mut walked = 0;
    for (method, path) in routes() {
        let Some(whose) = whose(&path) else {
            wrong.push(format!("{method} {path}: say in PUBLIC or OWN of strangers.rs whose this is"));
            continue;
        };
        if whose == Whose::Everybodys {
            let (status, to) = site.ask(&method, &path, &Secret::None).await;
            if status >= 500 {
                wrong.push(format!("{method} {path} as nobody: {status} {to}"));
            }
            continue;
        }
        for (who, secret) in &site.strangers {
            let (status, to) = site.ask(&method, &path, secret).await;
            walked += 1;
            let nobody = matches!(secret, Secret::None);
            let to_sign_in = status == 401 || (status == 303 && to.starts_with("/sign-in"));
            let fine = match whose {
                Whose::Organisations if nobody => to_sign_in,
                // a token opens no pages: those are for browsers
                Whose::Organisations => matches!(status, 403 | 404) || (!path.starts_with("/api/") && to_sign_in),
                _ if nobody => to_sign_in,
                _ => status < 500,
            };
            if !fine {
                wrong.push(format!("{method} {path} as {who}: {status} {to}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {walked}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(walked > 300, "only {walked} doors were tried: are the routes read right?");
    let after = site.first_people().await;
    assert_eq!(after, site.before, "strangers changed who has which role");
}

#[test]
fn the_routes_are_read_from_the_sources() {
    let routes = routes();
    let has = |method: &str, path: &str| routes.contains(&(method.to_owned(), path.to_owned()));
    assert!(has("GET", "/") && has("POST", "/sign-in") && has("GET", "/sign-in"));
    assert!(has("PUT", "/api/v1/orgs/{org}/members/{person}/roles/{role}"));
    assert!(has("DELETE", "/api/v1/orgs/{org}/members/{person}/roles/{role}"));
    assert!(has("POST", "/org/{slug}/tokens/{id}/revoke"));
    let text = "x.route(\n  \"/a/{b}\",\n get(show).patch(change(1))\n).route(\"/c\", post(|| async { get() }))";
    let read: Vec<_> = routes_in(text);
    let wanted = [("GET", "/a/{b}"), ("PATCH", "/a/{b}"), ("POST", "/c")];
    assert_eq!(read, wanted.map(|(method, path)| (method.to_owned(), path.to_owned())));
}

fn whose(path: &str) -> Option<Whose> {
    let below = |all: &[&str]| all.iter().any(|one| path.starts_with(one));
    if path.starts_with("/org/{") || path.starts_with("/api/v1/orgs/{") {
        return Some(Whose::Organisations);
    }
    if PUBLIC.contains(&path) || below(PUBLIC_BELOW) {
        return Some(Whose::Everybodys);
    }
    let own = OWN.iter().any(|one| path == *one || path.starts_with(&format!("{one}/")));
    own.then_some(Whose::Own)
}

enum Secret {
    None,
    Session(String),
    Token(String),
}

struct Site {
    office: Arc<Office>,
    server: TestServer,
    strangers: Vec<(String, Secret)>,
    owner: Actor,
    org_id: String,
    slug: String,
    person: String,
    invitation: String,
    token: String,
    before: Vec<String>,
}

impl Site {
    async fn new() -> Site {
        let outside = Outside::fixed("2026-11-23T12:00:00Z".parse().unwrap(), 7);
        let office = Office::seeded("sqlite::memory:", "http://127.0.0.1:8080", outside, Gatherer::offline());
        let office = Arc::new(office.await.unwrap());
        let (first, owner, _) = founded(&office, "First", "first@x.example").await;
        let wanted = || NewToken { label: "Program".into(), scopes: Scope::ALL.into_iter().collect(), days: 30 };
        let (token, _) = office.make_token(&owner, &first.id, wanted()).await.unwrap();
        let invitation = office.invite(&owner, &first.id, "guest@x.example", Role::Owner).await.unwrap();

        let (second, second_owner, _) = founded(&office, "Second", "second@x.example").await;
        let mut strangers = vec![("nobody".to_owned(), Secret::None)];
        for role in Role::ALL {
            let person = office.open_account(&format!("{role}@second.example"), role.word()).await.unwrap();
            office.give_role(&second.id, &person.id, role, None).await.unwrap();
            let session = office.begin_session(&person.id, "link", None).await.unwrap();
            strangers.push((format!("{role} of another organisation"), Secret::Session(session)));
        }
        let (_, told) = office.make_token(&second_owner, &second.id, wanted()).await.unwrap();
        strangers.push(("token of another organisation".to_owned(), Secret::Token(told)));
        let server = TestServer::new(router(Arc::clone(&office), Options { posts_a_minute: 0, ..Options::default() }));
        let person = owner.person_id().unwrap().to_owned();
        let mut site = Site {
            office,
            server,
            strangers,
            owner,
            org_id: first.id,
            slug: first.slug,
            person,
            invitation: invitation.id,
            token: token.id,
            before: Vec::new(),
        };
        site.before = site.first_people().await;
        site
    }

    /// The status of an answer, and where it leads.
    async fn ask(&self, method: &str, path: &str, secret: &Secret) -> (u16, String) {
        let method: Method = method.parse().unwrap();
        let filled = self.filled(path);
        let mut request = self.server.method(method.clone(), &filled);
        request = match secret {
            Secret::None => request,
            Secret::Session(token) => request.add_header(header::COOKIE, text(&format!("cairn-session={token}"))),
            Secret::Token(token) => request.add_header(header::AUTHORIZATION, text(&format!("Bearer {token}"))),
        };
        if method != Method::GET {
            request = match path.starts_with("/api/") {
                true => request.json(&serde_json::json!({})),
                false => request.form(&[("x", "y")]),
            };
        }
        let response = request.await;
        let to = response.maybe_header(HeaderName::from_static("location"));
        let to = to.and_then(|to| to.to_str().ok().map(str::to_owned)).unwrap_or_default();
        (response.status_code().as_u16(), to)
    }

    /// A route's path with the first organisation's objects in it.
    fn filled(&self, path: &str) -> String {
        let mut before = "";
        let mut parts = Vec::new();
        for part in path.split('/') {
            let filled = match (before, part) {
                (_, "{slug}" | "{org}") => self.slug.as_str(),
                (_, "{person}") => &self.person,
                (_, "{role}") => "owner",
                (_, "{version}") => "1",
                ("invitations", _) if part.starts_with('{') => &self.invitation,
                ("tokens", _) if part.starts_with('{') => &self.token,
                _ if part.starts_with('{') => "01900000-0000-7000-8000-000000000000",
                _ => part,
            };
            parts.push(filled);
            before = part;
        }
        parts.join("/")
    }

    /// Who has which role in the first organisation, and how its token and invitation stand.
    async fn first_people(&self) -> Vec<String> {
        let staff = self.office.staff(&self.owner, &self.org_id).await.unwrap();
        let tokens = self.office.tokens(&self.owner, &self.org_id).await.unwrap();
        let invitations = self.office.invitations(&self.owner, &self.org_id).await.unwrap();
        let mut all: Vec<String> = staff.iter().map(|one| format!("{} {:?}", one.name, one.roles)).collect();
        all.extend(tokens.iter().map(|one| format!("{one:?}")));
        all.extend(invitations.iter().map(|one| format!("{one:?}")));
        all
    }
}

fn text(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).unwrap()
}

async fn founded(office: &Office, name: &str, owner: &str) -> (cairn_registrar::staff::Org, Actor, String) {
    let org = office.found_organisation(&Actor::site(), name, None).await.unwrap();
    let person = office.open_account(owner, name).await.unwrap();
    office.give_role(&org.id, &person.id, Role::Owner, None).await.unwrap();
    let session = office.begin_session(&person.id, "link", None).await.unwrap();
    let actor = office.actor_by_session(&session).await.unwrap();
    (org, actor, session)
}

/// Every method and path of the site.
fn routes() -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".rs") && !name.ends_with("tests.rs") && name != "strangers.rs" {
                found.extend(routes_in(&std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}

fn routes_in(text: &str) -> Vec<(String, String)> {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let mut found = Vec::new();
    for part in text.split(".route(").skip(1) {
        let Some(quoted) = part.trim_start().strip_prefix('"') else { continue };
        let (path, rest) = quoted.split_once('"').unwrap();
        for method in methods(rest) {
            found.push((method, path.to_owned()));
        }
    }
    found
}

/// The methods that stand at the top of `, get(show).post(change))`.
fn methods(rest: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut depth, mut word) = (0_i32, String::new());
    for c in rest.chars() {
        match c {
            '(' | '{' => {
                if depth == 0 && ["get", "post", "put", "patch", "delete"].contains(&word.as_str()) {
                    found.push(word.to_uppercase());
                }
                depth += 1;
            }
            ')' | '}' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            break;
        }
        if c.is_ascii_alphabetic() { word.push(c) } else { word.clear() }
    }
    found
}
