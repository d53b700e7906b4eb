//! The pages and the JSON API, on one router.
//!
//! Everything works without a script, by keyboard and on a phone. What visitors drop stays in memory ([`desk`]);
//! only a share that somebody asks for is stored.

mod account;
mod achievements;
mod ad;
mod api;
mod app;
mod art;
mod assets;
mod audit;
mod awards;
mod batches;
mod budget;
mod caller;
mod case;
mod catalogue;
mod claims;
mod credentials;
mod desk;
mod frameworks;
mod gap;
mod guard;
mod home;
mod issuers;
mod keys;
mod letters;
mod openapi;
mod orgs;
mod pages;
mod passkeys;
mod people;
mod plan;
mod problem;
mod published;
mod reference;
mod requests;
mod rest;
mod share;
mod share_file;
mod single_sign_on;
mod staff;
mod tokens;
mod upload;
mod verify;
mod view;
mod wallet;
mod words;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{StatusCode, Uri};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use cairn_registrar::Office;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use api::ApiProblem;
use app::App;
use problem::Problem;

pub use openapi::document as openapi_document;
pub use share_file::share_file;

/// Settings of the pages.
#[derive(Debug, Clone)]
pub struct Options {
    /// POSTs a minute from one address; 0 for no limit.
    pub posts_a_minute: u32,
    /// Whether a proxy stands before the site, whose word on who asks (the last of `X-Forwarded-For`) is taken.
    pub trusted_proxy: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { posts_a_minute: 240, trusted_proxy: false }
    }
}

/// Serves until interrupted; requests that are under way are finished.
///
/// # Errors
/// The listener fails.
pub async fn serve(office: Arc<Office>, listener: TcpListener, options: Options) -> Result<(), std::io::Error> {
    // The first visitor should not wait for the tables.
    let warming = Arc::clone(&office);
    tokio::task::spawn_blocking(move || warming.advisor.warm());
    tokio::spawn(purge_now_and_then(Arc::clone(&office)));
    tokio::spawn(work_on_batches(Arc::clone(&office)));
    let post = Arc::clone(&office);
    tokio::spawn(async move { post.deliver().await });
    let service = router(office, options).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(interrupted()).await
}

/// Shares whose time is over are not shown; within an hour they are not kept either.
async fn purge_now_and_then(office: Arc<Office>) {
    loop {
        if let Err(trouble) = office.purge_shares().await {
            tracing::error!("Shares that are over could not be deleted: {trouble}");
        }
        if let Err(trouble) = office.purge_sessions().await {
            tracing::error!("Sessions that are over could not be deleted: {trouble}");
        }
        if let Err(trouble) = office.warn_of_expiring_tokens(office.now()).await {
            tracing::error!("Letters about tokens that end could not be written: {trouble}");
        }
        if let Err(trouble) = office.purge_batch_files().await {
            tracing::error!("Files of old batches could not be deleted: {trouble}");
        }
        if let Err(trouble) = office.purge_answers().await {
            tracing::error!("Answers that are old could not be deleted: {trouble}");
        }
        tokio::time::sleep(std::time::Duration::from_secs(3_600)).await;
    }
}

/// Batches are checked, issued and undone beside what is asked for; several processes share the work.
async fn work_on_batches(office: Arc<Office>) {
    let me = office.outside.id();
    loop {
        let pause = match office.work_on_batches(&me).await {
            Ok(true) => 0,
            Ok(false) => 1,
            Err(trouble) => {
                tracing::error!("Batches could not be worked on: {trouble}");
                10
            }
        };
        tokio::time::sleep(std::time::Duration::from_secs(pause)).await;
    }
}

async fn interrupted() {
    // Without a signal to wait for, the program is ended by whoever runs it.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// All pages and the API around an office.
pub fn router(office: Arc<Office>, options: Options) -> Router {
    let app = Arc::new(App::new(office, &options));
    Router::new()
        .route("/", get(home::home))
        .route("/desk/sample", post(home::sample))
        .route("/desk/badges", post(home::badges))
        .route("/desk/badges/remove", post(home::remove_badge))
        .route("/desk/badges/{n}", get(home::badge))
        .route("/desk/badges/{n}/picture", get(home::picture))
        .route("/desk/ad", post(home::ad))
        .route("/desk/ad/remove", post(home::remove_ad))
        .route("/desk/budget", post(home::set_budget))
        .route("/desk/forget", post(home::forget))
        .route("/desk/share", post(share::make))
        .route("/desk/share/end", post(share::end))
        .route("/s/{token}", get(share::show))
        .route("/s/{token}/proof.cairn.json", get(share::file))
        .route("/verify", get(verify::form).post(verify::check))
        .route("/catalogue", get(catalogue::list))
        .route("/catalogue/offers/{id}", get(catalogue::offer))
        .route("/catalogue/roles/{id}", get(catalogue::role))
        .route("/about", get(reference::about))
        .route("/samples/trust.json", get(reference::sample_trust))
        .route("/samples/{learner}/{file}", get(reference::sample))
        .route("/docs/api", get(reference::api))
        .route("/api/v1/verify", post(api::verify))
        .route("/api/v1/gap", post(api::gap))
        .route("/api/v1/plan", post(api::plan))
        .route("/api/v1/openapi.json", get(openapi::serve))
        .route("/healthz", get(|| async { "ok" }))
        .route("/static/{name}", get(assets::file))
        .merge(published::routes())
        .merge(people::routes())
        .merge(account::routes())
        .merge(orgs::routes())
        .merge(staff::routes())
        .merge(tokens::routes())
        .merge(keys::routes())
        .merge(audit::routes())
        .merge(single_sign_on::routes())
        .merge(passkeys::routes())
        .merge(letters::routes())
        .merge(issuers::routes())
        .merge(frameworks::routes())
        .merge(case::routes())
        .merge(achievements::routes())
        .merge(awards::routes())
        .merge(requests::routes())
        .merge(credentials::routes())
        .merge(claims::routes())
        .merge(wallet::routes())
        .merge(batches::routes())
        .merge(rest::orgs::routes())
        .merge(rest::staff::routes())
        .merge(rest::tokens::routes())
        .merge(rest::wallet::routes())
        .merge(rest::frameworks::routes())
        .merge(rest::achievements::routes())
        .merge(rest::awards::routes())
        .merge(rest::requests::routes())
        .merge(rest::batches::routes())
        .fallback(nowhere)
        .method_not_allowed_fallback(not_this_way)
        .layer(DefaultBodyLimit::max(guard::MOST_BODY))
        .layer(from_fn_with_state(Arc::clone(&app), caller::members_only))
        .layer(from_fn_with_state(Arc::clone(&app), rest::door::door))
        .layer(from_fn_with_state(Arc::clone(&app), guard::watch))
        .layer(from_fn(people::to_sign_in))
        .layer(CatchPanicLayer::custom(|_| broke()))
        .layer(CompressionLayer::new())
        .layer(from_fn(guard::dress))
        .with_state(app)
}

async fn nowhere(uri: Uri) -> Response {
    let says = "There is no page at this address. Perhaps it was mistyped, or it was on a desk that is forgotten.";
    said(&uri, Problem::not_found(says))
}

async fn not_this_way(uri: Uri) -> Response {
    let says = "This address does not take that kind of request. Go to the front page and try from there.";
    said(&uri, Problem { status: StatusCode::METHOD_NOT_ALLOWED, says: says.into() })
}

/// As JSON to programs, as a page to people.
fn said(uri: &Uri, problem: Problem) -> Response {
    if uri.path().starts_with("/api/") { ApiProblem::from(problem).into_response() } else { problem.into_response() }
}

/// A panic is a fault of ours; the request that met it gets the page for that, the others notice nothing.
fn broke() -> Response {
    Problem::fault(&"a panic while answering a request").into_response()
}
