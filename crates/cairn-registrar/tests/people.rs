//! Who gets in and who does not: links, accounts, sessions, roles, invitations, tokens, on a database in memory.
#![allow(clippy::unwrap_used, reason = "a test that stops here says where")]

use std::cell::RefCell;
use std::collections::HashSet;

use cairn_domain::access::{Act, Role, Scope};
use cairn_registrar::Office;
use cairn_registrar::access::{Actor, Who};
use cairn_registrar::gather::Gatherer;
use cairn_registrar::outside::Outside;
use cairn_registrar::refusal::Trouble;
use cairn_registrar::site::NewSite;
use cairn_registrar::tokens::NewToken;
use cairn_store::{Letter, Letters, Org};
use jiff::{SignedDuration, Timestamp};

const START: &str = "2026-11-23T12:00:00Z";

async fn office() -> Office {
    Office::seeded("sqlite::memory:", "https://badges.example", at(0), Gatherer::offline()).await.unwrap()
}

/// A clock that many minutes later. The seed differs, so that no token comes twice.
fn at(minutes: i64) -> Outside {
    let now: Timestamp = START.parse().unwrap();
    Outside::fixed(now + SignedDuration::from_mins(minutes), minutes as u64)
}

/// The same site later.
fn later(office: &Office, minutes: i64) -> Office {
    let mut office = office.clone();
    office.outside = at(minutes);
    office.desk.outside = office.outside.clone();
    office
}

fn code<T: std::fmt::Debug>(result: Result<T, Trouble>) -> &'static str {
    match result {
        Err(Trouble::Refusal(refusal)) => refusal.code,
        other => panic!("no refusal: {other:?}"),
    }
}

/// All letters to an address.
async fn letters_to(office: &Office, address: &str) -> Vec<Letter> {
    let all = office.desk.store.list_letters(Letters::All, 1_000).await.unwrap();
    all.into_iter().map(|state| state.letter).filter(|letter| letter.to == address).collect()
}

thread_local! {
    /// Letters that a test has read; the clock stands still, so no order tells which came last.
    static READ: RefCell<HashSet<String>> = RefCell::default();
}

/// The token at the end of the link in the one letter to an address that was not read before.
async fn token_for(office: &Office, address: &str) -> String {
    let mut letters = letters_to(office, address).await;
    letters.retain(|letter| READ.with_borrow_mut(|read| read.insert(letter.id.clone())));
    let [letter] = letters.as_slice() else { panic!("{} new letters to {address}", letters.len()) };
    let link = letter.words.lines().find(|line| line.starts_with("https://badges.example/")).unwrap();
    link.rsplit('/').next().unwrap().to_owned()
}

async fn signed_in(office: &Office, address: &str, name: &str) -> Actor {
    let person = office.open_account(address, name).await.unwrap();
    let token = office.begin_session(&person.id, "link", Some("Firefox on Linux")).await.unwrap();
    office.actor_by_session(&token).await.unwrap()
}

/// An organisation and its owner.
async fn founded(office: &Office, name: &str, owner: &str) -> (Org, Actor) {
    let org = office.found_organisation(&Actor::site(), name, None).await.unwrap();
    let person = office.open_account(owner, "Olive").await.unwrap();
    office.give_role(&org.id, &person.id, Role::Owner, None).await.unwrap();
    (org, signed_in(office, owner, "Olive").await)
}

#[tokio::test]
async fn a_link_lets_in_once_and_opens_an_account_with_a_name() {
    let office = office().await;
    let nobody = Actor::default();
    office.ask_to_sign_in(" New@Learner.example ", Some("/org/x")).await.unwrap();
    let token = token_for(&office, "New@Learner.example").await;
    let seen = office.look_at_link(&token).await.unwrap();
    assert_eq!((seen.email.as_str(), seen.name), ("new@learner.example", None));
    assert_eq!(code(office.sign_in_by_link(&nobody, &token, Some(" "), None).await), "no-name");
    let done = office.sign_in_by_link(&nobody, &token, Some("Nell"), None).await.unwrap();
    assert_eq!((done.person.name.as_str(), done.next.as_deref()), ("Nell", Some("/org/x")));
    let actor = office.actor_by_session(&done.token).await.unwrap();
    assert_eq!(actor.person().unwrap().name, "Nell");
    assert_eq!(code(office.sign_in_by_link(&nobody, &token, None, None).await), "link-over");
    assert_eq!(code(office.look_at_link(&token).await), "link-over");
    assert_eq!(code(office.look_at_link("guessed").await), "link-over");
    office.sign_out(&actor).await.unwrap();
    assert!(matches!(office.actor_by_session(&done.token).await.unwrap().who, Who::Nobody));
}

#[tokio::test]
async fn a_link_is_over_after_15_minutes_or_when_a_sister_was_used_and_an_hour_has_five() {
    let office = office().await;
    let nobody = Actor::default();
    office.ask_to_sign_in("a@x.example", None).await.unwrap();
    let first = token_for(&office, "a@x.example").await;
    assert!(later(&office, 14).look_at_link(&first).await.is_ok());
    assert_eq!(code(later(&office, 15).sign_in_by_link(&nobody, &first, Some("A"), None).await), "link-over");
    office.ask_to_sign_in("a@x.example", None).await.unwrap();
    assert_eq!(letters_to(&office, "a@x.example").await.len(), 2);
    let second = token_for(&office, "a@x.example").await;
    office.sign_in_by_link(&nobody, &second, Some("A"), None).await.unwrap();
    assert_eq!(code(office.sign_in_by_link(&nobody, &first, Some("A"), None).await), "link-over");
    for _ in 0..3 {
        office.ask_to_sign_in("a@x.example", None).await.unwrap();
    }
    assert_eq!(code(office.ask_to_sign_in("A@X.example", None).await), "too-many");
    office.ask_to_sign_in("b@x.example", None).await.unwrap();
    later(&office, 61).ask_to_sign_in("a@x.example", None).await.unwrap();
    assert_eq!(code(office.ask_to_sign_in("no address", None).await), "bad-address");
    office.ask_to_sign_in("c@x.example", Some("//evil.example")).await.unwrap();
    let token = token_for(&office, "c@x.example").await;
    assert_eq!(office.sign_in_by_link(&nobody, &token, Some("C"), None).await.unwrap().next, None);
}

#[tokio::test]
async fn addresses_come_by_letter_and_the_last_one_stays() {
    let office = office().await;
    let ada = signed_in(&office, "ada@x.example", "Ada").await;
    let bob = signed_in(&office, "bob@x.example", "Bob").await;
    office.ask_to_add_address(&ada, "ada@home.example").await.unwrap();
    let token = token_for(&office, "ada@home.example").await;
    assert_eq!(code(office.add_address(&bob, &token).await), "link-over");
    assert_eq!(code(office.add_address(&Actor::default(), &token).await), "sign-in");
    assert_eq!(code(office.look_at_link(&token).await), "link-over");
    assert_eq!(office.add_address(&ada, &token).await.unwrap(), "ada@home.example");
    assert_eq!(office.account(&ada).await.unwrap().addresses.len(), 2);
    assert_eq!(office.account(&ada).await.unwrap().addresses[0].email, "ada@x.example");
    let then = later(&office, 5);
    then.make_main_address(&ada, "ada@home.example").await.unwrap();
    assert_eq!(then.account(&ada).await.unwrap().addresses[0].email, "ada@home.example");
    assert_eq!(code(office.make_main_address(&ada, "bob@x.example").await), "not-found");
    office.ask_to_add_address(&ada, "bob@x.example").await.unwrap();
    let taken = token_for(&office, "bob@x.example").await;
    assert_eq!(code(office.add_address(&ada, &taken).await), "taken");
    assert_eq!(code(office.remove_address(&ada, "bob@x.example").await), "not-found");
    assert_eq!(code(later(&office, 13 * 60).remove_address(&ada, "ada@x.example").await), "sign-in-again");
    office.ask_to_sign_in("ada@x.example", None).await.unwrap();
    let pending = token_for(&office, "ada@x.example").await;
    office.remove_address(&ada, "ada@x.example").await.unwrap();
    assert_eq!(code(office.look_at_link(&pending).await), "link-over");
    assert_eq!(code(office.remove_address(&ada, "ada@home.example").await), "last-address");
    assert_eq!(office.account(&ada).await.unwrap().addresses.len(), 1);
}

#[tokio::test]
async fn sessions_are_seen_and_ended_by_their_owner_only() {
    let office = office().await;
    let here = signed_in(&office, "ada@x.example", "Ada").await;
    let there = signed_in(&office, "ada@x.example", "Ada").await;
    let bob = signed_in(&office, "bob@x.example", "Bob").await;
    let sessions = office.account(&here).await.unwrap().sessions;
    assert_eq!(sessions.len(), 2);
    let (_, other) = there.signed_in().unwrap();
    assert_eq!(code(office.end_session(&bob, &other.id).await), "not-found");
    office.end_session(&here, &other.id).await.unwrap();
    assert_eq!(office.account(&here).await.unwrap().sessions.len(), 1);
    signed_in(&office, "ada@x.example", "Ada").await;
    assert_eq!(office.end_other_sessions(&here).await.unwrap(), 1);
    assert_eq!(office.account(&bob).await.unwrap().sessions.len(), 1);
    let weeks = later(&office, 60 * 24 * 16);
    assert_eq!(weeks.purge_sessions().await.unwrap(), 2, "Ada's and Bob's");
}

#[tokio::test]
async fn an_invitation_is_accepted_once_by_letter_or_with_another_account() {
    let office = office().await;
    let (org, owner) = founded(&office, "Harbour College", "olive@x.example").await;
    let (_, stranger) = founded(&office, "Other", "other@x.example").await;
    assert_eq!(code(office.invite(&stranger, &org.id, "a@x.example", Role::Owner).await), "not-found");
    office.invite(&owner, &org.id, "Ivy@x.example", Role::Issuer).await.unwrap();
    assert_eq!(code(office.invite(&owner, &org.id, "ivy@x.example", Role::Issuer).await), "already-done");
    let token = token_for(&office, "ivy@x.example").await;
    let seen = office.look_at_invitation(&token).await.unwrap();
    assert_eq!((seen.role, seen.has_account, seen.org.id.as_str()), (Role::Issuer, false, org.id.as_str()));
    let nobody = Actor::default();
    assert_eq!(code(office.sign_in_by_invitation(&nobody, &token, "", None).await), "no-name");
    let ivy = office.sign_in_by_invitation(&nobody, &token, "Ivy", None).await.unwrap();
    let ivy = office.actor_by_session(&ivy.token).await.unwrap();
    assert!(ivy.may(&org.id, Act::Award) && !ivy.may(&org.id, Act::Staff));
    assert_eq!(code(office.accept_invitation(&ivy, &token).await), "link-over");

    // an address with an account signs in first; any account may accept
    let made = office.invite(&owner, &org.id, "ivy@x.example", Role::Assessor).await.unwrap();
    let old = token_for(&office, "ivy@x.example").await;
    assert_eq!(code(office.sign_in_by_invitation(&nobody, &old, "Eve", None).await), "sign-in");
    let then = later(&office, 10);
    then.resend_invitation(&owner, &org.id, &made.id).await.unwrap();
    let new = token_for(&then, "ivy@x.example").await;
    assert_eq!(code(office.accept_invitation(&ivy, &old).await), "link-over");
    let zoe = signed_in(&office, "zoe@x.example", "Zoe").await;
    office.accept_invitation(&zoe, &new).await.unwrap();
    let people = office.staff(&owner, &org.id).await.unwrap();
    let mut names: Vec<&str> = people.iter().map(|one| one.name.as_str()).collect();
    names.sort();
    assert_eq!(names, ["Ivy", "Olive", "Zoe"]);
    assert!(people[0].address.is_some());
    assert!(office.staff(&ivy, &org.id).await.unwrap().iter().all(|one| one.address.is_none()));

    let gone = office.invite(&owner, &org.id, "w@x.example", Role::Owner).await.unwrap();
    let token = token_for(&office, "w@x.example").await;
    assert_eq!(code(office.withdraw_invitation(&stranger, &org.id, &gone.id).await), "not-found");
    office.withdraw_invitation(&owner, &org.id, &gone.id).await.unwrap();
    assert_eq!(code(office.withdraw_invitation(&owner, &org.id, &gone.id).await), "already-done");
    assert_eq!(code(office.look_at_invitation(&token).await), "link-over");
    office.invite(&owner, &org.id, "late@x.example", Role::Employer).await.unwrap();
    let token = token_for(&office, "late@x.example").await;
    assert_eq!(code(later(&office, 14 * 24 * 60).look_at_invitation(&token).await), "link-over");
}

#[tokio::test]
async fn the_last_owner_stays_and_only_owners_give_roles() {
    let office = office().await;
    let (org, owner) = founded(&office, "Harbour College", "olive@x.example").await;
    let olive = owner.person_id().unwrap().to_owned();
    let ivy = office.open_account("ivy@x.example", "Ivy").await.unwrap();
    let unknown = office.give_member_role(&owner, &org.id, &ivy.id, Role::Issuer).await;
    assert_eq!(code(unknown), "not-found", "nobody is put into an organisation unasked");
    office.give_role(&org.id, &ivy.id, Role::Issuer, None).await.unwrap();
    let issuer = signed_in(&office, "ivy@x.example", "Ivy").await;
    assert_eq!(code(office.give_member_role(&issuer, &org.id, &ivy.id, Role::Owner).await), "not-allowed");
    assert_eq!(code(office.take_member_role(&issuer, &org.id, &olive, Role::Owner).await), "not-allowed");
    assert_eq!(code(office.take_member_role(&owner, &org.id, &olive, Role::Owner).await), "last-owner");
    assert_eq!(code(office.take_member_role(&owner, &org.id, &ivy.id, Role::Employer).await), "not-found");
    office.give_member_role(&owner, &org.id, &ivy.id, Role::Owner).await.unwrap();
    office.take_member_role(&owner, &org.id, &olive, Role::Owner).await.unwrap();
    let late = later(&office, 13 * 60);
    let issuer = signed_in(&office, "ivy@x.example", "Ivy").await;
    assert_eq!(code(late.give_member_role(&issuer, &org.id, &ivy.id, Role::Assessor).await), "sign-in-again");
    office.take_member_role(&issuer, &org.id, &ivy.id, Role::Issuer).await.unwrap();
    let olive = signed_in(&office, "olive@x.example", "Olive").await;
    assert_eq!(code(office.found_organisation(&olive, "Third", None).await), "not-allowed", "she owns nothing more");
}

#[tokio::test]
async fn a_token_may_what_its_scopes_and_its_maker_may() {
    let office = office().await;
    let (org, owner) = founded(&office, "Harbour College", "olive@x.example").await;
    let (other, stranger) = founded(&office, "Other", "other@x.example").await;
    let wanted = |scopes: &[Scope], days| NewToken {
        label: "Course system".into(),
        scopes: scopes.iter().copied().collect(),
        days,
    };
    assert_eq!(code(office.make_token(&stranger, &org.id, wanted(&[Scope::Read], 1)).await), "not-found");
    assert_eq!(code(office.make_token(&owner, &org.id, wanted(&[], 1)).await), "no-scopes");
    assert_eq!(code(office.make_token(&owner, &org.id, wanted(&[Scope::Read], 367)).await), "bad-days");
    assert_eq!(
        code(office.make_token(&owner, &org.id, NewToken { days: 1, ..NewToken::default() }).await),
        "bad-label"
    );
    let (kept, told) = office.make_token(&owner, &org.id, wanted(&[Scope::Read, Scope::Award], 30)).await.unwrap();
    assert!(told.starts_with("cairn_") && told.len() > 40, "{told}");
    assert!(!kept.token_hash.contains(&told[6..]));
    let program = office.actor_by_token(&told).await.unwrap();
    assert!(program.may(&org.id, Act::Enter) && program.may(&org.id, Act::Award));
    assert!(!program.may(&org.id, Act::Revoke) && !program.may(&other.id, Act::Enter));
    assert_eq!(code(office.make_token(&program, &org.id, wanted(&[Scope::Read], 1)).await), "not-allowed");
    let (_, admin) = office.make_token(&owner, &org.id, wanted(&[Scope::Admin], 30)).await.unwrap();
    let admin = office.actor_by_token(&admin).await.unwrap();
    assert_eq!(code(office.make_token(&admin, &org.id, wanted(&[Scope::Admin], 300)).await), "not-allowed");
    assert_eq!(office.tokens(&owner, &org.id).await.unwrap().len(), 2);

    // what the maker loses, the token loses
    let ivy = office.open_account("ivy@x.example", "Ivy").await.unwrap();
    office.give_role(&org.id, &ivy.id, Role::Owner, None).await.unwrap();
    office.take_member_role(&owner, &org.id, owner.person_id().unwrap(), Role::Owner).await.unwrap();
    assert!(!office.actor_by_token(&told).await.unwrap().may(&org.id, Act::Enter));

    assert_eq!(code(office.actor_by_token("cairn_guessed").await), "bad-token");
    let after = later(&office, 60 * 24 * 31);
    assert_eq!(code(after.actor_by_token(&told).await), "bad-token");
    let ivy = signed_in(&office, "ivy@x.example", "Ivy").await;
    assert_eq!(code(office.revoke_token(&stranger, &other.id, &kept.id).await), "not-found");
    office.revoke_token(&ivy, &org.id, &kept.id).await.unwrap();
    assert_eq!(code(office.revoke_token(&ivy, &org.id, &kept.id).await), "already-done");
    assert_eq!(code(office.actor_by_token(&told).await), "bad-token");
}

#[tokio::test]
async fn makers_of_tokens_are_warned_once_14_days_before() {
    let office = office().await;
    let (org, owner) = founded(&office, "Harbour College", "olive@x.example").await;
    let wanted = NewToken { label: "Nightly".into(), scopes: [Scope::Read].into(), days: 30 };
    office.make_token(&owner, &org.id, wanted).await.unwrap();
    let (early, due) = (later(&office, 60 * 24 * 15), later(&office, 60 * 24 * 17));
    assert_eq!(early.warn_of_expiring_tokens(early.now()).await.unwrap(), 0);
    assert_eq!(due.warn_of_expiring_tokens(due.now()).await.unwrap(), 1);
    assert_eq!(due.warn_of_expiring_tokens(due.now()).await.unwrap(), 0);
    let letters = letters_to(&due, "olive@x.example").await;
    assert!(letters[0].subject.contains("“Nightly” ends on 23 December 2026"), "{letters:?}");
}

#[tokio::test]
async fn a_site_is_set_up_once_and_its_owner_signs_in_by_the_printed_link() {
    let office = office().await;
    let new = NewSite { name: "Badges".into(), org: "Harbour College".into(), owner: "Ada@x.example".into() };
    assert_eq!(code(office.set_up_site(&Actor::default(), &new).await), "not-allowed");
    let done = office.set_up_site(&Actor::site(), &new).await.unwrap();
    assert_eq!(code(office.set_up_site(&Actor::site(), &new).await), "already-done");
    let token = done.link.rsplit('/').next().unwrap();
    let next_day = later(&office, 23 * 60);
    assert_eq!(next_day.look_at_link(token).await.unwrap().name, None, "the owner says their own name");
    let signed_in = next_day.sign_in_by_link(&Actor::default(), token, Some("Ada"), None).await.unwrap();
    let ada = next_day.actor_by_session(&signed_in.token).await.unwrap();
    assert!(ada.may(&done.org.id, Act::Keys));
    assert_eq!(ada.person().unwrap().name, "Ada");
    let link = office.print_sign_in_link(&Actor::site(), "ada@x.example").await.unwrap();
    assert!(link.starts_with("https://badges.example/sign-in/"), "{link}");
    assert_eq!(code(office.print_sign_in_link(&ada, "ada@x.example").await), "not-allowed");
}

#[tokio::test]
async fn the_demo_has_people_to_sign_in_as() {
    let office = office().await;
    let people = office.demo.as_ref().unwrap().people.clone();
    assert_eq!(people.len(), 3);
    let token = office.begin_session(&people[0].person_id, "demo", None).await.unwrap();
    let owner = office.actor_by_session(&token).await.unwrap();
    assert!(owner.roles.iter().any(|member| member.role == Role::Owner));
}
