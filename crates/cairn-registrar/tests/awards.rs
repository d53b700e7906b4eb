//! Awards and what comes after them: whole acts on a database in memory, with a clock that stands still.
#![allow(clippy::unwrap_used, reason = "a test that stops here says where")]

use cairn_credential::Policy;
use cairn_credential::policy::{Address, Holder};
use cairn_credential::verdict::{Current, Genuine, Verdict, Whose};
use cairn_domain::access::Role;
use cairn_domain::award::{StatusMove, StatusReason};
use cairn_domain::definition::{Criterion, Definition, EvidenceWanted, Picture};
use cairn_registrar::Office;
use cairn_registrar::access::Actor;
use cairn_registrar::awards::{Grant, Recipient};
use cairn_registrar::checking::Ask;
use cairn_registrar::gather::Gatherer;
use cairn_registrar::issuing::Secured;
use cairn_registrar::outside::Outside;
use cairn_registrar::refusal::Trouble;
use cairn_registrar::shapes::Became;
use cairn_store::{CredentialFilter, StoredCredential};
use jiff::{SignedDuration, Timestamp};

const BASE: &str = "https://badges.example";

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// A site with an organisation, an issuer who works there, and a published achievement.
struct Place {
    office: Office,
    org: String,
    issuer: Actor,
    achievement: String,
}

fn definition() -> Definition {
    let criterion = |id: &str, levels: &[&str], required: Option<&str>| Criterion {
        id: id.into(),
        statement: format!("Shows {id}"),
        levels: levels.iter().map(|level| level.to_string()).collect(),
        required: required.map(str::to_owned),
    };
    Definition {
        name: "Welding, first step".into(),
        description: "Joins two sheets so that they hold.".into(),
        kind: "MicroCredential".into(),
        language: "en".into(),
        criteria: vec![criterion("seam", &["tries", "does", "masters"], Some("does")), criterion("safety", &[], None)],
        valid_months: Some(24),
        picture: Some(Picture { sha256: "ab".repeat(32), alt: "A seam".into(), composed: None }),
        evidence: vec![EvidenceWanted { id: "photo".into(), says: "A photo of the seam".into(), required: true }],
        ..Definition::default()
    }
}

async fn actor(office: &Office, org: &str, name: &str, role: Option<Role>) -> Actor {
    let person = office.open_account(&format!("{name}@people.example"), name).await.unwrap();
    if let Some(role) = role {
        office.give_role(org, &person.id, role, None).await.unwrap();
    }
    let token = office.begin_session(&person.id, "link", None).await.unwrap();
    office.actor_by_session(&token).await.unwrap()
}

async fn place_at(database: &str, outside: Outside) -> Place {
    let office = Office::seeded(database, BASE, outside, Gatherer::offline()).await.unwrap();
    let issuer = office.desk.set_up_issuer("Weld Hall", Some("https://weld.example")).await.unwrap();
    let org = issuer.org.id;
    let issuer = actor(&office, &org, "ina", Some(Role::Issuer)).await;
    let mut tx = office.desk.store.begin().await.unwrap();
    tx.insert_picture(&"ab".repeat(32), "image/png", &[1], office.now()).await.unwrap();
    tx.commit().await.unwrap();
    let one = office.draft_achievement(&issuer, &org, definition()).await.unwrap();
    office.publish_achievement(&issuer, &org, &one.id, one.revision).await.unwrap();
    Place { office, org, issuer, achievement: one.id }
}

async fn place() -> Place {
    place_at("sqlite::memory:", Outside::fixed(now(), 5)).await
}

impl Place {
    fn grant(&self, key: &str) -> Grant {
        Grant {
            org_id: self.org.clone(),
            achievement_id: self.achievement.clone(),
            version: "1".into(),
            recipient: Recipient { name: Some("Lea Lernt".into()), email: "Lea@learners.example".into() },
            results: vec![("seam".into(), "masters".into())],
            narrative: Some("In the workshop, over three days.".into()),
            idempotency_key: key.into(),
            letter: true,
            why: Some("She passed the exam of 20 November.".into()),
            ..Grant::default()
        }
    }

    async fn award(&self, key: &str) -> StoredCredential {
        self.office.award(&self.issuer, self.grant(key)).await.unwrap()
    }

    async fn verdict(&self, of: &StoredCredential) -> Verdict {
        let addresses = vec![Address { value: "lea@learners.example".into(), confirmed: true }];
        let policy = Policy { holder: Holder { addresses, ..Holder::default() }, ..self.office.policy() };
        let ask = Ask { policy, require: Vec::new(), at: self.office.now() };
        let items = self.office.open_file("badge.json", of.signed_text.as_bytes());
        let checked = self.office.check(items, &ask).await;
        match &checked.report.items[0].became {
            Became::Credential { verdict, .. } => Verdict::clone(verdict),
            other => panic!("no credential: {other:?}"),
        }
    }
}

fn refused(result: Result<impl std::fmt::Debug, Trouble>) -> &'static str {
    match result {
        Err(Trouble::Refusal(refusal)) => refusal.code,
        other => panic!("no refusal: {other:?}"),
    }
}

#[tokio::test]
async fn an_award_is_signed_checked_and_noted() {
    let place = place().await;
    for secured in [Secured::DataIntegrity, Secured::Jwt] {
        let grant = Grant { secured, ..place.grant(&format!("{secured:?}")) };
        let made = place.office.award(&place.issuer, grant).await.unwrap();
        assert_eq!(made.credential_id, format!("{BASE}/credentials/{}", made.public_id));
        assert_eq!((made.public_id.len(), made.awarded), (22, now()));
        assert_eq!(made.valid_until, Some("2028-11-23T12:00:00Z".parse().unwrap()));
        let verdict = place.verdict(&made).await;
        let answers = (verdict.genuine.is, verdict.current.is, verdict.whose.is);
        assert_eq!(answers.0, Genuine::Yes, "{:#?}", verdict.checks);
        assert_eq!(answers.1, Current::Yes, "{:#?}", verdict.checks);
        assert!(matches!(answers.2, Whose::AddressMatches { .. }), "{:#?}", verdict.checks);
    }
    let leaves = place.office.desk.store.list_log_leaves(0, 10_000).await.unwrap();
    let ours: Vec<_> = leaves.iter().filter(|leaf| leaf.org_id == place.org).collect();
    assert_eq!(ours.len(), 2);
    assert_eq!(leaves.len() as u64, place.office.desk.store.find_log_size().await.unwrap());
    let letters = place.office.desk.store.list_audit(&place.org, None, 100).await.unwrap();
    assert_eq!(letters.iter().filter(|entry| entry.act == "credential.award").count(), 2);
}

#[tokio::test]
async fn the_same_key_is_the_same_award() {
    let place = place().await;
    let one = place.award("k").await;
    assert_eq!(place.award("k").await, one);
    let other = Grant { recipient: Recipient { name: None, email: "x@y.example".into() }, ..place.grant("k") };
    assert_eq!(refused(place.office.award(&place.issuer, other).await), "key-used-otherwise");
    let many = place.office.award_many(&place.issuer, vec![place.grant("a"), place.grant("k"), place.grant("a")]);
    let many: Vec<_> = many.await.unwrap().into_iter().map(Result::unwrap).collect();
    assert_eq!((&many[0], &many[1]), (&many[2], &one));
}

#[tokio::test]
async fn what_is_not_fit_is_refused_and_nothing_is_made() {
    let place = place().await;
    let (office, issuer) = (&place.office, &place.issuer);
    let refusal = |grant: Grant| async { refused(office.award(issuer, grant).await) };
    let base = || place.grant("x");
    assert_eq!(refusal(Grant { version: "9".into(), ..base() }).await, "no-such-version");
    assert_eq!(
        refusal(Grant { awarded: Some(now() + SignedDuration::from_hours(1)), ..base() }).await,
        "in-the-future"
    );
    assert_eq!(refusal(Grant { valid_until: Some(now()), ..base() }).await, "ends-before-it-begins");
    assert_eq!(refusal(Grant { results: vec![("seam".into(), "best".into())], ..base() }).await, "no-such-level");
    assert_eq!(refusal(Grant { results: vec![("x".into(), "does".into())], ..base() }).await, "no-such-criterion");
    assert_eq!(
        refusal(Grant { results: vec![("seam".into(), "tries".into())], ..base() }).await,
        "requirements-not-met",
        "a level below the required one is no award"
    );
    assert_eq!(refusal(Grant { evidence_ids: vec!["none".into()], ..base() }).await, "no-such-evidence");
    let recipient = |email: &str, name: &str| Recipient { name: Some(name.into()), email: email.into() };
    assert_eq!(refusal(Grant { recipient: recipient("lea", "Lea"), ..base() }).await, "bad-address");
    assert_eq!(refusal(Grant { recipient: recipient("l@x.example", "a\nb"), ..base() }).await, "bad-name");
    assert!(office.desk.store.list_credentials(&place.org, 10).await.unwrap().is_empty());

    let stranger = actor(office, &place.org, "sam", None).await;
    assert_eq!(refused(office.award(&stranger, base()).await), "not-found");
    let assessor = actor(office, &place.org, "asa", Some(Role::Assessor)).await;
    assert_eq!(refused(office.award(&assessor, base()).await), "not-allowed");
    assert_eq!(refused(office.award(&Actor::default(), base()).await), "sign-in");
}

#[tokio::test]
async fn one_bad_grant_among_many_is_refused_by_itself() {
    let place = place().await;
    let mut grants: Vec<Grant> = (0..20).map(|n| place.grant(&format!("k{n}"))).collect();
    grants[7].recipient.email = "nobody".into();
    let made = place.office.award_many(&place.issuer, grants).await.unwrap();
    assert_eq!(made.iter().filter(|one| one.is_ok()).count(), 19);
    assert_eq!(made[7].as_ref().unwrap_err().code, "bad-address");
    let mut places: Vec<u64> = Vec::new();
    for one in made.iter().flatten() {
        let taken = place.office.desk.store.list_credential_status(&place.org, &one.credential_id).await.unwrap();
        assert_eq!(taken.len(), 2);
        places.push(taken[0].index);
    }
    places.sort_unstable();
    places.dedup();
    assert_eq!(places.len(), 19, "a place for each");
    for one in [made[0].as_ref().unwrap(), made[19].as_ref().unwrap()] {
        assert_eq!(place.verdict(one).await.genuine.is, Genuine::Yes);
    }
}

#[tokio::test]
async fn revoked_suspended_reinstated_with_a_public_reason() {
    let place = place().await;
    let one = place.award("k").await;
    let change =
        async |to, reason| place.office.change_award(&place.issuer, (&place.org, &one.public_id), to, reason).await;
    assert_eq!(refused(change(StatusMove::Suspend, StatusReason::Misconduct).await), "reason-does-not-fit");
    assert_eq!(refused(change(StatusMove::Revoke, StatusReason::Superseded).await), "reason-does-not-fit");
    assert_eq!(refused(change(StatusMove::Reinstate, StatusReason::ReviewPassed).await), "already-done");
    change(StatusMove::Suspend, StatusReason::UnderReview).await.unwrap();
    assert!(matches!(place.verdict(&one).await.current.is, Current::Suspended { .. }));
    let back = change(StatusMove::Reinstate, StatusReason::ReviewPassed).await.unwrap();
    assert_eq!((back.status, back.status_reason.as_deref()), (None, Some("review-passed")));
    assert_eq!(place.verdict(&one).await.current.is, Current::Yes);
    let gone = change(StatusMove::Revoke, StatusReason::IssuedInError).await.unwrap();
    assert_eq!((gone.status.as_deref(), gone.status_at), (Some("revoked"), Some(now())));
    assert!(matches!(place.verdict(&one).await.current.is, Current::Revoked { .. }));
    assert_eq!(refused(change(StatusMove::Revoke, StatusReason::IssuedInError).await), "already-done");
    assert_eq!(refused(change(StatusMove::Reinstate, StatusReason::ReviewPassed).await), "not-now");
    let leaves = place.office.desk.store.list_log_leaves(0, 10_000).await.unwrap();
    let kinds: Vec<&str> = leaves.iter().filter(|l| l.org_id == place.org).map(|l| l.kind.as_str()).collect();
    assert_eq!(kinds, ["award", "status", "status", "status"]);
    let other = place.office.desk.set_up_issuer("Elsewhere", None).await.unwrap().org.id;
    let owner = actor(&place.office, &other, "olga", Some(Role::Owner)).await;
    let theirs = place.office.find_award(&owner, &other, &one.public_id).await;
    assert_eq!(refused(theirs), "not-found", "an award of another organisation is not there");
}

#[tokio::test]
async fn a_corrected_name_supersedes_and_both_are_explained() {
    let place = place().await;
    let old = place.award("k").await;
    let correct = async |name: &str| place.office.correct_name(&place.issuer, (&place.org, &old.public_id), name).await;
    assert_eq!(refused(correct("Lea Lernt").await), "same-name");
    assert_eq!(refused(correct(" ").await), "bad-name");
    let new = correct("Lea Lehrnt").await.unwrap();
    assert_eq!(correct("Lea Lehrnt").await.unwrap(), new, "asked twice, corrected once");
    assert_eq!(refused(correct("Somebody Else").await), "already-done");
    assert_eq!((new.supersedes.as_ref(), new.awarded), (Some(&old.credential_id), old.awarded));
    let old = place.office.find_award(&place.issuer, &place.org, &old.public_id).await.unwrap();
    assert_eq!(old.superseded_by, Some(new.credential_id.clone()));
    assert_eq!((old.status.as_deref(), old.status_reason.as_deref()), (Some("revoked"), Some("superseded")));
    assert!(matches!(place.verdict(&old).await.current.is, Current::Revoked { .. }));
    assert_eq!(place.verdict(&new).await.current.is, Current::Yes);
    for one in [&old, &new] {
        let why = place.office.why(&place.issuer, &place.org, &one.public_id).await.unwrap();
        assert!(why.outcome.awarded);
        assert_eq!(why.events.len(), 2, "{:?}", why.events);
    }
    let all = CredentialFilter::default();
    let page = place.office.list_awards(&place.issuer, &place.org, &all, None, 1).await.unwrap();
    let next = place.office.list_awards(&place.issuer, &place.org, &all, page.next.as_deref(), 1).await.unwrap();
    assert_ne!(page.items[0].public_id, next.items[0].public_id);
    assert_eq!(next.next, None);
}

#[tokio::test]
async fn an_award_that_breaks_off_leaves_nothing() {
    let place = place().await;
    let before = place.office.desk.store.find_log_size().await.unwrap();
    {
        let many = place.office.award_many(&place.issuer, (0..300).map(|n| place.grant(&n.to_string())).collect());
        let cut = tokio::time::timeout(std::time::Duration::from_millis(30), many).await;
        assert!(cut.is_err(), "it was quicker than the test");
    }
    assert!(place.office.desk.store.list_credentials(&place.org, 10).await.unwrap().is_empty());
    assert_eq!(place.office.desk.store.find_log_size().await.unwrap(), before);
    place.award("after").await;
    assert_eq!(place.office.desk.store.find_log_size().await.unwrap(), before + 1);
}

#[tokio::test]
async fn a_clock_that_jumps_back_breaks_neither_order_nor_validity() {
    let place = place().await;
    let first = place.award("first").await;
    let mut back = place.office.clone();
    let earlier = Outside::fixed(now() - SignedDuration::from_mins(10), 99);
    back.outside = earlier.clone();
    back.desk.outside = earlier;
    // no key is good before it was made
    assert_eq!(refused(back.award(&place.issuer, place.grant("second")).await), "no-key");
    let later = Outside::fixed(now() + SignedDuration::from_hours(5), 98);
    back.outside = later.clone();
    back.desk.outside = later;
    let second = back.award(&place.issuer, place.grant("second")).await.unwrap();
    let third = place.award("third").await;
    assert!(second.awarded > third.awarded && third.awarded >= first.awarded);
    let leaves = place.office.desk.store.list_log_leaves(0, 10_000).await.unwrap();
    let positions: Vec<u64> = leaves.iter().map(|leaf| leaf.position).collect();
    assert_eq!(positions, (0..leaves.len() as u64).collect::<Vec<_>>(), "no gap, whatever the clock says");
    assert_eq!(place.verdict(&third).await.genuine.is, Genuine::Yes);
}
