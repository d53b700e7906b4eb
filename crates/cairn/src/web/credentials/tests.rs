//! The page of a credential, its forms, claiming and a learner's home, from outside.

use std::sync::Arc;

use axum::http::{HeaderValue, header};
use axum_test::multipart::{MultipartForm, Part};
use axum_test::{TestResponse, TestServer};
use cairn_domain::access::Role;
use cairn_domain::award::{StatusMove, StatusReason};
use cairn_domain::definition::{Aligned, Criterion, Definition, Picture};
use cairn_registrar::Office;
use cairn_registrar::access::Actor;
use cairn_registrar::awards::{Grant, Recipient};
use cairn_registrar::gather::Gatherer;
use cairn_registrar::outside::Outside;
use serde_json::Value;

use crate::web::{Options, router};

/// A name that would be markup, were it not escaped.
const NAME: &str = "Lea <b>Lernt</b> & \"Co\"";
const EMAIL: &str = "lea@learners.example";

struct Place {
    office: Arc<Office>,
    site: TestServer,
    org: String,
    issuer: Actor,
    achievement: String,
}

async fn place() -> Place {
    let outside = Outside::fixed("2026-11-23T12:00:00Z".parse().expect("a moment"), 7);
    let office = Office::seeded("sqlite::memory:", "https://badges.example", outside, Gatherer::offline()).await;
    let office = Arc::new(office.expect("a site"));
    let org = office.desk.set_up_issuer("Weld Hall", Some("https://weld.example")).await.expect("an issuer").org.id;
    let person = office.open_account("ina@weld.example", "Ina").await.expect("a person");
    office.give_role(&org, &person.id, Role::Owner, None).await.expect("a role");
    let token = office.begin_session(&person.id, "link", None).await.expect("a session");
    let issuer = office.actor_by_session(&token).await.expect("an actor");
    let definition = Definition {
        name: "Welding </script><script>alert(1)</script>".into(),
        description: "Joins two sheets so that they hold.".into(),
        kind: "MicroCredential".into(),
        language: "en".into(),
        criteria: vec![Criterion { id: "seam".into(), statement: "Lays an even seam".into(), ..Criterion::default() }],
        alignments: vec![Aligned {
            url: "http://data.europa.eu/esco/skill/welding".into(),
            name: "weld metal".into(),
            ..Aligned::default()
        }],
        valid_months: Some(24),
        picture: Some(Picture { sha256: "a".repeat(64), alt: "Two sheets".into(), composed: None }),
        ..Definition::default()
    };
    let drawn = cairn_registrar::artwork::svg("Welding", "Weld Hall");
    let mut tx = office.desk.store.begin().await.expect("a transaction");
    tx.insert_picture(&"a".repeat(64), "image/svg+xml", drawn.as_bytes(), office.now()).await.expect("a picture");
    tx.commit().await.expect("a commit");
    let one = office.draft_achievement(&issuer, &org, definition).await.expect("a draft");
    office.publish_achievement(&issuer, &org, &one.id, one.revision).await.expect("a version");
    let options = Options { posts_a_minute: 0, ..Options::default() };
    let mut site = TestServer::new(router(Arc::clone(&office), options));
    site.save_cookies();
    Place { office, site, org, issuer, achievement: one.id }
}

struct One {
    public_id: String,
    credential_id: String,
    signed_text: String,
}

impl Place {
    async fn award(&self, key: &str) -> One {
        let grant = Grant {
            org_id: self.org.clone(),
            achievement_id: self.achievement.clone(),
            version: "1".into(),
            recipient: Recipient { name: Some(NAME.into()), email: EMAIL.into() },
            idempotency_key: key.into(),
            letter: true,
            why: Some("She passed.".into()),
            ..Grant::default()
        };
        let made = self.office.award(&self.issuer, grant).await.expect("an award");
        One { public_id: made.public_id, credential_id: made.credential_id, signed_text: made.signed_text }
    }

    /// The claim link in the letter of the only award.
    async fn claim(&self, credential_id: &str) -> String {
        let mut tx = self.office.desk.store.begin().await.expect("a transaction");
        let link = self.office.desk.claim_link(&mut tx, &self.org, credential_id).await.expect("a link");
        tx.commit().await.expect("a commit");
        link.trim_start_matches("https://badges.example").to_owned()
    }
}

fn says(response: &TestResponse, status: u16, words: &str) {
    let text = response.text();
    assert_eq!(response.status_code().as_u16(), status, "{text}");
    assert!(text.contains(words), "no `{words}` in: {}", &text[..text.len().min(6000)]);
}

#[tokio::test]
async fn the_page_says_what_it_is_and_asks_to_be_in_no_index() {
    let place = place().await;
    let one = place.award("a").await;
    let page = place.site.get(&format!("/credentials/{}", one.public_id)).await;
    says(&page, 200, "Valid");
    says(&page, 200, "Lays an even seam");
    says(&page, 200, "Lea &#60;b&#62;Lernt");
    let text = page.text();
    assert!(!text.contains("<script>alert"), "markup of a stranger came through");
    assert!(
        text.contains("https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME&#38;name=Welding"),
        "{text}"
    );
    assert!(text.contains("organizationName=Weld%20Hall") && text.contains("issueYear=2026&#38;issueMonth=11"));
    assert_eq!(page.header("x-robots-tag"), "noindex");
    assert_eq!(page.header(header::REFERRER_POLICY), "no-referrer");
    let (_, rest) = text.split_once("application/ld+json\">").expect("schema.org");
    let linked: Value = serde_json::from_str(rest.split_once("</script>").expect("its end").0).expect("JSON");
    assert_eq!(linked["@type"], "EducationalOccupationalCredential");
    assert_eq!(linked["recognizedBy"]["name"], "Weld Hall");
    assert_eq!(linked["competencyRequired"][0]["name"], "weld metal");
    assert!(!linked.to_string().contains("Lernt"), "nothing about the person");
    for form in ["badge.png", "badge.svg", "certificate.pdf", "og.png", "qr.svg", "picture"] {
        let answer = place.site.get(&format!("/credentials/{}/{form}", one.public_id)).await;
        assert_eq!(answer.status_code(), 200, "{form}");
        assert!(answer.as_bytes().len() > 500, "{form}");
    }
    says(&place.site.get("/credentials/nothing").await, 404, "no credential at this address");
    says(&place.site.get(&format!("/credentials/{}/nothing", one.public_id)).await, 404, "no credential");
}

#[tokio::test]
async fn its_id_gives_programs_exactly_what_was_signed() {
    let place = place().await;
    let one = place.award("a").await;
    assert_eq!(one.credential_id, format!("https://badges.example/credentials/{}", one.public_id));
    let at = format!("/credentials/{}", one.public_id);
    for accept in ["application/vc", "application/json", "application/ld+json, application/json;q=0.9"] {
        let asked = place.site.get(&at).add_header(header::ACCEPT, HeaderValue::from_static(accept)).await;
        assert_eq!(asked.text(), one.signed_text, "{accept}");
        assert_eq!(asked.header(header::CONTENT_TYPE), "application/vc");
        assert_eq!(asked.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), "*");
    }
    assert_eq!(place.site.get(&format!("{at}.json")).await.text(), one.signed_text);
    assert_eq!(place.site.get(&format!("{at}.jwt")).await.text().split('.').count(), 3);
}

#[tokio::test]
async fn taken_back_and_erased_are_said_plainly() {
    let place = place().await;
    let one = place.award("a").await;
    let at = format!("/credentials/{}", one.public_id);
    let (to, why) = (StatusMove::Revoke, StatusReason::RequirementsNotMet);
    place.office.change_award(&place.issuer, (&place.org, &one.public_id), to, why).await.expect("revoked");
    says(&place.site.get(&at).await, 200, "the requirements had not been met");
    says(&place.site.get(&format!("{at}/certificate.pdf")).await, 409, "was revoked");

    let claim = place.claim(&one.credential_id).await;
    let (_, token) = place
        .office
        .claim_with_new_account(&Actor::default(), claim.trim_start_matches("/claim/"), "Lea", None)
        .await
        .expect("claimed");
    let learner = place.office.actor_by_session(&token).await.expect("an actor");
    place.office.leave(&learner).await.expect("left");
    says(&place.site.get(&at).await, 410, "Copies of it still verify");
    says(&place.site.get(&format!("{at}.json")).await, 410, "erased");
    says(&place.site.get(&format!("{at}/picture")).await, 410, "erased");
}

#[tokio::test]
async fn a_learner_claims_keeps_shares_weighs_and_leaves() {
    let place = place().await;
    let one = place.award("a").await;
    let site = &place.site;
    assert_eq!(site.get("/home").await.header(header::LOCATION), "/sign-in?next=/home");
    let claim = place.claim(&one.credential_id).await;
    says(&site.get(&claim).await, 200, "Make it mine");
    says(&site.post(&format!("{claim}/open")).form(&[("name", " ")]).await, 422, "Write your name");
    let opened = site.post(&format!("{claim}/open")).form(&[("name", "Lea")]).await;
    assert_eq!(opened.status_code(), 303, "{}", opened.text());
    let home = site.get("/home").await;
    says(&home, 200, &format!("/credentials/{}", one.public_id));
    says(&home, 200, "Valid");
    says(&site.get(&claim).await, 200, "It is among your badges");

    let foreign = place.office.demo.as_ref().expect("a demo").learners[0].files[0].clone();
    let part = Part::bytes(foreign.bytes).file_name(foreign.name);
    let kept = site.post("/home/badges").multipart(MultipartForm::new().add_part("files", part)).await;
    assert_eq!(kept.header(header::LOCATION), "/home?done=kept", "{}", kept.text());
    let words = Part::bytes(b"I can weld".to_vec()).file_name("words.txt");
    let refused = site.post("/home/badges").multipart(MultipartForm::new().add_part("files", words)).await;
    says(&refused, 422, "no signed badge in this");
    says(&site.get("/home").await, 200, "from elsewhere");
    says(&site.get("/home?q=weld+valid").await, 200, "1 badge");

    says(&site.post("/home/share").form(&[("how", "link")]).await, 422, "No badge was chosen");
    let key = format!("here-{}", one.public_id);
    let form = [("chosen", key.as_str()), ("how", "link"), ("purpose", "A job")];
    let shared = site.post("/home/share").form(&form).await;
    assert_eq!(shared.status_code(), 303, "{}", shared.text());
    says(&site.get(shared.header(header::LOCATION).to_str().expect("an address")).await, 200, "1 credential to verify");
    says(&site.get("/home").await, 200, "opened once");
    let weighed = site.post("/home/share").form(&[("chosen", key.as_str()), ("how", "desk")]).await;
    assert_eq!(weighed.header(header::LOCATION), "/", "{}", weighed.text());
    says(&site.get("/").await, 200, "on the desk");

    let export: Value = site.get("/home/export").await.json();
    assert_eq!(export["awardedHere"][0]["text"], one.signed_text);
    assert_eq!(export["bundle"]["type"], "CairnBundle");

    says(&site.get("/account/leave").await, 200, "1 badge awarded here");
    says(&site.post("/account/leave").form(&[("sure", "")]).await, 422, "Tick the box first");
    says(&site.post("/account/leave").form(&[("sure", "yes")]).await, 200, "You have left");
    assert_eq!(site.get("/home").await.status_code(), 303);
}
