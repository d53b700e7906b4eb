//! People and their addresses, sessions, links in letters, roles, invitations, tokens, the site itself.

use cairn_domain::access::{Role, Scope};
use cairn_store::{ApiToken, Invitation, Member, Person, PersonEmail, Session, SignInLink, Site, Store, StoreFault};

use super::at;

pub async fn story(store: &Store) {
    persons(store).await;
    sessions(store).await;
    links(store).await;
    roles(store).await;
    invitations(store).await;
    tokens(store).await;
    site(store).await;
}

fn person(n: u32) -> Person {
    Person { id: format!("staff-{n}"), name: format!("Person {n}"), created: at(0), left: None }
}

fn email(person: u32, email: &str, main: Option<i64>) -> PersonEmail {
    PersonEmail {
        email: email.into(),
        person_id: format!("staff-{person}"),
        shown: email.to_uppercase(),
        verified: at(1),
        main: main.map(at),
    }
}

async fn persons(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    tx.insert_person(&person(1)).await.unwrap();
    tx.insert_person(&person(2)).await.unwrap();
    tx.insert_person_email(&email(1, "one@staff.example", Some(1))).await.unwrap();
    tx.insert_person_email(&email(1, "uno@staff.example", None)).await.unwrap();
    tx.insert_person_email(&email(2, "two@staff.example", Some(1))).await.unwrap();
    assert_eq!(tx.find_person_by_email("uno@staff.example").await.unwrap(), Some(person(1)));
    assert_eq!(tx.count_person_emails("staff-1").await.unwrap(), 2);
    assert!(tx.hold_person("staff-1").await.unwrap());
    assert!(!tx.hold_person("nobody").await.unwrap());
    tx.commit().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let taken = tx.insert_person_email(&email(2, "one@staff.example", None)).await;
    assert!(matches!(taken, Err(StoreFault::Taken(_))), "{taken:?}");
    drop(tx);
    assert_eq!(store.find_person("staff-2").await.unwrap(), Some(person(2)));
    assert_eq!(store.find_person_by_email("two@staff.example").await.unwrap(), Some(person(2)));
    let main = |list: Vec<PersonEmail>| list[0].email.clone();
    assert_eq!(main(store.list_person_emails("staff-1").await.unwrap()), "one@staff.example");
    let mut tx = store.begin().await.unwrap();
    assert!(tx.update_person_email_main("staff-1", "uno@staff.example", at(2)).await.unwrap());
    assert!(!tx.update_person_email_main("staff-1", "two@staff.example", at(3)).await.unwrap());
    tx.update_person_name("staff-1", "Una").await.unwrap();
    assert!(!tx.delete_person_email("staff-2", "one@staff.example").await.unwrap(), "another's address stays");
    tx.commit().await.unwrap();
    assert_eq!(main(store.list_person_emails("staff-1").await.unwrap()), "uno@staff.example");
    assert_eq!(store.find_person("staff-1").await.unwrap().unwrap().name, "Una");
    let mut tx = store.begin().await.unwrap();
    assert!(tx.delete_person_email("staff-1", "one@staff.example").await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(store.find_person_by_email("one@staff.example").await.unwrap(), None);
}

fn session(n: i64) -> Session {
    Session {
        token_hash: format!("staff-session-hash-{n}"),
        id: format!("staff-session-{n}"),
        person_id: "staff-1".into(),
        how: "link".into(),
        agent: (n == 1).then(|| "Firefox".to_owned()),
        created: at(n),
        seen: at(n),
        expires: at(100 + n),
        proved: at(n),
    }
}

async fn sessions(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    for n in 1..=3 {
        tx.insert_session(&session(n)).await.unwrap();
    }
    tx.update_session_seen("staff-session-hash-1", at(9)).await.unwrap();
    tx.commit().await.unwrap();
    let first = Session { seen: at(9), ..session(1) };
    assert_eq!(store.find_session("staff-session-hash-1").await.unwrap(), Some(first.clone()));
    assert_eq!(store.list_sessions("staff-1").await.unwrap(), [first, session(3), session(2)]);
    let mut tx = store.begin().await.unwrap();
    assert!(!tx.delete_session("staff-2", "staff-session-1").await.unwrap(), "another's session goes on");
    assert!(tx.delete_session("staff-1", "staff-session-2").await.unwrap());
    assert_eq!(tx.delete_other_sessions("staff-1", "staff-session-1").await.unwrap(), 1);
    tx.commit().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.delete_sessions_over(at(101)).await.unwrap(), 0);
    assert_eq!(tx.delete_sessions_over(at(102)).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(store.find_session("staff-session-hash-1").await.unwrap(), None);
}

async fn links(store: &Store) {
    let link = |n: i64| SignInLink {
        token_hash: format!("link-{n}"),
        email: "one@links.example".into(),
        purpose: if n == 3 { "add-address".into() } else { "sign-in".into() },
        person_id: (n == 3).then(|| "staff-1".to_owned()),
        next: (n == 1).then(|| "/account".to_owned()),
        created: at(n),
        expires: at(n + 1),
        used: None,
    };
    let mut tx = store.begin().await.unwrap();
    for n in 1..=3 {
        tx.insert_sign_in_link(&link(n)).await.unwrap();
    }
    assert_eq!(tx.count_sign_in_links("one@links.example", at(1)).await.unwrap(), 2);
    assert_eq!(tx.count_sign_in_links("two@links.example", at(0)).await.unwrap(), 0);
    tx.commit().await.unwrap();
    assert_eq!(store.find_sign_in_link("link-1").await.unwrap(), Some(link(1)));
    assert_eq!(store.find_sign_in_link("link-3").await.unwrap(), Some(link(3)));
    let mut tx = store.begin().await.unwrap();
    assert!(!tx.update_sign_in_link_used("link-1", at(2)).await.unwrap(), "its time is over");
    assert!(tx.update_sign_in_link_used("link-2", at(2)).await.unwrap());
    assert!(!tx.update_sign_in_link_used("link-2", at(2)).await.unwrap(), "once");
    tx.update_sign_in_links_used("one@links.example", "sign-in", at(2)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.find_sign_in_link("link-1").await.unwrap().unwrap().used, Some(at(2)));
    assert_eq!(store.find_sign_in_link("link-3").await.unwrap().unwrap().used, None, "another purpose");
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.delete_sign_in_links(at(4)).await.unwrap(), 2);
    tx.commit().await.unwrap();
}

async fn roles(store: &Store) {
    let member = |n: u32, role: Role| Member {
        org_id: "org-1".into(),
        person_id: format!("staff-{n}"),
        role,
        since: at(i64::from(n)),
        given_by: None,
    };
    let mut tx = store.begin().await.unwrap();
    assert!(tx.hold_org("org-1").await.unwrap());
    assert!(!tx.hold_org("nowhere").await.unwrap());
    for one in [member(1, Role::Owner), member(2, Role::Owner), member(2, Role::Issuer), member(2, Role::Issuer)] {
        tx.insert_member(&one).await.unwrap();
    }
    assert_eq!(tx.count_members("org-1", Role::Owner).await.unwrap(), 2);
    assert!(tx.delete_member("org-1", "staff-2", Role::Owner).await.unwrap());
    assert!(!tx.delete_member("org-2", "staff-1", Role::Owner).await.unwrap());
    assert_eq!(tx.count_members("org-1", Role::Owner).await.unwrap(), 1);
    tx.commit().await.unwrap();
    let held = [member(1, Role::Owner), member(2, Role::Issuer)];
    assert_eq!(store.list_members("org-1").await.unwrap(), held);
    assert_eq!(store.list_roles("staff-2").await.unwrap(), [member(2, Role::Issuer)]);
}

async fn invitations(store: &Store) {
    let invitation = |n: i64| Invitation {
        org_id: "org-1".into(),
        id: format!("invitation-{n}"),
        token_hash: format!("invitation-hash-{n}"),
        email: "guest@staff.example".into(),
        role: Role::Assessor,
        created: at(n),
        expires: at(50),
        given_by: Some("staff-1".into()),
        accepted: None,
        accepted_by: None,
        withdrawn: None,
    };
    let mut tx = store.begin().await.unwrap();
    for n in 1..=3 {
        tx.insert_invitation(&invitation(n)).await.unwrap();
    }
    assert!(tx.update_invitation_token("org-1", "invitation-1", "newer", at(60)).await.unwrap());
    assert!(!tx.update_invitation_token("org-2", "invitation-1", "other", at(60)).await.unwrap());
    assert!(!tx.update_invitation_accepted("newer", "staff-2", at(60)).await.unwrap(), "over");
    assert!(tx.update_invitation_accepted("newer", "staff-2", at(59)).await.unwrap());
    assert!(!tx.update_invitation_accepted("newer", "staff-1", at(59)).await.unwrap(), "once");
    assert!(!tx.update_invitation_withdrawn("org-2", "invitation-2", at(5)).await.unwrap());
    assert!(tx.update_invitation_withdrawn("org-1", "invitation-2", at(5)).await.unwrap());
    assert!(!tx.update_invitation_withdrawn("org-1", "invitation-1", at(5)).await.unwrap(), "accepted");
    assert!(!tx.update_invitation_accepted("invitation-hash-2", "staff-1", at(6)).await.unwrap(), "withdrawn");
    tx.commit().await.unwrap();
    assert_eq!(store.find_invitation("invitation-hash-1").await.unwrap(), None);
    let accepted = store.find_invitation("newer").await.unwrap().unwrap();
    assert_eq!((accepted.accepted, accepted.accepted_by.as_deref()), (Some(at(59)), Some("staff-2")));
    let list = store.list_invitations("org-1").await.unwrap();
    assert_eq!(
        list.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(),
        ["invitation-3", "invitation-2", "invitation-1"]
    );
    assert!(list[0].is_open(at(49)) && !list[0].is_open(at(50)) && !list[1].is_open(at(6)));
    assert_eq!(store.list_invitations("org-2").await.unwrap(), []);
}

async fn tokens(store: &Store) {
    let token = |n: i64| ApiToken {
        org_id: "org-1".into(),
        id: format!("token-{n}"),
        token_hash: format!("token-hash-{n}"),
        person_id: "staff-1".into(),
        label: "Nightly".into(),
        scopes: vec![Scope::Read, Scope::Award],
        created: at(n),
        expires: at(100 * n),
        used: None,
        revoked: None,
        warned: None,
    };
    let mut tx = store.begin().await.unwrap();
    for n in 1..=3 {
        tx.insert_api_token(&token(n)).await.unwrap();
    }
    tx.update_api_token_used("token-hash-1", at(7)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.find_api_token("token-hash-1").await.unwrap(), Some(ApiToken { used: Some(at(7)), ..token(1) }));
    assert_eq!(store.find_api_token("guessed").await.unwrap(), None);
    let ending = store.list_api_tokens_ending(at(50), at(200)).await.unwrap();
    assert_eq!(ending.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["token-1", "token-2"]);
    let mut tx = store.begin().await.unwrap();
    assert!(tx.update_api_token_warned("org-1", "token-1", at(50)).await.unwrap());
    assert!(!tx.update_api_token_warned("org-1", "token-1", at(51)).await.unwrap());
    assert!(!tx.update_api_token_revoked("org-2", "token-2", at(51)).await.unwrap());
    assert!(tx.update_api_token_revoked("org-1", "token-2", at(51)).await.unwrap());
    assert!(!tx.update_api_token_revoked("org-1", "token-2", at(52)).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(store.list_api_tokens_ending(at(50), at(200)).await.unwrap(), []);
    let list = store.list_api_tokens("org-1").await.unwrap();
    assert_eq!(list.iter().map(|one| one.revoked).collect::<Vec<_>>(), [None, Some(at(51)), None]);
    assert_eq!(store.list_api_tokens("org-2").await.unwrap(), []);
}

async fn site(store: &Store) {
    let site = Site { name: "Badges".into(), seal_salt: None, created: at(0) };
    assert_eq!(store.find_site().await.unwrap(), None);
    let mut tx = store.begin().await.unwrap();
    tx.insert_site(&site).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert!(matches!(tx.insert_site(&site).await, Err(StoreFault::Taken(_))), "once");
    drop(tx);
    assert_eq!(store.find_site().await.unwrap(), Some(site));
}
