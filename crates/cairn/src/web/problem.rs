//! What goes wrong, as a page with a sentence.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::pages::{Chrome, Here, ProblemPage, page};

/// The status for a refusal's code. Codes that are not named here are things that were understood and cannot be done.
pub fn status_of(code: &str) -> StatusCode {
    match code {
        "sign-in" | "bad-token" => StatusCode::UNAUTHORIZED,
        "not-allowed" | "sign-in-again" => StatusCode::FORBIDDEN,
        "not-found" => StatusCode::NOT_FOUND,
        "taken" | "already-done" | "not-now" => StatusCode::CONFLICT,
        "changed-meanwhile" => StatusCode::PRECONDITION_FAILED,
        "too-large" => StatusCode::PAYLOAD_TOO_LARGE,
        "too-many" => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// A no, or a fault, as a page: what is wrong, where, what to do.
#[derive(Debug, Clone)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// A sentence or two.
    pub says: String,
}

impl Problem {
    /// The request was understood and cannot be done.
    pub fn cannot(says: impl Into<String>) -> Problem {
        Problem { status: StatusCode::UNPROCESSABLE_ENTITY, says: says.into() }
    }

    /// The request itself is broken.
    pub fn broken(says: impl Into<String>) -> Problem {
        Problem { status: StatusCode::BAD_REQUEST, says: says.into() }
    }

    /// Too large.
    pub fn too_large(says: impl Into<String>) -> Problem {
        Problem { status: StatusCode::PAYLOAD_TOO_LARGE, says: says.into() }
    }

    /// There is no such thing here.
    pub fn not_found(says: impl Into<String>) -> Problem {
        Problem { status: StatusCode::NOT_FOUND, says: says.into() }
    }

    /// Our fault. What exactly goes to the log, not to the page.
    pub fn fault(what: &dyn std::fmt::Display) -> Problem {
        tracing::error!(fault = %what, "A request failed: {what}");
        Problem {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            says:
                "Something broke on our side, not on yours. Nothing you dropped was stored. Try again; if it happens \
                   again, tell whoever runs this site what you did."
                    .into(),
        }
    }
}

impl Problem {
    /// The page that says it.
    pub fn page(self) -> ProblemPage {
        let heading = match self.status {
            StatusCode::NOT_FOUND => "Not here",
            StatusCode::GONE => "Gone for good",
            StatusCode::PAYLOAD_TOO_LARGE => "That is too large",
            StatusCode::TOO_MANY_REQUESTS => "A moment, please",
            StatusCode::INTERNAL_SERVER_ERROR => "That was us",
            StatusCode::SERVICE_UNAVAILABLE => "Too busy just now",
            StatusCode::REQUEST_TIMEOUT => "That took too long",
            StatusCode::UNAUTHORIZED => "Please sign in",
            StatusCode::FORBIDDEN => "Not from there",
            StatusCode::CONFLICT => "Not as things stand",
            StatusCode::PRECONDITION_FAILED => "Somebody was quicker",
            StatusCode::METHOD_NOT_ALLOWED => "Not this way",
            _ => "That did not work",
        };
        ProblemPage {
            chrome: Chrome::new(heading, Here::Elsewhere, false),
            status: format!("{} {}", self.status.as_u16(), self.status.canonical_reason().unwrap_or_default()),
            heading: heading.into(),
            says: self.says,
            back: if self.status == StatusCode::UNAUTHORIZED { "/sign-in" } else { "/" }.into(),
            back_to: if self.status == StatusCode::UNAUTHORIZED { "Sign in" } else { "To the front page" }.into(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status;
        (status, page(&self.page())).into_response()
    }
}
