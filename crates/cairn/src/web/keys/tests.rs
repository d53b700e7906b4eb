//! The owner's pages and the public ones from outside.

use std::sync::Arc;

use axum::http::{HeaderValue, header};
use axum_test::{TestResponse, TestServer};
use cairn_domain::access::Role;
use cairn_registrar::Office;
use cairn_registrar::gather::Gatherer;
use cairn_registrar::outside::Outside;
use serde_json::{Value, json};

use crate::web::{Options, router};

async fn site() -> (TestServer, String, String) {
    let outside = Outside::fixed("2026-11-23T12:00:00Z".parse().unwrap(), 7);
    let office =
        Office::seeded("sqlite::memory:", "https://badges.example", outside, Gatherer::offline()).await.unwrap();
    let org = office.desk.set_up_issuer("Iron Works", None).await.unwrap().org;
    let owner = office.open_account("ada@example.org", "Ada").await.unwrap();
    office.give_role(&org.id, &owner.id, Role::Owner, None).await.unwrap();
    let token = office.begin_session(&owner.id, "link", None).await.unwrap();
    let server = TestServer::new(router(Arc::new(office), Options { posts_a_minute: 0, ..Options::default() }));
    (server, org.slug, format!("cairn-session={token}"))
}

fn says(response: &TestResponse, status: u16, words: &str) {
    let text = response.text();
    assert_eq!(response.status_code().as_u16(), status, "{text}");
    assert!(text.contains(words), "no `{words}` in: {}", &text[..text.len().min(4_000)]);
}

#[tokio::test]
async fn an_owner_sees_settles_and_changes_keys() {
    let (site, slug, cookie) = site().await;
    let cookie = HeaderValue::from_str(&cookie).unwrap();
    let get = async |path: &str| site.get(path).add_header(header::COOKIE, cookie.clone()).await;
    let post = async |path: &str, form: &[(&str, &str)]| {
        site.post(path).add_header(header::COOKIE, cookie.clone()).form(&form).await
    };
    let at = |place: &str| format!("/org/{slug}{place}");
    says(&get(&at("")).await, 200, "First steps");
    says(&get(&at("/settings")).await, 200, "did:web:badges.example:issuers:");
    let bad = [("name", "Iron & <script>"), ("description", ""), ("url", "ftp://x"), ("email", ""), ("linkedin", "")];
    let answer = post(&at("/settings"), &bad).await;
    says(&answer, 422, "https://www.example.org/");
    says(&answer, 422, "Iron &#38; &#60;script&#62;");
    let good =
        [("name", "Iron & <script>"), ("description", "Welds\"."), ("url", "https://iron.example"), ("linkedin", "7")];
    assert_eq!(post(&at("/settings"), &good).await.status_code(), 303);

    says(&get(&at("/keys")).await, 200, "key-1");
    assert_eq!(post(&at("/keys/new"), &[("note", "yearly")]).await.status_code(), 303);
    says(&get(&at("/keys")).await, 200, "key-2");
    let key = format!("did:web:badges.example:issuers:{slug}#key-1");
    says(&post(&at("/keys/report"), &[("key", &key), ("since", "soon")]).await, 422, "year, month and day");
    assert_eq!(post(&at("/keys/report"), &[("key", &key), ("since", "2026-11-20")]).await.status_code(), 303);
    says(&get(&at("/keys")).await, 200, "No credential in the record");

    says(&get(&at("/audit")).await, 200, "key.compromise");
    says(&get(&at("/audit?day=never")).await, 200, "year, month and day");
    says(&get(&at("/audit.csv")).await, 200, "id,at,actor_kind");
    says(&get(&at("/audit.jsonl")).await, 200, "\"act\":\"key.compromise\"");
    let unknown = site.get(&at("/audit.csv")).await;
    assert_eq!(unknown.status_code(), 303, "whoever is not signed in is sent to sign in");
}

#[tokio::test]
async fn the_world_sees_an_issuer_its_profile_and_its_keys() {
    let (site, slug, _) = site().await;
    says(&site.get("/issuers").await, 200, "Iron Works");
    let page = site.get(&format!("/issuers/{slug}")).await;
    says(&page, 200, "did:web:badges.example:issuers:");
    says(&page, 200, "og:title");
    for answer in [
        site.get(&format!("/issuers/{slug}.json")).await,
        site.get(&format!("/issuers/{slug}")).add_header(header::ACCEPT, "application/json").await,
    ] {
        let profile: Value = answer.json();
        assert_eq!(profile["type"], json!(["Profile"]));
        assert_eq!(profile["id"], json!(format!("did:web:badges.example:issuers:{slug}")));
    }
    let document = site.get(&format!("/issuers/{slug}/did.json")).await;
    assert_eq!(document.json::<Value>()["assertionMethod"].as_array().unwrap().len(), 1);
    assert_eq!(document.header("content-type"), "application/did+json");
    says(&site.get("/issuers/nobody").await, 404, "no such issuer");
    says(&site.get("/issuers/nobody/did.json").await, 404, "Nothing is published");
}

#[tokio::test]
async fn the_api_of_an_organisation() {
    let (site, slug, cookie) = site().await;
    let cookie = HeaderValue::from_str(&cookie).unwrap();
    let at = format!("/api/v1/orgs/{slug}");
    let found = site.get(&at).add_header(header::COOKIE, cookie.clone()).await;
    let tag = found.header("etag");
    let change = async |tag: HeaderValue, body: Value| {
        site.patch(&at).add_header(header::COOKIE, cookie.clone()).add_header(header::IF_MATCH, tag).json(&body).await
    };
    says(&change(tag.clone(), json!({"name": "Iron", "shoe": 1})).await, 422, "shoe");
    says(&change(tag.clone(), json!({"picture": "none"})).await, 422, "no such picture");
    says(&change(tag.clone(), json!({"name": "Iron"})).await, 200, "Iron");
    says(&change(tag, json!({"name": "Steel"})).await, 412, "changed-meanwhile");
    let keys = format!("{at}/keys");
    let made = site.post(&keys).add_header(header::COOKIE, cookie.clone()).json(&json!({})).await;
    says(&made, 201, "#key-2");
    let listed: Value = site.get(&keys).add_header(header::COOKIE, cookie.clone()).await.json();
    assert_eq!(listed["items"][1]["standing"], "retired");
    let audit: Value = site.get(&format!("{at}/audit?limit=1")).add_header(header::COOKIE, cookie.clone()).await.json();
    assert_eq!(audit["items"].as_array().unwrap().len(), 1);
    let next = audit["next"].as_str().unwrap();
    let path = format!("{at}/audit?after={next}");
    let more: Value = site.get(&path).add_header(header::COOKIE, cookie.clone()).await.json();
    assert!(
        more["items"].as_array().is_some_and(|items| items.iter().all(|item| item["id"] != audit["items"][0]["id"]))
    );
    says(&site.get(&format!("{at}/audit?act=key")).add_header(header::COOKIE, cookie.clone()).await, 200, "key.make");
    says(&site.get(&format!("{at}/audit?day=x")).add_header(header::COOKIE, cookie).await, 400, "bad-day");
    says(&site.get(&at).await, 401, "sign-in");
}
