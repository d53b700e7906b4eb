//! Speaking with a provider, by openidconnect. What it fetches goes through the gatherer.

use std::pin::Pin;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cairn_store::SingleSignOn;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreJwsSigningAlgorithm, CoreProviderMetadata,
    CoreUserInfoClaims,
};
use openidconnect::{
    AsyncHttpClient, AuthType, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, Scope, TokenResponse, http,
};
use serde::{Deserialize, Serialize};

use crate::Office;
use crate::gather::{Asked, Gatherer};
use crate::outside::Outside;
use crate::refusal::{Refusal, Trouble};

/// How ID tokens may be signed: by a provider's own key. Never unsigned (`none`), and not with the client secret.
const SIGNED_BY: [CoreJwsSigningAlgorithm; 8] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type Spoken =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// A provider that can be spoken with.
pub(super) struct Client(Spoken);

/// What goes out with a browser and must come back the same.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Question {
    state: String,
    nonce: String,
    verifier: String,
}

/// What a provider said of somebody, its signature and claims checked.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub subject: String,
    pub email: Option<String>,
    pub email_verified: bool,
    pub name: Option<String>,
}

impl Question {
    /// New and unguessable.
    pub fn new(outside: &Outside) -> Question {
        let word = || URL_SAFE_NO_PAD.encode(outside.bytes::<32>());
        Question { state: word(), nonce: word(), verifier: word() }
    }

    /// Whether an answer belongs to it.
    pub fn is_answered_by(&self, state: &str) -> bool {
        self.state == state
    }
}

/// What a provider says of itself (OpenID Connect Discovery 1.0), its keys with it.
pub(super) async fn discover(office: &Office, issuer_url: &str) -> Result<CoreProviderMetadata, Trouble> {
    let no = |says: String| Refusal::new("no-provider", says);
    let issuer = IssuerUrl::new(issuer_url.into())
        .map_err(|_| no("The provider's address cannot be read. Write it as its makers do: https://…".into()))?;
    let http = Carrier(office.providers.clone());
    CoreProviderMetadata::discover_async(issuer, &http).await.map_err(|error| {
        let told = told(&error);
        no(format!(
            "No provider answered at this address as OpenID Connect asks (/.well-known/openid-configuration). {told}"
        ))
        .into()
    })
}

/// An organisation's provider.
pub(super) async fn client(office: &Office, set: &SingleSignOn, secret: &Option<String>) -> Result<Client, Trouble> {
    let metadata = discover(office, &set.issuer_url).await?;
    let by_body = metadata.token_endpoint_auth_methods_supported().is_some_and(|ways| {
        ways.contains(&CoreClientAuthMethod::ClientSecretPost)
            && !ways.contains(&CoreClientAuthMethod::ClientSecretBasic)
    });
    let back = RedirectUrl::new(office.sign_on_callback()).map_err(|error| Trouble::fault(error.to_string()))?;
    let id = ClientId::new(set.client_id.clone());
    let client =
        CoreClient::from_provider_metadata(metadata, id, secret.clone().map(ClientSecret::new)).set_redirect_uri(back);
    Ok(Client(if by_body { client.set_auth_type(AuthType::RequestBody) } else { client }))
}

impl Client {
    /// Where a browser goes with the question.
    pub fn way(&self, asked: &Question) -> String {
        let (state, nonce) = (CsrfToken::new(asked.state.clone()), Nonce::new(asked.nonce.clone()));
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(asked.verifier.clone()));
        let (url, _, _) = self
            .0
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || state, || nonce)
            .add_scope(Scope::new("email".into()))
            .add_scope(Scope::new("profile".into()))
            .set_pkce_challenge(challenge)
            .url();
        url.into()
    }

    /// Exchanges the code for an ID token and checks it: signature, issuer, audience, nonce, time (OpenID Connect Core
    /// 1.0 §3.1.3.7). Claims that it does not carry are asked for at the UserInfo endpoint, for the same subject.
    pub async fn exchange(&self, office: &Office, asked: &Question, code: &str) -> Result<Said, Trouble> {
        let refused = |says: String| Trouble::from(Refusal::new("sso-refused", says));
        let http = Carrier(office.providers.clone());
        let request = self
            .0
            .exchange_code(AuthorizationCode::new(code.into()))
            .map_err(|_| refused("The provider names no token endpoint.".into()))?
            .set_pkce_verifier(PkceCodeVerifier::new(asked.verifier.clone()));
        let answer = request.request_async(&http).await.map_err(|error| {
            refused(format!("The provider did not take the code that it had sent. Begin again. {}", told(&error)))
        })?;
        let token = answer.id_token().ok_or_else(|| refused("The provider sent no ID token.".into()))?;
        // the office's clock, in the form in which the library wants it
        let now = serde_json::from_value(serde_json::json!(office.now().to_string()))
            .map_err(|error| Trouble::fault(error.to_string()))?;
        let verifier = self.0.id_token_verifier().set_allowed_algs(SIGNED_BY).set_time_fn(move || now);
        let claims = token
            .claims(&verifier, &Nonce::new(asked.nonce.clone()))
            .map_err(|error| refused(format!("What the provider says of you does not hold: {}", told(&error))))?;
        let mut said = Said {
            subject: claims.subject().to_string(),
            email: claims.email().map(|email| email.to_string()),
            email_verified: claims.email_verified() == Some(true),
            name: claims.name().and_then(|name| name.get(None)).map(|name| name.to_string()),
        };
        if said.email.is_none()
            && let Ok(more) = self.0.user_info(answer.access_token().clone(), Some(claims.subject().clone()))
        {
            let more: CoreUserInfoClaims = more
                .request_async(&http)
                .await
                .map_err(|error| refused(format!("The provider did not say your address. {}", told(&error))))?;
            said.email = more.email().map(|email| email.to_string());
            said.email_verified = more.email_verified() == Some(true);
            said.name = said.name.or_else(|| more.name().and_then(|name| name.get(None)).map(|name| name.to_string()));
        }
        Ok(said)
    }
}

/// Carries the library's requests out by the gatherer.
struct Carrier(Gatherer);

impl<'c> AsyncHttpClient<'c> for Carrier {
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Refusal>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        let gatherer = self.0.clone();
        Box::pin(async move { carry(gatherer, request).await })
    }
}

/// One request out, and its answer back.
async fn carry(gatherer: Gatherer, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    let (parts, body) = request.into_parts();
    let headers = parts.headers.iter();
    let headers = headers.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
    let asked = Asked {
        url: parts.uri.to_string(),
        headers: headers.collect(),
        body: (parts.method == http::Method::POST).then_some(body),
    };
    let answered = gatherer.ask(asked).await?;
    let response = http::Response::builder().status(answered.status);
    let response = response.header(http::header::CONTENT_TYPE, answered.media_type).body(answered.body);
    response.map_err(|_| Refusal::new("not-fetched", "The provider's answer cannot be read."))
}

/// An error with its causes, on one line.
fn told(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        told += &format!(": {deeper}");
        cause = deeper.source();
    }
    let told: String = told.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect();
    format!("({told})")
}
