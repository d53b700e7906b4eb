//! Signing in, the account, people of an organisation and tokens, as a browser sees them.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use axum_test::{TestResponse, TestServer};
use cairn_domain::access::Role;
use cairn_registrar::Office;
use cairn_registrar::access::Actor;
use cairn_registrar::gather::Gatherer;
use cairn_registrar::outside::Outside;
use serde_json::{Value, json};

use crate::web::{Options, router};

async fn site() -> (Arc<Office>, TestServer) {
    let outside = Outside::fixed("2026-11-23T12:00:00Z".parse().unwrap(), 7);
    let office = Office::seeded("sqlite::memory:", "http://127.0.0.1:8080", outside, Gatherer::offline());
    let office = Arc::new(office.await.unwrap());
    let mut server = TestServer::new(router(Arc::clone(&office), Options { posts_a_minute: 0, ..Options::default() }));
    server.save_cookies();
    (office, server)
}

fn says(response: &TestResponse, status: u16, words: &str) {
    let text = response.text();
    assert_eq!(response.status_code().as_u16(), status, "{text}");
    assert!(text.contains(words), "no `{words}` in: {}", &text[..text.len().min(6000)]);
}

fn location(response: &TestResponse) -> String {
    assert_eq!(response.status_code(), StatusCode::SEE_OTHER, "{}", response.text());
    response.header(header::LOCATION).to_str().unwrap().to_owned()
}

/// The path of a link that was printed for an address.
async fn link(office: &Office, address: &str) -> String {
    let link = office.print_sign_in_link(&Actor::site(), address).await.unwrap();
    link.strip_prefix("http://127.0.0.1:8080").unwrap().to_owned()
}

#[tokio::test]
async fn somebody_new_signs_in_and_out() {
    let (office, site) = site().await;
    says(&site.get("/sign-in?next=//evil.example").await, 200, "name=\"next\" value=\"\"");
    assert_eq!(location(&site.get("/account").await), "/sign-in?next=/account");
    let asked = site.post("/sign-in").form(&[("email", "nell@x.example"), ("next", "/account")]).await;
    says(&asked, 200, "a letter is on its way");
    let known = site.post("/sign-in").form(&[("email", "olga@staff.example"), ("next", "/account")]).await;
    let same = |text: String| text.replace("olga@staff.example", "nell@x.example");
    assert_eq!(same(known.text()), asked.text(), "nothing tells who has an account");
    let wrong = site.post("/sign-in").form(&[("email", "nell at x")]).await;
    says(&wrong, 422, "is no e-mail address");
    says(&wrong, 422, "value=\"nell at x\"");

    let path = link(&office, "nell@x.example").await;
    says(&site.get(&path).await, 200, "You are new here");
    says(&site.get(&path).await, 200, "name=\"name\"");
    says(&site.post(&path).form(&[("name", " ")]).await, 422, "Write your name");
    let done = site.post(&path).form(&[("name", "Nell <b>")]).await;
    let cookie = done.header(header::SET_COOKIE).to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    assert_eq!(location(&done), "/account");
    says(&site.get(&path).await, 422, "This link works no more");
    let account = site.get("/account").await;
    says(&account, 200, "Nell &#60;b&#62;");
    says(&account, 200, "this one");
    says(&site.post("/account/name").form(&[("name", "")]).await, 422, "Write your name");
    assert_eq!(location(&site.post("/account/name").form(&[("name", "Nell")]).await), "/account");
    says(&site.post("/account/addresses").form(&[("email", "nell@home.example")]).await, 200, "on its way");
    let last = site.post("/account/addresses/remove").form(&[("email", "nell@x.example")]).await;
    says(&last, 422, "your last address");
    says(&site.post("/account/organisations").form(&[("name", "Mine")]).await, 403, "founded by people who own one");
    assert_eq!(location(&site.post("/sign-out").await), "/");
    assert_eq!(location(&site.get("/account").await), "/sign-in?next=/account");
}

#[tokio::test]
async fn an_owner_invites_gives_takes_and_makes_tokens() {
    let (office, site) = site().await;
    says(&site.get("/sign-in").await, 200, "Sign in as Olga Marsh");
    says(&site.post("/sign-in/demo").form(&[("person", "nobody")]).await, 404, "nobody here");
    assert_eq!(location(&site.post("/sign-in/demo").form(&[("person", "olga")]).await), "/account");
    let me: Value = site.get("/api/v1/me").await.json();
    assert_eq!(me["kind"], "person");
    let org = me["orgs"][0]["slug"].as_str().unwrap().to_owned();
    let people = format!("/org/{org}/people");
    says(&site.get(&people).await, 200, "Ivo Brandt");

    let invitations = format!("/org/{org}/invitations");
    let wrong = site.post(&invitations).form(&[("email", "x"), ("role", "assessor")]).await;
    says(&wrong, 422, "is no e-mail address");
    let invited = site.post(&invitations).form(&[("email", "zoe@x.example"), ("role", "assessor")]).await;
    assert_eq!(location(&invited), people);
    says(&site.get(&people).await, 200, "zoe@x.example");
    let again = site.post(&invitations).form(&[("email", "zoe@x.example"), ("role", "assessor")]).await;
    says(&again, 409, "has an open invitation");

    let olga = me["person"].as_str().unwrap();
    let last = site.post(&format!("{people}/take")).form(&[("person", olga), ("role", "owner")]).await;
    says(&last, 422, "This is the last owner");
    let given = site.post(&format!("{people}/give")).form(&[("person", olga), ("role", "employer")]).await;
    assert_eq!(location(&given), people);

    let tokens = format!("/org/{org}/tokens");
    says(&site.post(&tokens).form(&[("label", "x"), ("days", "9")]).await, 422, "at least one thing");
    let made = site.post(&tokens).form(&[("label", "Nightly"), ("scope", "read"), ("days", "9")]).await;
    says(&made, 201, "It is shown this once");
    let text = made.text();
    let told = text.split("value=\"cairn_").nth(1).unwrap().split('"').next().unwrap();
    let listed = site.get(&tokens).await.text();
    assert!(listed.contains("Nightly") && !listed.contains(told));
    let me: Value = site.get("/api/v1/me").authorization_bearer(format!("cairn_{told}")).await.json();
    assert_eq!((me["kind"].as_str(), &me["scopes"]), (Some("token"), &json!(["read"])));
    let made = site.post(&format!("/api/v1/orgs/{org}/tokens"));
    let made = made.json(&json!({"label": "API", "scopes": ["read", "admin"], "days": 3})).await;
    assert_eq!(made.status_code(), 201, "{}", made.text());
    let made: Value = made.json();
    let id = made["token"]["id"].as_str().unwrap();
    let gone = site.delete(&format!("/api/v1/orgs/{org}/tokens/{id}")).await;
    assert_eq!(gone.status_code(), 204);
    let bad = site.get("/api/v1/me").authorization_bearer(made["secret"].as_str().unwrap()).await;
    says(&bad, 401, "This token was revoked");
    let bad = site.post(&format!("/api/v1/orgs/{org}/invitations"));
    says(&bad.json(&json!({"email": "q@x.example", "role": "god"})).await, 422, "/role");

    let person = office.open_account("new@x.example", "New").await.unwrap();
    let org_id = office.org_at(&org).await.unwrap().id;
    office.give_role(&org_id, &person.id, Role::Employer, None).await.unwrap();
    let session = office.begin_session(&person.id, "link", None).await.unwrap();
    let page = site.get(&people).add_header(header::COOKIE, format!("cairn-session={session}")).await;
    assert_eq!(page.status_code(), 200);
}
