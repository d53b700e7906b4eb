//! What a learner does with badges: taking them in every form, claiming, keeping, sharing, taking along, leaving.
#![allow(clippy::unwrap_used, reason = "a test that stops here says where")]

use cairn_credential::bake::{Baked, unbake_png, unbake_svg};
use cairn_credential::verdict::{Current, Genuine, Verdict};
use cairn_domain::access::Role;
use cairn_domain::award::{StatusMove, StatusReason};
use cairn_domain::definition::{Criterion, Definition, Picture};
use cairn_registrar::Office;
use cairn_registrar::access::Actor;
use cairn_registrar::awards::{Grant, Recipient};
use cairn_registrar::checking::Ask;
use cairn_registrar::claims::ClaimStands;
use cairn_registrar::gather::Gatherer;
use cairn_registrar::issuing::Secured;
use cairn_registrar::outside::Outside;
use cairn_registrar::refusal::Trouble;
use cairn_registrar::shapes::Became;
use cairn_registrar::wallet::{KeptNow, NewBadge};
use cairn_store::StoredCredential;
use jiff::Timestamp;

const NAME: &str = "Leonora Lerntgern";
const EMAIL: &str = "leonora@learners.example";

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

struct Place {
    office: Office,
    org: String,
    issuer: Actor,
    achievement: String,
}

async fn actor(office: &Office, email: &str, name: &str) -> Actor {
    let person = office.open_account(email, name).await.unwrap();
    let token = office.begin_session(&person.id, "link", None).await.unwrap();
    office.actor_by_session(&token).await.unwrap()
}

async fn place_at(database: &str) -> Place {
    let outside = Outside::fixed(now(), 11);
    let office = Office::seeded(database, "https://badges.example", outside, Gatherer::offline()).await.unwrap();
    let org = office.desk.set_up_issuer("Weld Hall", Some("https://weld.example")).await.unwrap().org.id;
    let person = office.open_account("ina@weld.example", "Ina").await.unwrap();
    office.give_role(&org, &person.id, Role::Owner, None).await.unwrap();
    let issuer = actor(&office, "ina@weld.example", "Ina").await;
    let definition = Definition {
        name: "Welding, first step".into(),
        description: "Joins two sheets so that they hold.".into(),
        kind: "MicroCredential".into(),
        language: "en".into(),
        criteria: vec![Criterion {
            id: "seam".into(),
            statement: "Lays an even seam".into(),
            levels: vec!["tries".into(), "does".into()],
            required: Some("does".into()),
        }],
        valid_months: Some(24),
        picture: Some(Picture { sha256: "a".repeat(64), alt: "Two sheets".into(), composed: None }),
        ..Definition::default()
    };
    let drawn = cairn_registrar::artwork::svg("Welding", "Weld Hall");
    let mut tx = office.desk.store.begin().await.unwrap();
    tx.insert_picture(&"a".repeat(64), "image/svg+xml", drawn.as_bytes(), now()).await.unwrap();
    tx.commit().await.unwrap();
    let one = office.draft_achievement(&issuer, &org, definition).await.unwrap();
    office.publish_achievement(&issuer, &org, &one.id, one.revision).await.unwrap();
    Place { office, org, issuer, achievement: one.id }
}

async fn place() -> Place {
    place_at("sqlite::memory:").await
}

impl Place {
    async fn award(&self, key: &str, secured: Secured) -> StoredCredential {
        let grant = Grant {
            org_id: self.org.clone(),
            achievement_id: self.achievement.clone(),
            version: "1".into(),
            recipient: Recipient { name: Some(NAME.into()), email: EMAIL.into() },
            results: vec![("seam".into(), "does".into())],
            idempotency_key: key.into(),
            secured,
            letter: true,
            why: Some(format!("{NAME} passed the exam.")),
            ..Grant::default()
        };
        self.office.award(&self.issuer, grant).await.unwrap()
    }

    /// What the site's verifier says of a file.
    async fn verdict(&self, name: &str, bytes: &[u8]) -> Verdict {
        let ask = Ask { policy: self.office.policy(), require: Vec::new(), at: self.office.now() };
        let checked = self.office.check(self.office.open_file(name, bytes), &ask).await;
        match &checked.report.items[0].became {
            Became::Credential { verdict, .. } => Verdict::clone(verdict),
            other => panic!("no credential: {other:?}"),
        }
    }

    async fn stands(&self, name: &str, bytes: &[u8]) {
        let verdict = self.verdict(name, bytes).await;
        assert_eq!((&verdict.genuine.is, &verdict.current.is), (&Genuine::Yes, &Current::Yes), "{name}: {verdict:?}");
    }

    /// A claim link's token, as the letter for an award would carry it.
    async fn token(&self, of: &StoredCredential) -> String {
        let mut tx = self.office.desk.store.begin().await.unwrap();
        let url = self.office.desk.claim_link(&mut tx, &of.org_id, &of.credential_id).await.unwrap();
        tx.commit().await.unwrap();
        url.strip_prefix("https://badges.example/claim/").unwrap().to_owned()
    }
}

fn refused(result: Result<impl std::fmt::Debug, Trouble>) -> &'static str {
    match result {
        Err(Trouble::Refusal(refusal)) => refusal.code,
        other => panic!("no refusal: {other:?}"),
    }
}

#[tokio::test]
async fn every_form_carries_what_was_signed_and_verifies() {
    let place = place().await;
    let office = &place.office;
    let one = place.award("a", Secured::DataIntegrity).await;
    let png = office.badge_png(&one).await.unwrap();
    assert_eq!(unbake_png(&png).unwrap(), Baked::Credential(one.signed_text.clone()));
    place.stands("badge.png", &png).await;
    let svg = office.badge_svg(&one).await.unwrap();
    assert_eq!(unbake_svg(&svg).unwrap(), Baked::Credential(one.signed_text.clone()));
    place.stands("badge.svg", svg.as_bytes()).await;
    let json = office.signed_form(&one).unwrap();
    assert_eq!((json.media_type, &json.text), ("application/vc", &one.signed_text));
    let jwt = office.jwt(&one).await.unwrap();
    place.stands("badge.jwt", jwt.text.as_bytes()).await;
    assert_eq!(office.jwt(&one).await.unwrap(), jwt, "signed again, it is the same");
    let pdf = office.certificate_pdf(&one).await.unwrap();
    assert!(pdf.starts_with(b"%PDF-1.7"));
    assert!(office.card_png(&one).await.unwrap().starts_with(b"\x89PNG"));
    assert!(office.code_svg(&one).unwrap().contains("<svg"));

    let as_jwt = place.award("b", Secured::Jwt).await;
    assert_eq!(office.jwt(&as_jwt).await.unwrap().text, as_jwt.signed_text);
    place.stands("b.png", &office.badge_png(&as_jwt).await.unwrap()).await;
    place.stands("b.svg", office.badge_svg(&as_jwt).await.unwrap().as_bytes()).await;
    office.certificate_pdf(&as_jwt).await.unwrap();
}

#[tokio::test]
async fn what_was_taken_back_is_not_framed_and_its_json_says_so() {
    let place = place().await;
    let office = &place.office;
    let one = place.award("a", Secured::DataIntegrity).await;
    let (issuer, org, id) = (&place.issuer, &place.org, &one.public_id);
    office.change_award(issuer, (org, id), StatusMove::Suspend, StatusReason::UnderReview).await.unwrap();
    let suspended = office.find_by_public_id(&one.public_id).await.unwrap().unwrap();
    assert_eq!(refused(office.certificate_pdf(&suspended).await), "not-now");
    assert_eq!(refused(office.jwt(&suspended).await), "not-now");
    let json = office.signed_form(&suspended).unwrap();
    let verdict = place.verdict("badge.json", json.text.as_bytes()).await;
    assert!(matches!(verdict.current.is, Current::Suspended { .. }));
    office.change_award(issuer, (org, id), StatusMove::Revoke, StatusReason::IssuedInError).await.unwrap();
    let revoked = office.find_by_public_id(&one.public_id).await.unwrap().unwrap();
    assert_eq!(refused(office.certificate_pdf(&revoked).await), "not-now");
    assert_eq!(refused(office.jwt(&revoked).await), "not-now");
}

#[tokio::test]
async fn a_letter_makes_a_badge_ones_own_with_any_account_and_once() {
    let place = place().await;
    let office = &place.office;
    let one = place.award("a", Secured::DataIntegrity).await;
    let token = place.token(&one).await;
    let nobody = Actor::default();
    assert_eq!(office.look_at_claim(&nobody, &token).await.unwrap().stands, ClaimStands::CanOpenAccount);
    assert_eq!(refused(office.look_at_claim(&nobody, "nothing").await), "not-found");
    assert_eq!(refused(office.claim(&nobody, &token).await), "sign-in");

    let other = actor(office, "leo@elsewhere.example", "Leo").await;
    assert_eq!(office.look_at_claim(&other, &token).await.unwrap().stands, ClaimStands::Open);
    assert_eq!(office.wallet(&other).await.unwrap().here.len(), 0);
    office.claim(&other, &token).await.unwrap();
    office.claim(&other, &token).await.unwrap();
    let theirs = office.wallet(&other).await.unwrap();
    assert_eq!(theirs.here[0].0.credential_id, one.credential_id);
    assert_eq!(theirs.here[0].0.signed_text, one.signed_text, "the credential itself does not change");

    let stranger = actor(office, "sam@elsewhere.example", "Sam").await;
    assert_eq!(office.look_at_claim(&stranger, &token).await.unwrap().stands, ClaimStands::SomebodyElses);
    assert_eq!(refused(office.claim(&stranger, &token).await), "already-done");
    assert_eq!(refused(office.claim_with_new_account(&nobody, &token, "Eve", None).await), "not-now");
    let named = actor(office, EMAIL, NAME).await;
    assert_eq!(office.wallet(&named).await.unwrap().here.len(), 0, "it is in another account");
}

#[tokio::test]
async fn whoever_holds_the_letter_opens_an_account_but_gets_into_none() {
    let place = place().await;
    let office = &place.office;
    let one = place.award("a", Secured::DataIntegrity).await;
    let token = place.token(&one).await;
    let nobody = Actor::default();
    assert_eq!(refused(office.claim_with_new_account(&nobody, &token, "  ", None).await), "no-name");
    let (_, session) = office.claim_with_new_account(&nobody, &token, NAME, None).await.unwrap();
    let learner = office.actor_by_session(&session).await.unwrap();
    assert_eq!(office.wallet(&learner).await.unwrap().here.len(), 1);
    assert_eq!(office.look_at_claim(&learner, &token).await.unwrap().stands, ClaimStands::Yours);
    // the same letter again, months later, in other hands
    assert_eq!(refused(office.claim_with_new_account(&nobody, &token, "Eve", None).await), "not-now");
    assert_eq!(office.look_at_claim(&nobody, &token).await.unwrap().stands, ClaimStands::MustSignIn);
    // a second badge to the same address is there by itself
    place.award("b", Secured::DataIntegrity).await;
    assert_eq!(office.wallet(&learner).await.unwrap().here.len(), 2);
}

#[tokio::test]
async fn badges_from_elsewhere_are_kept_once_shared_and_ended() {
    let place = place().await;
    let office = &place.office;
    let learner = actor(office, EMAIL, NAME).await;
    let other = actor(office, "sam@elsewhere.example", "Sam").await;
    let foreign = office.demo.as_ref().unwrap().learners[0].files[0].clone();
    let text = office.open_file(&foreign.name, &foreign.bytes);
    let cairn_credential::intake::What::Credential { text, .. } = &text[0].what else { panic!("{text:?}") };
    let badge = NewBadge {
        name: foreign.name.clone(),
        media_type: foreign.media_type.into(),
        text: text.clone(),
        picture: None,
    };
    let kept = office.keep_badges(&learner, vec![badge.clone(), badge.clone()]).await.unwrap();
    assert_eq!(kept, KeptNow { new: 1, known: 1 });
    let one = office.wallet(&learner).await.unwrap().kept.remove(0);
    assert_eq!(one.text, *text);
    assert_eq!(refused(office.kept_badge(&other, &one.id).await), "not-found");
    assert_eq!(refused(office.throw_away(&other, &one.id).await), "not-found");
    let large = NewBadge { text: "x".repeat((1 << 20) + 1), ..badge };
    assert_eq!(refused(office.keep_badges(&learner, vec![large]).await), "too-large");

    let ask = Ask { policy: office.policy(), require: Vec::new(), at: office.now() };
    let checked = office.check(office.open_file("badge.json", text.as_bytes()), &ask).await;
    let bundle = cairn_registrar::sharing::bundle(&checked, &[0], Some("A job".into()), office.now());
    let until = office.now() + jiff::SignedDuration::from_hours(24);
    let token = office.share_own(&learner, &bundle, until).await.unwrap();
    assert_eq!(office.find_share(&token).await.unwrap().unwrap().opened, 1);
    let share = office.wallet(&learner).await.unwrap().shares.remove(0);
    assert_eq!((share.opened, share.purpose.as_deref()), (1, Some("A job")));
    assert_eq!(refused(office.end_own_share(&other, &share.token_hash).await), "not-found");
    office.end_own_share(&learner, &share.token_hash).await.unwrap();
    assert_eq!(office.find_share(&token).await.unwrap(), None);
    assert_eq!(office.wallet(&learner).await.unwrap().shares.len(), 0);
    office.throw_away(&learner, &one.id).await.unwrap();
    assert_eq!(office.wallet(&learner).await.unwrap().kept.len(), 0);
}

/// The whole point of leaving: no trace of who they were in the file, and their copies still verify.
#[tokio::test]
async fn who_leaves_leaves_nothing_but_copies_that_verify() {
    let folder = std::env::temp_dir().join(format!("cairn-leave-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("site.sqlite");
    let place = place_at(&format!("sqlite:{}", file.display())).await;
    let office = &place.office;
    let one = place.award("exam of leonora@learners.example", Secured::DataIntegrity).await;
    let token = place.token(&one).await;
    let (_, session) =
        office.claim_with_new_account(&Actor::default(), &token, NAME, Some("Leonora's phone")).await.unwrap();
    let learner = office.actor_by_session(&session).await.unwrap();
    let copy = office.badge_png(&one).await.unwrap();
    let kept = NewBadge {
        name: format!("{NAME}.json"),
        media_type: "application/vc".into(),
        text: format!("{{\"name\": \"{NAME}\"}}"),
        picture: None,
    };
    office.keep_badges(&learner, vec![kept]).await.unwrap();
    let export = office.export(&learner, None).await.unwrap().to_string();
    assert!(export.contains(NAME) && export.contains(EMAIL) && export.contains("salt"), "{export}");
    assert!(traces(&file, NAME) > 0, "the scan sees what is there");

    assert_eq!(refused(office.leave(&place.issuer).await), "not-now", "the only owner stays");
    assert_eq!(office.leave(&learner).await.unwrap(), 1);
    let gone = office.find_by_public_id(&one.public_id).await.unwrap().unwrap();
    assert!(gone.erased.is_some() && gone.signed_text.is_empty());
    assert_eq!(refused(office.show_credential(&gone).await), "not-found");
    assert!(office.actor_by_session(&session).await.unwrap().person().is_none(), "signed out everywhere");
    assert_eq!(refused(office.look_at_claim(&Actor::default(), &token).await), "not-found");
    place.stands("my-copy.png", &copy).await;
    // somebody with that address later begins anew
    let again = actor(office, EMAIL, "New here").await;
    assert_eq!(office.wallet(&again).await.unwrap().here.len(), 0);
    office.leave(&again).await.unwrap();

    office.desk.store.close().await;
    for trace in [NAME, "Leonora", EMAIL, one.sha256.as_str(), one.leaf_salt.as_deref().unwrap()] {
        assert_eq!(traces(&file, trace), 0, "“{trace}” is still in the file");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// How often some words stand in a database's files, whether in rows or in what was deleted.
fn traces(file: &std::path::Path, words: &str) -> usize {
    let count = |path: std::path::PathBuf| {
        let bytes = std::fs::read(path).unwrap_or_default();
        bytes.windows(words.len()).filter(|window| window.eq_ignore_ascii_case(words.as_bytes())).count()
    };
    count(file.to_path_buf()) + count(file.with_extension("sqlite-wal"))
}
