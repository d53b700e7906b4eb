//! About (with the sample files to try things with), and the API in words.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use cairn_registrar::demo::{DemoFile, DemoLearner};

use super::app::App;
use super::pages::{AboutPage, ApiEnd, ApiPage, Chrome, Here, page};
use super::problem::Problem;
use super::words;

/// `GET /about`.
pub async fn about(State(app): State<Arc<App>>) -> Response {
    page(&AboutPage {
        chrome: Chrome::new("About", Here::About, app.is_demo()),
        states: words::STATES.iter().map(|state| (words::state(*state), words::state_means(*state))).collect(),
        packs: app.packs().packs.iter().map(|p| (p.name.clone(), p.version.clone(), p.summary.clone())).collect(),
        samples: app.learners().iter().map(sample_files).collect(),
    })
}

fn sample_files(learner: &DemoLearner) -> (String, Vec<(String, String)>) {
    let file = |file: &DemoFile| (file.name.clone(), format!("/samples/{}/{}", learner.id, file.name));
    (learner.name.clone(), learner.files.iter().map(file).collect())
}

/// `GET /samples/{learner}/{file}`: a sample badge as a file.
pub async fn sample(
    State(app): State<Arc<App>>,
    Path((id, name)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let learner = app.learners().iter().find(|learner| learner.id == id);
    let Some(file) = learner.and_then(|learner| learner.files.iter().find(|file| file.name == name)) else {
        return Err(Problem::not_found("There is no such sample on this site."));
    };
    // To keep, not to open: an SVG on this site's own address stays fenced in all the same.
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
    ];
    Ok((headers, file.bytes.clone()).into_response())
}

/// `GET /samples/trust.json`: the sample issuers that this site trusts.
pub async fn sample_trust(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let Some(demo) = &app.office.demo else {
        return Err(Problem::not_found("There is no sample on this site."));
    };
    Ok(([(header::CONTENT_TYPE, "application/json")], demo.trust_json()).into_response())
}

/// `GET /docs/api`.
pub async fn api(State(app): State<Arc<App>>) -> Response {
    page(&ApiPage { chrome: Chrome::new("API", Here::Elsewhere, app.is_demo()), ends: ends() })
}

const FILES: (&str, &str) = (
    "files",
    "List of {\"name\", \"text\"} or {\"name\", \"base64\"}: badges in any form, zips, bundles, PDFs, plain text",
);
const URLS: (&str, &str) = ("urls", "List of https addresses of badges");
const HOLDER: (&str, &str) = (
    "holder",
    "{\"addresses\": [\"name@example.org\"]}; with {\"value\", \"confirmed\": true} the checker says that they confirmed it",
);
const TRUST: (&str, &str) = ("trust", "Trust lists (Cairn's form or a DCC registry) instead of this site's");
const AT: (&str, &str) = ("at", "The moment for which to judge, such as 2026-11-23T12:00:00Z; now unless said");
const REQUIRE: (&str, &str) =
    ("require", "Answers that must be good besides genuine and current: known, entitled, whose");
const ADS: (&str, &str) = ("ads", "Job ads: texts, or {\"name\", \"text\"}; several are read together");
const ROLE: (&str, &str) = ("role", "Id of a role of the catalogue, besides or instead of ads");
const CLAIMS: (&str, &str) = ("claims", "The learner's own words, a text or a list of texts");

fn ends() -> Vec<ApiEnd> {
    vec![
        ApiEnd {
            id: "verify",
            method: "POST",
            path: "/api/v1/verify",
            says: "Verifies badges. Answers the shape verify.v1. JSON as below, or a multipart form with files, text, address and trust.",
            members: vec![FILES, URLS, HOLDER, TRUST, AT, REQUIRE],
            example: "curl -s -F files=@badge.png http://127.0.0.1:8080/api/v1/verify",
        },
        ApiEnd {
            id: "gap",
            method: "POST",
            path: "/api/v1/gap",
            says: "Reads ads and holds badges against them. Answers the shape gap.v1.",
            members: vec![ADS, ROLE, CLAIMS, FILES, URLS, HOLDER, TRUST, AT, REQUIRE],
            example: "curl -s -H 'content-type: application/json' http://127.0.0.1:8080/api/v1/gap \\\n  -d '{\"ads\": [\"We need Kubernetes and SQL.\"], \"claims\": \"I use SQL every day.\"}'",
        },
        ApiEnd {
            id: "plan",
            method: "POST",
            path: "/api/v1/plan",
            says: "As gap, and the way to close it under a budget. Answers the shape plan.v1.",
            members: vec![
                (
                    "budget",
                    "{\"hours\": 60, \"money\": \"400\", \"currency\": \"USD\", \"by\": \"2027-06-30\", \"weekly_hours\": 8, \"rates\": [{\"from\", \"to\", \"rate\", \"date\"}]}; money may also be {\"minor\", \"currency\"}",
                ),
                ADS,
                ROLE,
                CLAIMS,
                FILES,
                URLS,
                HOLDER,
                TRUST,
                AT,
                REQUIRE,
            ],
            example: "curl -s -H 'content-type: application/json' http://127.0.0.1:8080/api/v1/plan \\\n  -d '{\"role\": \"cloud-engineer\", \"budget\": {\"hours\": 120, \"money\": \"500\", \"currency\": \"USD\"}}'",
        },
        ApiEnd {
            id: "health",
            method: "GET",
            path: "/healthz",
            says: "Whether the program runs. Answers the word ok.",
            members: Vec::new(),
            example: "",
        },
    ]
}
