//! The editor and the public pages from outside.
#![allow(clippy::unwrap_used, reason = "a test that stops here says where")]

use std::sync::Arc;

use axum_test::multipart::MultipartForm;
use axum_test::{TestResponse, TestServer};
use cairn_domain::access::Role;
use cairn_registrar::Office;
use cairn_registrar::gather::Gatherer;
use cairn_registrar::outside::Outside;
use serde_json::{Value, json};

use crate::web::{Options, router};

struct Site {
    server: TestServer,
    slug: String,
    cookie: String,
}

impl Site {
    async fn open() -> Site {
        let outside = Outside::fixed("2026-11-23T12:00:00Z".parse().unwrap(), 7);
        let office =
            Office::seeded("sqlite::memory:", "http://127.0.0.1:8080", outside, Gatherer::offline()).await.unwrap();
        let org = office.desk.set_up_issuer("Harbour <College>", None).await.unwrap().org;
        let person = office.open_account("ada@harbour.example", "Ada").await.unwrap();
        office.give_role(&org.id, &person.id, Role::Issuer, None).await.unwrap();
        let token = office.begin_session(&person.id, "link", None).await.unwrap();
        let server = TestServer::new(router(Arc::new(office), Options { posts_a_minute: 0, ..Options::default() }));
        Site { server, slug: org.slug, cookie: format!("cairn-session={token}") }
    }

    fn at(&self, tail: &str) -> String {
        format!("/org/{}/achievements{tail}", self.slug)
    }

    async fn get(&self, path: &str) -> TestResponse {
        self.server.get(path).add_header("cookie", self.cookie.clone()).await
    }

    async fn send(&self, path: &str, fields: &[(&str, &str)]) -> TestResponse {
        let form = fields
            .iter()
            .fold(MultipartForm::new(), |form, (name, value)| form.add_text((*name).to_owned(), (*value).to_owned()));
        self.server.post(path).add_header("cookie", self.cookie.clone()).multipart(form).await
    }

    async fn press(&self, path: &str, fields: &[(&str, &str)]) -> TestResponse {
        self.server.post(path).add_header("cookie", self.cookie.clone()).form(&fields).await
    }
}

const FORM: [(&str, &str); 16] = [
    ("name", "Ward <hygiene>"),
    ("description", "Keeps a ward safe."),
    ("kind", "MicroCredential"),
    ("language", "en"),
    ("basis", "mastery"),
    ("c0-id", ""),
    ("c0-statement", "Disinfects hands at the five moments."),
    ("c0-levels", "seen\nsafe\nteaches others"),
    ("c0-required", "safe"),
    ("picture", "compose"),
    ("shape", "circle"),
    ("icon", "heart"),
    ("ground", "#1b3a5c"),
    ("accent", "#f4e3d6"),
    ("ects", "2,5"),
    ("tags", "health, ward"),
];

fn with(more: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    FORM.iter()
        .filter(|field| !more.iter().any(|other| other.0 == field.0))
        .copied()
        .chain(more.iter().copied())
        .collect()
}

fn says(response: &TestResponse, status: u16, words: &str) {
    let text = response.text();
    assert_eq!(response.status_code().as_u16(), status, "{text}");
    assert!(text.contains(words), "no `{words}` in: {text}");
}

fn location(response: &TestResponse) -> String {
    assert_eq!(response.status_code().as_u16(), 303, "{}", response.text());
    response.header("location").to_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_is_typed_stays_whatever_button_is_pressed() {
    let site = Site::open().await;
    says(&site.get(&site.at("/new")).await, 200, "Criterion 1");
    let more = site.send(&site.at("/new"), &with(&[("action", "add-criterion")])).await;
    says(&more, 200, "Criterion 2");
    says(&more, 200, "Ward &#60;hygiene&#62;");
    says(&more, 200, "teaches others");
    let less = site.send(&site.at("/new"), &with(&[("action", "remove-criterion:0")])).await;
    assert!(!less.text().contains("Disinfects"), "{}", less.text());
    let wrong =
        site.send(&site.at("/new"), &with(&[("action", "save"), ("ects", "many"), ("language", "english")])).await;
    says(&wrong, 422, "“many” is not a number such as 2.5");
    says(&wrong, 422, "no language tag");
    says(&wrong, 422, "value=\"many\"");
    let found = site.send(&site.at("/new"), &with(&[("action", "search"), ("q", "python")])).await;
    says(&found, 200, "align:{");
}

#[tokio::test]
async fn from_a_form_to_a_public_page() {
    let site = Site::open().await;
    let review = location(&site.send(&site.at("/new"), &with(&[("action", "review")])).await);
    says(&site.get(&review).await, 200, "Publish version 1");
    let one = review.trim_end_matches("/review").to_owned();
    let id = one.rsplit('/').next().unwrap().to_owned();
    assert_eq!(site.server.get(&format!("/achievements/{id}")).await.status_code().as_u16(), 404);
    assert_eq!(location(&site.press(&format!("{one}/publish"), &[("revision", "1")]).await), one);
    says(&site.press(&format!("{one}/publish"), &[("revision", "1")]).await, 412, "changed this meanwhile");
    location(&site.press(&format!("{one}/open"), &[("to", "open")]).await);

    let edit = with(&[
        ("action", "review"),
        ("revision", "2"),
        ("c0-id", "disinfects-hands-at-the-five"),
        ("c0-required", "teaches others"),
    ]);
    let review = location(&site.send(&format!("{one}/edit"), &edit).await);
    says(&site.get(&review).await, 200, "1 criterion changed.");
    says(&site.send(&format!("{one}/edit"), &edit).await, 412, "Save mine over it");
    location(&site.press(&format!("{one}/publish"), &[("revision", "3")]).await);
    says(&site.get(&format!("{one}/compare/1/2")).await, 200, "<del>safe</del>");
    says(&site.get(&site.at("")).await, 200, "version 2");
    let overview = site.get(&one).await;
    says(&overview, 200, "open for requests");
    says(&overview, 200, &format!("http://127.0.0.1:8080/ask/{id}\""));
    says(&overview, 200, &format!("src=\"/ask/{id}/qr.svg\""));
    says(&site.server.get(&format!("/ask/{id}")).await, 200, "Sign in to begin");
    says(&site.server.get(&format!("/ask/{id}/qr.svg")).await, 200, "<svg");

    let old = site.server.get(&format!("/achievements/{id}/1")).await;
    says(&old, 200, "superseded on");
    let page = site.server.get(&format!("/achievements/{id}/2")).await;
    says(&page, 200, "Ask for it");
    says(&page, 200, &format!("href=\"/ask/{id}\""));
    let text = page.text();
    let data = text.split("application/ld+json\">").nth(1).unwrap().split("</script>").next().unwrap();
    let data: Value = serde_json::from_str(data).unwrap();
    assert_eq!(
        (&data["@type"], &data["name"]),
        (&json!("EducationalOccupationalCredential"), &json!("Ward <hygiene>"))
    );
    assert!(text.contains("/2/og.png\">"), "{text}");
    assert!(!text.contains("<hygiene>"));
    let as_json = site.server.get(&format!("/achievements/{id}/2.json")).await;
    let achievement: Value = as_json.json();
    assert_eq!(achievement["creditsAvailable"], json!(2.5));
    assert_eq!(achievement["related"][0]["version"], "1");
    let asked = site.server.get(&format!("/achievements/{id}/2")).add_header("accept", "application/json").await;
    assert_eq!(asked.json::<Value>(), achievement);
    let picture = achievement["image"]["id"].as_str().unwrap().trim_start_matches("http://127.0.0.1:8080").to_owned();
    let picture = site.server.get(&picture).await;
    assert_eq!(picture.header("content-type"), "image/png");
    assert_eq!(picture.header("x-content-type-options"), "nosniff");
    let card = site.server.get(&format!("/achievements/{id}/2/og.png")).await;
    assert_eq!(&card.as_bytes()[16..24], &[0, 0, 4, 176, 0, 0, 2, 118]);
    for nowhere in ["3", "01", "0", "x", "2.html"] {
        assert_eq!(site.server.get(&format!("/achievements/{id}/{nowhere}")).await.status_code().as_u16(), 404);
    }
}

#[tokio::test]
async fn the_same_request_again_is_not_acted_on_again() {
    let site = Site::open().await;
    let base = format!("/api/v1/orgs/{}/achievements", site.slug);
    let post = |key: &'static str, body: Value| {
        let post = site.server.post(&base).add_header("cookie", site.cookie.clone());
        post.add_header("idempotency-key", key).json(&body)
    };
    let first = post("k-1", json!({"name": "Hygiene"})).await;
    assert_eq!((first.status_code().as_u16(), first.maybe_header("idempotent-replay")), (201, None));
    let again = post("k-1", json!({"name": "Hygiene"})).await;
    assert_eq!((again.status_code().as_u16(), again.text()), (201, first.text()));
    assert_eq!(again.header("idempotent-replay"), "true");
    assert_eq!((again.header("location"), again.header("etag")), (first.header("location"), first.header("etag")));
    let other = post("k-1", json!({"name": "Ward"})).await;
    assert_eq!((other.status_code().as_u16(), &other.json::<Value>()["code"]), (422, &json!("idempotency-key-reused")));
    // a refusal is not kept: the mended request may use its key
    assert_eq!(post("k-2", json!({"language": "english"})).await.status_code().as_u16(), 422);
    assert_eq!(post("k-2", json!({"name": "Ward"})).await.status_code().as_u16(), 201);
    assert_eq!(post("a b", json!({"name": "Ward"})).await.status_code().as_u16(), 400);
    let all = site.server.get(&base).add_header("cookie", site.cookie.clone()).await.json::<Value>();
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_api_drafts_and_publishes() {
    let site = Site::open().await;
    let base = format!("/api/v1/orgs/{}/achievements", site.slug);
    let post = |body: Value| site.server.post(&base).add_header("cookie", site.cookie.clone()).json(&body);
    assert_eq!(post(json!({"nmae": "x"})).await.status_code().as_u16(), 422);
    let wrong = post(json!({"language": "english"})).await;
    assert_eq!(wrong.json::<Value>()["errors"][0]["pointer"], "/language");
    let made = post(json!({"name": "Hygiene"})).await;
    assert_eq!(made.status_code().as_u16(), 201, "{}", made.text());
    let id = made.json::<Value>()["id"].as_str().unwrap().to_owned();
    let draft = format!("{base}/{id}/draft");
    let put = |tag: Option<&str>| {
        let put = site.server.put(&draft).add_header("cookie", site.cookie.clone()).json(&json!({"name": "Ward"}));
        match tag {
            Some(tag) => put.add_header("if-match", tag.to_owned()),
            None => put,
        }
    };
    assert_eq!(put(None).await.status_code().as_u16(), 428);
    assert_eq!(put(Some("\"1\"")).await.header("etag"), "\"2\"");
    assert_eq!(put(Some("\"1\"")).await.status_code().as_u16(), 412);
    let publish = site.server.post(&format!("{base}/{id}/publish")).add_header("cookie", site.cookie.clone());
    let refused = publish.add_header("if-match", "\"2\"").await;
    assert_eq!(refused.status_code().as_u16(), 422);
    assert!(refused.json::<Value>()["errors"].as_array().unwrap().len() >= 4);
    assert_eq!(site.server.get(&base).await.status_code().as_u16(), 401);
}
