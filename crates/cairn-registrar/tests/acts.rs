//! Whole acts on a database in memory, with a clock that stands still.
#![allow(clippy::unwrap_used, reason = "a test that stops here says where")]

use cairn_credential::facts::{Achievement, Facts, Subject};
use cairn_credential::gathered::{BroughtBy, Fetched, Got};
use cairn_credential::intake::{Item, What};
use cairn_credential::policy::{Address, Holder};
use cairn_credential::sign::{SigningKey, sign_presentation};
use cairn_credential::verdict::{Current, Entitled, Genuine, Known, Verdict, Whose};
use cairn_credential::{Policy, bundle};
use cairn_domain::gap::State;
use cairn_domain::money::Money;
use cairn_domain::pack::SampleState;
use cairn_domain::plan::Budget;
use cairn_domain::standing::Ownership;
use cairn_registrar::Office;
use cairn_registrar::checking::{self, Ask, Checked};
use cairn_registrar::demo::DemoLearner;
use cairn_registrar::gather::Gatherer;
use cairn_registrar::issuing::{Award, Desk, Secured, StatusChange};
use cairn_registrar::outside::Outside;
use cairn_registrar::shapes::{Became, Require};
use cairn_registrar::sharing;
use jiff::{SignedDuration, Timestamp};

const BASE: &str = "http://127.0.0.1:8080";

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

async fn office() -> Office {
    Office::seeded("sqlite::memory:", BASE, Outside::fixed(now(), 5), Gatherer::offline()).await.unwrap()
}

fn learner<'a>(office: &'a Office, id: &str) -> &'a DemoLearner {
    office.demo.as_ref().unwrap().learner(id).unwrap()
}

fn items(office: &Office, learner: &DemoLearner) -> Vec<Item> {
    learner.files.iter().flat_map(|file| office.open_file(&file.name, &file.bytes)).collect()
}

fn ask(office: &Office, learner: &DemoLearner) -> Ask {
    let addresses = vec![Address { value: learner.address.clone(), confirmed: true }];
    let policy = Policy { holder: Holder { addresses, ..Holder::default() }, ..office.policy() };
    Ask { policy, require: Vec::new(), at: now() }
}

async fn checked(office: &Office, id: &str) -> Checked {
    let learner = learner(office, id);
    office.check(items(office, learner), &ask(office, learner)).await
}

fn verdict(became: &Became) -> &Verdict {
    match became {
        Became::Credential { verdict, .. } => verdict,
        other => panic!("no credential: {other:?}"),
    }
}

fn verdicts(checked: &Checked) -> Vec<&Verdict> {
    checked.report.items.iter().map(|item| verdict(&item.became)).collect()
}

#[tokio::test]
async fn every_sample_badge_gets_the_answers_of_the_state_it_was_made_in() {
    let office = office().await;
    let mut seen = Vec::new();
    for learner in &office.demo.as_ref().unwrap().learners {
        let checked = checked(&office, &learner.id).await;
        assert_eq!(checked.report.items.len(), learner.files.len());
        for (file, item) in learner.files.iter().zip(&checked.report.items) {
            let verdict = verdict(&item.became);
            let told = format!("{}: {} {:#?}", file.name, verdict.summary, verdict.checks);
            let genuine = verdict.genuine.is == Genuine::Yes;
            let listed = matches!(verdict.known.is, Known::OnList { .. });
            let yes = verdict.current.is == Current::Yes;
            seen.push(file.state);
            match file.state {
                SampleState::Valid | SampleState::AttendanceOnly => assert!(genuine && listed && yes, "{told}"),
                SampleState::Expired => {
                    assert!(genuine && listed && matches!(verdict.current.is, Current::Expired { .. }), "{told}");
                }
                SampleState::Revoked => {
                    assert!(genuine && matches!(verdict.current.is, Current::Revoked { .. }), "{told}")
                }
                SampleState::Suspended => {
                    assert!(genuine && matches!(verdict.current.is, Current::Suspended { .. }), "{told}");
                }
                SampleState::Tampered => assert!(matches!(verdict.genuine.is, Genuine::No { .. }), "{told}"),
                SampleState::UnknownIssuer => {
                    assert!(genuine && yes && verdict.known.is == Known::SelfAsserted, "{told}");
                }
                SampleState::SelfIssued => {
                    let facts = verdict.facts.as_ref().unwrap();
                    assert!(genuine && yes && verdict.known.is == Known::SelfAsserted, "{told}");
                    assert_eq!(facts.subject.id.as_ref(), Some(&facts.issuer.id), "{told}");
                }
            }
            if file.state != SampleState::Tampered {
                assert_eq!(verdict.entitled.is, Entitled::DefinedIt, "{told}");
                assert_eq!(verdict.whose.is, Whose::AddressMatches { confirmed: true }, "{told}");
            }
        }
    }
    for state in [
        SampleState::Valid,
        SampleState::Expired,
        SampleState::Tampered,
        SampleState::UnknownIssuer,
        SampleState::AttendanceOnly,
    ] {
        assert!(seen.contains(&state), "no sample badge is {state:?}: {seen:?}");
    }
}

#[tokio::test]
async fn every_sample_ad_gives_a_gap_and_a_plan() {
    let office = office().await;
    let checked = checked(&office, "maya").await;
    let maya = learner(&office, "maya");
    let mut proven = 0;
    for ad in office.advisor.packs().packs.iter().flat_map(|pack| &pack.ads) {
        let claims = vec![("Maya's own words".to_owned(), maya.claims.clone())];
        let ads = vec![(ad.title.clone(), ad.text.clone())];
        let gap = office.advisor.gap(ads, None, checked.report.clone(), claims).unwrap();
        assert!(gap.gap.matches.len() >= 5, "{}: {}", ad.id, gap.gap.matches.len());
        for mention in gap.gap.matches.iter().flat_map(|one| &one.requirement.mentions) {
            assert_eq!(&ad.text[mention.start..mention.end], mention.words, "{}", ad.id);
        }
        proven += gap.gap.matches.iter().filter(|one| one.state == State::Proven).count();
        let budget = Budget {
            hours: Some(200),
            money: Some(Money { minor: 100_000, currency: "USD".into() }),
            by: None,
            weekly_hours: 8,
            rates: Vec::new(),
        };
        let start = now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let plan = office.advisor.plan(gap, budget, Some(start)).unwrap_or_else(|no| panic!("{}: {}", ad.id, no.says));
        assert!(plan.plan.best.hours <= 200 && plan.plan.best.money.minor <= 100_000, "{}", ad.id);
        eprintln!("{}: {:?}, {} steps", ad.id, plan.gap.gap.counts.required, plan.plan.best.steps.len());
    }
    assert!(proven > 0, "no ad asks for anything that Maya has proven");
}

#[tokio::test]
async fn a_role_is_a_target_and_what_cannot_be_one_is_refused() {
    let office = office().await;
    let report = checked(&office, "maya").await.report;
    let role = office.advisor.packs().packs[0].roles[0].id.clone();
    let gap = office.advisor.gap(Vec::new(), Some(&role), report.clone(), Vec::new()).unwrap();
    assert_eq!(gap.gap.target.role.as_deref(), Some(role.as_str()));
    assert!(gap.pay.is_some());
    let refused = |ads, role| office.advisor.gap(ads, role, report.clone(), Vec::new()).unwrap_err().code;
    assert_eq!(refused(Vec::new(), None), "no-target");
    assert_eq!(refused(Vec::new(), Some("astronaut-in-chief")), "unknown-role");
    assert_eq!(refused(vec![("ad".into(), "  ".into())], None), "empty-ad");
}

#[tokio::test]
async fn a_share_verifies_offline_as_it_does_online() {
    let office = office().await;
    let online = checked(&office, "maya").await;
    let all: Vec<usize> = (0..online.report.items.len()).collect();
    let shared = sharing::bundle(&online, &all, Some("Cloud engineer".into()), now());
    assert!(!shared.gathered.by_url.is_empty(), "the status lists are not in it");
    let token = office.share(&shared, now() + SignedDuration::from_hours(24)).await.unwrap();
    let opened = office.find_share(&token).await.unwrap().unwrap();
    assert_eq!(opened.opened, 1);
    let text = bundle::write(&opened.bundle);
    let items = office.open_file("proof.cairn.json", text.as_bytes());
    let offline =
        checking::check(items, &ask(&office, learner(&office, "maya")), &Gatherer::offline(), |_, _| ()).await;
    for (one, other) in verdicts(&online).into_iter().zip(verdicts(&offline)) {
        assert_eq!(one.genuine.is, other.genuine.is);
        assert_eq!(one.current.is, other.current.is, "{:#?}", other.checks);
        assert_eq!(one.whose.is, other.whose.is);
        assert_eq!(one.known.is, other.known.is);
        assert_eq!(one.entitled.is, other.entitled.is);
    }
    // the same through the address, which never leaves the machine
    let fetched = office.gatherer.fetch_url(&format!("{BASE}/s/{token}")).await.unwrap();
    assert_eq!(String::from_utf8(fetched).unwrap(), text);
    assert!(office.end_share(&token).await.unwrap());
    assert!(office.find_share(&token).await.unwrap().is_none());
    assert!(office.find_share("never").await.unwrap().is_none());
    assert!(office.share(&shared, now()).await.is_err(), "a share that is over before it begins");
}

#[tokio::test]
async fn without_the_lists_the_status_cannot_be_told() {
    let office = office().await;
    let maya = learner(&office, "maya");
    let offline = checking::check(items(&office, maya), &ask(&office, maya), &Gatherer::offline(), |_, _| ()).await;
    for (file, verdict) in maya.files.iter().zip(verdicts(&offline)) {
        if file.state == SampleState::Valid {
            assert_eq!(verdict.current.is, Current::CannotTell, "{}", file.name);
        }
    }
    assert!(!offline.report.ok);
}

#[tokio::test]
async fn require_adds_to_what_must_be_good() {
    let office = office().await;
    let maya = learner(&office, "maya");
    let at = maya.files.iter().position(|file| file.state == SampleState::UnknownIssuer).unwrap();
    let short = |checked: &Checked| match &checked.report.items[at].became {
        Became::Credential { falls_short, .. } => falls_short.clone(),
        other => panic!("{other:?}"),
    };
    let mut ask = ask(&office, maya);
    assert_eq!(short(&office.check(items(&office, maya), &ask).await), []);
    ask.require = vec![Require::Known];
    assert_eq!(short(&office.check(items(&office, maya), &ask).await), [Require::Known]);
}

#[tokio::test]
async fn somebody_elses_badge_does_not_count_for_this_person() {
    let office = office().await;
    let maya = learner(&office, "maya");
    let mut ask = ask(&office, maya);
    ask.policy.holder.addresses = vec![Address { value: "somebody@else.example".into(), confirmed: true }];
    let checked = office.check(items(&office, maya), &ask).await;
    let role = &office.advisor.packs().packs[0].roles[0].id;
    let gap = office.advisor.gap(Vec::new(), Some(role), checked.report, Vec::new()).unwrap();
    assert!(gap.held.iter().all(|held| held.own == Ownership::SomebodyElse));
    assert!(gap.gap.matches.iter().all(|one| matches!(one.state, State::Missing | State::Claimed)));
}

#[tokio::test]
async fn an_old_list_in_a_bundle_hides_no_revocation_and_nothing_planted_is_believed() {
    let office = office().await;
    let maya = learner(&office, "maya");
    let online = checked(&office, "maya").await;
    let place = maya.files.iter().position(|file| file.state == SampleState::Valid).unwrap();
    let before = sharing::bundle(&online, &[place], None, now());
    let facts = verdicts(&online)[place].facts.clone().unwrap();
    let org = office.desk.store.find_org_by_did(&facts.issuer.id).await.unwrap().unwrap();
    office.desk.change_status(&org.id, &facts.id.unwrap(), StatusChange::Revoke).await.unwrap();

    // the learner shows the bundle from before: whoever can fetch sees the revocation
    let items = |bundle: &bundle::Bundle| vec![Item { name: "b".into(), what: What::Bundle(Box::new(bundle.clone())) }];
    let fresh = office.check(items(&before), &ask(&office, maya)).await;
    assert!(matches!(verdicts(&fresh)[0].current.is, Current::Revoked { .. }), "{:#?}", verdicts(&fresh)[0].checks);

    // whoever cannot is told so as soon as the list is older than their policy accepts
    let mut later = ask(&office, maya);
    later.at = now() + SignedDuration::from_hours(25);
    let offline = checking::check(items(&before), &later, &Gatherer::offline(), |_, _| ()).await;
    assert_eq!(verdicts(&offline)[0].current.is, Current::CannotTell, "{:#?}", verdicts(&offline)[0].checks);

    // a list by another issuer, and one with a bit changed after signing, say nothing
    let mut planted = before.clone();
    for document in planted.gathered.by_url.values_mut() {
        if let Got::Text(text) = &mut document.got {
            *text = text.replace(&org.did, "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK");
        }
    }
    let offline = checking::check(items(&planted), &ask(&office, maya), &Gatherer::offline(), |_, _| ()).await;
    assert_eq!(verdicts(&offline)[0].current.is, Current::CannotTell, "{:#?}", verdicts(&offline)[0].checks);

    // one bundle's documents are not another's, and a document does not become the checker's by saying so
    let (url, list) = before.gathered.by_url.iter().next().unwrap();
    let mut bare = before.clone();
    bare.gathered.by_url.clear();
    let both = vec![items(&before).remove(0), items(&bare).remove(0)];
    let offline = checking::check(both, &ask(&office, maya), &Gatherer::offline(), |_, _| ()).await;
    assert_eq!(verdicts(&offline)[0].current.is, Current::Yes);
    assert_eq!(verdicts(&offline)[1].current.is, Current::CannotTell);
    let mut lying = before.clone();
    lying.gathered.by_url.insert(url.clone(), Fetched { got: list.got.clone(), at: later.at, by: BroughtBy::Checker });
    let text = bundle::write(&lying);
    let offline =
        checking::check(office.open_file("b.json", text.as_bytes()), &later, &Gatherer::offline(), |_, _| ()).await;
    assert_eq!(verdicts(&offline)[0].current.is, Current::CannotTell, "{:#?}", verdicts(&offline)[0].checks);
}

fn award(org_id: &str, key: &str) -> Award {
    let learner = SigningKey::did_key(&[2; 32]);
    let achievement = Achievement {
        id: "urn:uuid:0190a000-0000-7000-8000-000000000001".into(),
        name: "Welding, position 3G".into(),
        kind: Some("Certification".into()),
        criteria: Some("Pass the supervised bend test.".into()),
        ..Achievement::default()
    };
    let facts = Facts {
        name: achievement.name.clone(),
        subject: Subject { id: Some(learner.controller().into()), ..Subject::default() },
        achievement: Some(achievement),
        valid_from: Some(now()),
        ..Facts::default()
    };
    Award { org_id: org_id.into(), idempotency_key: key.into(), facts, secured: Secured::DataIntegrity }
}

#[tokio::test]
async fn an_award_is_made_once_and_its_status_can_be_changed_back_from_a_suspension_only() {
    let office = office().await;
    let desk = &office.desk;
    let issuer = desk.set_up_issuer("Iron Works", None).await.unwrap();
    let made = desk.issue(award(&issuer.org.id, "a")).await.unwrap();
    assert_eq!(
        desk.issue(award(&issuer.org.id, "a")).await.unwrap(),
        made,
        "the same request gives the same credential"
    );
    let other = desk.issue(award(&issuer.org.id, "b")).await.unwrap();
    let mut changed = award(&issuer.org.id, "c");
    changed.facts.achievement.as_mut().unwrap().criteria = Some("Turn up.".into());
    let refused = desk.issue(changed).await.unwrap_err();
    assert!(refused.to_string().contains("new version"), "{refused}");
    assert!(desk.issue(award("nobody", "d")).await.is_err());

    let ask = Ask { policy: office.policy(), require: Vec::new(), at: now() };
    let current = async |text: &str| {
        let checked = office.check(office.open_file("b.json", text.as_bytes()), &ask).await;
        verdicts(&checked)[0].current.is.clone()
    };
    let change = async |to| desk.change_status(&issuer.org.id, &made.credential_id, to).await.unwrap();
    assert_eq!(current(&made.signed_text).await, Current::Yes);
    change(StatusChange::Suspend).await;
    assert!(matches!(current(&made.signed_text).await, Current::Suspended { .. }));
    change(StatusChange::Resume).await;
    assert_eq!(current(&made.signed_text).await, Current::Yes);
    change(StatusChange::Revoke).await;
    change(StatusChange::Resume).await;
    assert!(matches!(current(&made.signed_text).await, Current::Revoked { .. }));
    assert_eq!(current(&other.signed_text).await, Current::Yes, "the other award has a place of its own");
    assert!(desk.change_status(&issuer.org.id, "urn:uuid:none", StatusChange::Revoke).await.is_err());
}

#[tokio::test]
async fn a_list_that_was_signed_yesterday_is_signed_again_when_it_is_asked_for() {
    let office = office().await;
    let issuer = office.desk.set_up_issuer("Iron Works", None).await.unwrap();
    let made = office.desk.issue(award(&issuer.org.id, "a")).await.unwrap();
    let place = office.desk.store.list_credential_status(&issuer.org.id, &made.credential_id).await.unwrap().remove(0);
    let first = office.desk.status_list(&place.list_id).await.unwrap().unwrap();
    assert_eq!(
        office.desk.status_list(&place.list_id).await.unwrap().unwrap(),
        first,
        "a fresh one is served as it is"
    );
    let tomorrow = Outside::fixed(now() + SignedDuration::from_hours(25), 6);
    let later = Desk { outside: tomorrow, ..office.desk.clone() };
    let again = later.status_list(&place.list_id).await.unwrap().unwrap();
    assert_ne!(again, first);
    assert!(again.contains("2026-11-24T13:00:00Z"), "{again}");
    assert_eq!(later.status_list("none").await.unwrap(), None);
    assert_eq!(office.published(&format!("/status/{}", place.list_id)).await.unwrap().unwrap().text, again);
    assert_eq!(office.published("/status/").await.unwrap(), None);
}

#[tokio::test]
async fn what_is_shown_with_the_subjects_key_is_this_persons() {
    let office = office().await;
    let issuer = office.desk.set_up_issuer("Iron Works", None).await.unwrap();
    let made = office.desk.issue(award(&issuer.org.id, "a")).await.unwrap();
    let key = SigningKey::did_key(&[2; 32]);
    let credential: serde_json::Value = serde_json::from_str(&made.signed_text).unwrap();
    let presentation = serde_json::json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": key.controller(),
        "verifiableCredential": [credential],
    });
    let text = sign_presentation(&presentation, &key, now(), "for-you-only", None).unwrap();
    let mut ask = Ask { policy: office.policy(), require: vec![Require::Whose], at: now() };
    ask.policy.holder.challenge = Some("for-you-only".into());
    let checked = office.check(office.open_file("shown.json", text.as_bytes()), &ask).await;
    assert!(checked.report.ok, "{:#?}", checked.report.items);
    let role = &office.advisor.packs().packs[0].roles[0].id;
    let gap = office.advisor.gap(Vec::new(), Some(role), checked.report.clone(), Vec::new()).unwrap();
    assert_eq!(gap.held.len(), 1);
    assert_eq!(gap.held[0].own, Ownership::Shown);
    assert_eq!((gap.held[0].name.as_str(), gap.held[0].item), ("Welding, position 3G", 0));
    ask.policy.holder.challenge = Some("another".into());
    let replayed = office.check(office.open_file("shown.json", text.as_bytes()), &ask).await;
    assert!(!replayed.report.ok, "a showing made for somebody else counts for nothing");
    // made for nobody in particular, it may be somebody else's, shown again
    ask.policy.holder.challenge = None;
    let unasked = office.check(office.open_file("shown.json", text.as_bytes()), &ask).await;
    let gap = office.advisor.gap(Vec::new(), Some(role), unasked.report, Vec::new()).unwrap();
    assert_eq!(gap.held[0].own, Ownership::Unconfirmed);
    // the credential alone shows nobody's key
    let alone = office.check(office.open_file("alone.json", made.signed_text.as_bytes()), &ask).await;
    let gap = office.advisor.gap(Vec::new(), Some(role), alone.report, Vec::new()).unwrap();
    assert_eq!(gap.held[0].own, Ownership::NameOnly);
}

#[tokio::test]
async fn the_samples_in_one_bundle_are_proven_far_from_the_demo() {
    let office = office().await;
    let maya = learner(&office, "maya");
    let bundle = office.demo_bundle("maya").await.unwrap();
    let items = office.open_file("maya.cairn.json", bundle::write(&bundle).as_bytes());
    let far = checking::check(items, &ask(&office, maya), &Gatherer::offline(), |_, _| ()).await;
    for (file, verdict) in maya.files.iter().zip(verdicts(&far)) {
        assert!(file.state != SampleState::Valid || verdict.current.is == Current::Yes, "{}", file.name);
    }
    assert!(office.demo_bundle("nobody").await.is_none());
}

#[tokio::test]
async fn many_at_once_keep_their_order_and_tell_how_far_they_are() {
    let office = office().await;
    let maya = learner(&office, "maya");
    let mut many: Vec<Item> = Vec::new();
    for n in 0..7 {
        many.extend(items(&office, maya).into_iter().map(|item| Item { name: format!("{n}/{}", item.name), ..item }));
        many.push(Item {
            name: format!("{n}/note"),
            what: What::Claim { text: "I know SQL".into(), why: "text".into() },
        });
    }
    let names: Vec<String> = many.iter().map(|item| item.name.clone()).collect();
    let told = std::cell::RefCell::new(Vec::new());
    let ask = ask(&office, maya);
    let checked = checking::check(many, &ask, &office.gatherer, |done, of| told.borrow_mut().push((done, of))).await;
    assert_eq!(checked.report.items.iter().map(|item| item.name.clone()).collect::<Vec<_>>(), names);
    let total = maya.files.len() * 7;
    assert_eq!(told.borrow().last(), Some(&(total, total)));
    let single = office.check(items(&office, maya), &ask).await;
    for (n, verdict) in verdicts(&single).into_iter().enumerate() {
        assert_eq!(verdict, self::verdict(&checked.report.items[n].became));
    }
}
