//! The pages, the API and the CASE service from outside.

use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue};
use axum_test::TestServer;
use axum_test::multipart::{MultipartForm, Part};
use cairn_domain::access::Role;
use cairn_registrar::Office;
use cairn_registrar::gather::Gatherer;
use cairn_registrar::outside::Outside;
use serde_json::{Value, json};

use crate::web::{Options, router};

/// A site, the slug of an organisation, and the cookie of its owner.
async fn site() -> (TestServer, String, String) {
    let outside = Outside::system(); // of two versions the later one is served: they need a clock that goes
    let office =
        Office::seeded("sqlite::memory:", "http://127.0.0.1:8080", outside, Gatherer::offline()).await.unwrap();
    let person = office.open_account("olga@tidewater.example", "Olga").await.unwrap();
    let org = office.desk.store.list_orgs().await.unwrap().remove(0);
    office.give_role(&org.id, &person.id, Role::Owner, None).await.unwrap();
    let token = office.begin_session(&person.id, "link", None).await.unwrap();
    let server = TestServer::new(router(Arc::new(office), Options { posts_a_minute: 0, ..Options::default() }));
    (server, org.slug, format!("cairn-session={token}"))
}

fn cookie(of: &str) -> (HeaderName, HeaderValue) {
    (axum::http::header::COOKIE, HeaderValue::from_str(of).unwrap())
}

const FIRST: &str = "code,statement,parent,level\nW,Weld,,\nW.1,Weld <b>thick</b> steel,W,1\nW.2,Cut steel,W,\n";
const SECOND: &str = "code,statement,parent,level\nW,Weld,,\nW.1,Weld thin steel,W,1\nW.3,Grind,W,\n";

#[tokio::test]
async fn a_framework_is_uploaded_published_compared_and_served() {
    let (site, slug, who) = site().await;
    let (name, value) = cookie(&who);
    let form = |text: &str, version: &str| {
        MultipartForm::new()
            .add_part("file", Part::bytes(text.as_bytes().to_vec()).file_name("welding.csv"))
            .add_text("title", "Welding")
            .add_text("uri", "https://x.example/welding")
            .add_text("version", version.to_owned())
    };
    let path = format!("/org/{slug}/frameworks");
    for (text, version) in [(FIRST, "1"), (SECOND, "2")] {
        let sent = site.post(&path).add_header(name.clone(), value.clone()).multipart(form(text, version)).await;
        assert_eq!(sent.status_code().as_u16(), 303, "{}", sent.text());
    }
    let wrong = site.post(&path).add_header(name.clone(), value.clone()).multipart(form("a,b\n1,2\n", "3")).await;
    assert_eq!(wrong.status_code().as_u16(), 422);
    assert!(wrong.text().contains("no column `statement`") && wrong.text().contains("value=\"Welding\""));
    let own = site.get(&format!("/api/v1/orgs/{slug}/frameworks")).add_header(name.clone(), value.clone()).await;
    let own: Value = own.json();
    // the first upload is 0, the second 1, in whatever order they are listed
    let id = |n: usize| {
        let all = own["items"].as_array().unwrap();
        let one = all.iter().find(|one| one["version"] == ["1", "2"][n]).unwrap();
        one["id"].as_str().unwrap().to_owned()
    };
    assert_eq!(site.get(&format!("/frameworks/{}", id(0))).await.status_code().as_u16(), 404, "nobody sees it yet");
    for n in [0, 1] {
        let body = json!({"public": true});
        let path = format!("/api/v1/orgs/{slug}/frameworks/{}/public", id(n));
        let done = site.put(&path).add_header(name.clone(), value.clone()).json(&body).await;
        assert_eq!(done.status_code().as_u16(), 200, "{}", done.text());
    }
    let page = site.get(&format!("/frameworks/{}", id(0))).await.text();
    assert!(page.contains("&#60;b&#62;thick") && page.contains("<details"), "{page}");
    let page = site.get(&format!("/frameworks/{}/compare/{}", id(1), id(0))).await.text();
    assert!(page.contains("<ins>thin</ins>") && page.contains("Grind") && page.contains("Cut steel"), "{page}");
    let found: Value = site.get("/api/v1/search?q=thin+ste").await.json();
    assert_eq!(found["items"][0]["framework"], "Welding 2");
    assert!(site.get("/frameworks").await.text().contains("Welding"));
    let shown = site.get(&format!("/frameworks/{}?q=grind", id(1))).await.text();
    assert!(shown.contains("1 found"), "{shown}");
    case(&site).await;
}

/// What the CASE service gives of what was just published.
async fn case(site: &TestServer) {
    let all = site.get("/ims/case/v1p1/CFDocuments").await;
    assert_eq!(all.header("x-total-count"), "1");
    assert!(all.header("link").to_str().unwrap().contains("rel=\"first\""));
    let document = all.json::<Value>()["CFDocuments"][0].clone();
    assert_eq!(
        (&document["title"], &document["version"], &document["caseVersion"]),
        (&json!("Welding"), &json!("2"), &json!("1.1"))
    );
    let id = document["identifier"].as_str().unwrap();
    let package: Value = site.get(&format!("/ims/case/v1p1/CFPackages/{id}")).await.json();
    assert_eq!(package["CFItems"].as_array().unwrap().len(), 3);
    let item = package["CFItems"][1]["identifier"].as_str().unwrap();
    let one: Value = site.get(&format!("/ims/case/v1p1/CFItems/{item}")).await.json();
    assert_eq!(one["fullStatement"], "Weld thin steel");
    let hung: Value = site.get(&format!("/ims/case/v1p1/CFItemAssociations/{item}")).await.json();
    assert_eq!(hung["CFAssociations"][0]["destinationNodeURI"]["title"], "Weld");
    let association = hung["CFAssociations"][0]["identifier"].as_str().unwrap();
    let path = format!("/ims/case/v1p1/CFAssociations/{association}");
    assert_eq!(site.get(&path).await.json::<Value>()["associationType"], "isChildOf");
    for (path, status, code) in [
        ("CFDocuments?filter=title%3D%27x%27", 400, "invalid_filter_field"),
        ("CFDocuments?sort=colour", 400, "invalid_sort_field"),
        ("CFItems/7", 400, "invaliduuid"),
        ("CFLicenses/0b1e3a5c-1111-4aaa-8bbb-000000000001", 404, "unknownobject"),
        ("CFNothing", 404, "unknownobject"),
    ] {
        let no = site.get(&format!("/ims/case/v1p1/{path}")).await;
        assert_eq!(no.status_code().as_u16(), status, "{path}");
        assert_eq!(no.json::<Value>()["imsx_CodeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"], code);
    }
    let cut: Value = site.get("/ims/case/v1p1/CFDocuments?fields=title&limit=1&sort=title&orderBy=desc").await.json();
    assert_eq!(cut, json!({"CFDocuments": [{"title": "Welding"}]}));
}
