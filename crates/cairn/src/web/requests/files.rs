//! Files of evidence, handed out to whoever may see them and to nobody's scripts.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use cairn_registrar::evidence::shows_inline;

use crate::web::app::App;
use crate::web::caller::Caller;
use crate::web::problem::Problem;

/// `GET /org/{slug}/evidence/{piece}`.
pub async fn member(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, piece)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let org = app.office.org_at(&slug).await?;
    file(&app, &caller, &org.id, &piece).await
}

/// `GET /home/requests/{id}/evidence/{piece}`.
pub async fn own(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, piece)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let whole = app.office.own_request(&caller.actor, &id).await?;
    file(&app, &caller, &whole.request.org_id, &piece).await
}

/// The file. Pictures, PDF and plain text may be looked at; all else is only ever saved.
async fn file(app: &App, caller: &Caller, org_id: &str, piece: &str) -> Result<Response, Problem> {
    let (one, bytes) = app.office.evidence_file(&caller.actor, org_id, piece).await?;
    let media_type = one.media_type.as_deref().unwrap_or("application/octet-stream");
    let inline = shows_inline(media_type);
    let ascii: String = one.name.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '_' }).collect();
    let place = if inline { "inline" } else { "attachment" };
    let disposition = format!("{place}; filename=\"{}\"", ascii.replace(['"', '\\'], "_"));
    let with_charset = if media_type == "text/plain" { "text/plain; charset=utf-8" } else { media_type };
    let value = |text: &str| HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static("attachment"));
    let headers = [
        (header::CONTENT_TYPE, value(with_charset)),
        (header::CONTENT_DISPOSITION, value(&disposition)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    Ok((headers, bytes).into_response())
}
