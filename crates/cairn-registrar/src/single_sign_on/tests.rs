//! The whole way against a provider of the test's own, and all the ways in which a provider's word does not hold.

use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use cairn_domain::access::Role;
use cairn_store::Letters;
use openidconnect::core::{
    CoreEdDsaPrivateSigningKey, CoreHmacKey, CoreIdToken, CoreIdTokenClaims, CoreJwsSigningAlgorithm,
};
use openidconnect::{
    Audience, EmptyAdditionalClaims, EndUserEmail, EndUserName, IssuerUrl, JsonWebKeyId, Nonce, PrivateSigningKey,
    StandardClaims, SubjectIdentifier,
};
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::gather::Gatherer;
use crate::outside::Outside;

/// What is wrong with what the provider says.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Twist {
    Nothing,
    OtherNonce,
    NoNonce,
    OtherIssuer,
    OtherAudience,
    TwoAudiences,
    Expired,
    Unsigned,
    SignedWithTheSecret,
    OtherKey,
    PayloadAltered,
    NotVerified,
    OtherDomain,
    NoEmail,
}

struct Provider {
    base: String,
    says: Arc<Mutex<(Twist, String)>>,
    /// Forms that were posted to the token endpoint.
    posted: Arc<Mutex<Vec<String>>>,
}

fn key(seed: u8) -> CoreEdDsaPrivateSigningKey {
    // PKCS#8 of an Ed25519 key (RFC 8410 §7): a fixed head and the seed
    let mut der = vec![0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    der.extend([seed; 32]);
    let (begin, end) = ("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----");
    let pem = format!("{begin}\n{}\n{end}\n", STANDARD.encode(der));
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new("k".into()))).unwrap()
}

impl Provider {
    async fn start() -> Provider {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let says = Arc::new(Mutex::new((Twist::Nothing, String::new())));
        let posted = Arc::new(Mutex::new(Vec::new()));
        let (issuer, said, forms) = (base.clone(), Arc::clone(&says), Arc::clone(&posted));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, issuer.clone(), Arc::clone(&said), Arc::clone(&forms)));
            }
        });
        Provider { base, says, posted }
    }
}

async fn answer(
    stream: TcpStream,
    base: String,
    says: Arc<Mutex<(Twist, String)>>,
    posted: Arc<Mutex<Vec<String>>>,
) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let mut request = String::new();
    stream.read_line(&mut request).await.ok()?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut form = vec![0; length];
    stream.read_exact(&mut form).await.ok()?;
    let path = request.split(' ').nth(1)?.to_owned();
    let body = match path.as_str() {
        "/.well-known/openid-configuration" => json!({
            "issuer": base, "authorization_endpoint": format!("{base}/auth"), "token_endpoint": format!("{base}/token"),
            "userinfo_endpoint": format!("{base}/me"), "jwks_uri": format!("{base}/jwks"),
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "EdDSA"],
        }),
        "/jwks" => json!({ "keys": [key(1).as_verification_key()] }),
        "/me" => json!({ "sub": "s-1", "email": "ada@learner.example", "email_verified": true, "name": "Ada" }),
        _ => {
            posted.lock().unwrap().push(String::from_utf8(form).ok()?);
            let (twist, nonce) = says.lock().unwrap().clone();
            json!({ "access_token": "a", "token_type": "Bearer", "id_token": id_token(&base, twist, &nonce) })
        }
    };
    let body = body.to_string();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
    stream.write_all(format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).as_bytes()).await.ok()
}

fn id_token(base: &str, twist: Twist, nonce: &str) -> String {
    let is = |other| twist == other;
    let at = |hour: &str| serde_json::from_value(json!(format!("2026-11-23T{hour}:00:00Z"))).unwrap();
    let email = if is(Twist::OtherDomain) { "ada@elsewhere.example" } else { "Ada@Learner.example" };
    let mut claims =
        StandardClaims::new(SubjectIdentifier::new("s-1".into())).set_name(Some(EndUserName::new("Ada".into()).into()));
    if !is(Twist::NoEmail) {
        claims =
            claims.set_email(Some(EndUserEmail::new(email.into()))).set_email_verified(Some(!is(Twist::NotVerified)));
    }
    let issuer = if is(Twist::OtherIssuer) { "https://evil.example" } else { base };
    let mut audiences = vec![Audience::new(if is(Twist::OtherAudience) { "somebody" } else { "cairn" }.into())];
    if is(Twist::TwoAudiences) {
        audiences.push(Audience::new("somebody".into()));
    }
    let nonce = match twist {
        Twist::OtherNonce => Some(Nonce::new("other".into())),
        Twist::NoNonce => None,
        _ => Some(Nonce::new(nonce.into())),
    };
    let until = at(if is(Twist::Expired) { "11" } else { "13" });
    let all = EmptyAdditionalClaims {};
    let claims =
        CoreIdTokenClaims::new(IssuerUrl::new(issuer.into()).unwrap(), audiences, until, at("10"), claims, all)
            .set_nonce(nonce);
    let token = match twist {
        Twist::SignedWithTheSecret => {
            let by = CoreHmacKey::new("hush");
            CoreIdToken::new(claims, &by, CoreJwsSigningAlgorithm::HmacSha256, None, None).unwrap()
        }
        _ => {
            let by = key(if is(Twist::OtherKey) { 2 } else { 1 });
            CoreIdToken::new(claims, &by, CoreJwsSigningAlgorithm::EdDsa, None, None).unwrap()
        }
    };
    let text = token.to_string();
    let parts: Vec<&str> = text.split('.').collect();
    match twist {
        Twist::Unsigned => format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), parts[1]),
        Twist::PayloadAltered => {
            let payload = String::from_utf8(URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
            let payload = payload.replace("s-1", "s-2");
            format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(payload), parts[2])
        }
        _ => text,
    }
}

struct Scene {
    office: Office,
    provider: Provider,
    org_id: String,
    slug: String,
}

async fn actor(office: &Office, email: &str) -> Actor {
    let person = office.open_account(email, "Somebody").await.unwrap();
    let token = office.begin_session(&person.id, "link", None).await.unwrap();
    office.actor_by_session(&token).await.unwrap()
}

async fn scene() -> Scene {
    let outside = Outside::fixed("2026-11-23T12:00:00Z".parse().unwrap(), 3);
    let mut office =
        Office::seeded("sqlite::memory:", "https://badges.example", outside, Gatherer::offline()).await.unwrap();
    office.providers = Gatherer::closed_network();
    let provider = Provider::start().await;
    let org = office.desk.set_up_issuer("Harbour", None).await.unwrap().org;
    let owner = office.open_account("owner@harbour.example", "Owner").await.unwrap();
    office.give_role(&org.id, &owner.id, Role::Owner, None).await.unwrap();
    let owner = actor(&office, "owner@harbour.example").await;
    office.set_sign_on(&owner, &org.id, &settings(&provider)).await.unwrap();
    Scene { office, provider, org_id: org.id, slug: org.slug }
}

fn settings(provider: &Provider) -> SignOnSettings {
    SignOnSettings {
        issuer_url: provider.base.clone(),
        client_id: "cairn".into(),
        secret: "hush".into(),
        domains: "learner.example, Other.example".into(),
        role: "assessor".into(),
    }
}

fn asked(url: &str, name: &str) -> String {
    let url = url::Url::parse(url).unwrap();
    url.query_pairs().find(|(of, _)| of == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

impl Scene {
    /// To the provider and back.
    async fn come(&self, twist: Twist) -> Result<Came, Trouble> {
        let away = self.office.begin_sign_on(&self.slug, Some("/account")).await.unwrap();
        *self.provider.says.lock().unwrap() = (twist, asked(&away.url, "nonce"));
        self.office.finish_sign_on(&away.token, "code", &asked(&away.url, "state"), None).await
    }

    /// The token of the newest letter's link.
    async fn letter(&self) -> String {
        let letters = self.office.desk.store.list_letters(Letters::Waiting, 100).await.unwrap();
        let words = letters.into_iter().find(|one| one.letter.to == "ada@learner.example").unwrap().letter.words;
        words.split("/sign-in/sso/confirm/").nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
    }
}

#[tokio::test]
async fn the_first_time_a_letter_confirms_and_then_the_subject_counts() {
    let scene = scene().await;
    let office = &scene.office;
    let Came::MustConfirm(email, cookie) = scene.come(Twist::Nothing).await.unwrap() else {
        panic!("somebody new was let in by a provider's word alone")
    };
    assert_eq!(email, "ada@learner.example");
    assert!(office.desk.store.find_person_by_email(&email).await.unwrap().is_none(), "no account before that");
    let form = scene.provider.posted.lock().unwrap()[0].clone();
    assert!(form.contains("code_verifier=") && form.contains("grant_type=authorization_code"), "{form}");

    let token = scene.letter().await;
    let other = office.confirm_sign_on(&token, "another browser", None).await.unwrap_err();
    assert!(other.to_string().contains("in the browser in which you began"), "{other}");
    let Came::In(session, next) = office.confirm_sign_on(&token, &cookie, None).await.unwrap() else { panic!() };
    assert_eq!(next, "/account");
    assert!(office.confirm_sign_on(&token, &cookie, None).await.is_err(), "only once");
    let ada = office.actor_by_session(&session).await.unwrap();
    assert_eq!(ada.roles_in(&scene.org_id).collect::<Vec<_>>(), [Role::Assessor]);

    let Came::In(session, _) = scene.come(Twist::Nothing).await.unwrap() else { panic!("a known subject waits") };
    assert_eq!(office.actor_by_session(&session).await.unwrap().person_id(), ada.person_id());
    let Came::In(..) = scene.come(Twist::NoEmail).await.unwrap() else { panic!("the address is asked for again") };

    // another provider's subjects are other people
    let owner = actor(office, "owner@harbour.example").await;
    let other = Provider::start().await;
    office.set_sign_on(&owner, &scene.org_id, &settings(&other)).await.unwrap();
    assert!(office.desk.store.find_sso_identity(&scene.org_id, "s-1").await.unwrap().is_none());
    office.end_sign_on(&owner, &scene.org_id).await.unwrap();
    assert!(office.begin_sign_on(&scene.slug, None).await.is_err());
}

#[tokio::test]
async fn an_account_that_exists_is_not_opened_by_a_providers_word() {
    let scene = scene().await;
    let office = &scene.office;
    let ada = office.open_account("ada@learner.example", "Ada").await.unwrap();
    let Came::MustConfirm(_, cookie) = scene.come(Twist::Nothing).await.unwrap() else { panic!("it was opened") };
    // a browser of somebody else, even with the letter's link, is not the one that began
    let token = scene.letter().await;
    assert!(office.confirm_sign_on(&token, "", None).await.is_err());
    let Came::In(session, _) = office.confirm_sign_on(&token, &cookie, None).await.unwrap() else { panic!() };
    assert_eq!(office.actor_by_session(&session).await.unwrap().person_id(), Some(ada.id.as_str()));
}

#[tokio::test]
async fn claims_that_are_not_in_the_token_are_asked_for() {
    let scene = scene().await;
    let Came::MustConfirm(email, _) = scene.come(Twist::NoEmail).await.unwrap() else { panic!() };
    assert_eq!(email, "ada@learner.example");
}

#[tokio::test]
async fn what_does_not_hold_is_refused() {
    let scene = scene().await;
    for twist in [
        Twist::OtherNonce,
        Twist::NoNonce,
        Twist::OtherIssuer,
        Twist::OtherAudience,
        Twist::TwoAudiences,
        Twist::Expired,
        Twist::Unsigned,
        Twist::SignedWithTheSecret,
        Twist::OtherKey,
        Twist::PayloadAltered,
        Twist::NotVerified,
        Twist::OtherDomain,
    ] {
        match scene.come(twist).await {
            Err(Trouble::Refusal(refusal)) => assert_eq!(refusal.code, "sso-refused", "{twist:?}: {}", refusal.says),
            other => panic!("{twist:?}: {other:?}"),
        }
    }
    let office = &scene.office;
    let away = office.begin_sign_on(&scene.slug, None).await.unwrap();
    let state = asked(&away.url, "state");
    assert!(office.finish_sign_on(&away.token, "code", "another state", None).await.is_err());
    let again = office.finish_sign_on(&away.token, "code", &state, None).await.unwrap_err();
    assert!(again.to_string().contains("finished already"), "an exchange is finished once: {again}");
    assert_eq!(asked(&away.url, "code_challenge_method"), "S256");
    assert!(!away.url.contains("hush"));
}

#[tokio::test]
async fn only_an_owner_sets_it_and_only_to_what_is_a_provider() {
    let scene = scene().await;
    let office = &scene.office;
    let stranger = actor(office, "stranger@elsewhere.example").await;
    let set = settings(&scene.provider);
    assert!(office.set_sign_on(&stranger, &scene.org_id, &set).await.is_err());
    assert!(office.find_sign_on(&stranger, &scene.org_id).await.is_err());
    assert!(office.end_sign_on(&stranger, &scene.org_id).await.is_err());
    let owner = actor(office, "owner@harbour.example").await;
    let code = async |set: SignOnSettings| match office.set_sign_on(&owner, &scene.org_id, &set).await {
        Err(Trouble::Refusal(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    };
    assert_eq!(code(SignOnSettings { role: "owner".into(), ..set.clone() }).await, "bad-role");
    assert_eq!(code(SignOnSettings { domains: "nodots".into(), ..set.clone() }).await, "bad-domains");
    assert_eq!(
        code(SignOnSettings { issuer_url: format!("{}/x", set.issuer_url), ..set.clone() }).await,
        "no-provider"
    );
    assert_eq!(code(SignOnSettings { issuer_url: "no address".into(), ..set.clone() }).await, "no-provider");

    let shown = office.find_sign_on(&owner, &scene.org_id).await.unwrap().unwrap();
    assert!(shown.has_secret);
    let kept = office.desk.store.find_single_sign_on(&scene.org_id).await.unwrap().unwrap();
    assert!(!kept.sealed_secret.unwrap().windows(4).any(|four| four == b"hush"), "the secret is sealed");
    office.set_sign_on(&owner, &scene.org_id, &SignOnSettings { secret: String::new(), ..set }).await.unwrap();
    assert!(office.find_sign_on(&owner, &scene.org_id).await.unwrap().unwrap().has_secret, "an empty field keeps it");

    let found = office.sign_on_for("Ada@Other.Example").await.unwrap().unwrap();
    assert_eq!(found, (scene.slug.clone(), "Harbour".into()));
    assert!(office.sign_on_for("harbour").await.unwrap().is_some());
    assert_eq!(office.sign_on_for("ada@elsewhere.example").await.unwrap(), None);
    assert!(office.begin_sign_on("nowhere", None).await.is_err());

    // by default, nothing private is spoken to
    let strict = Office { providers: Gatherer::online(), ..office.clone() };
    assert!(strict.begin_sign_on(&scene.slug, None).await.is_err());
}
