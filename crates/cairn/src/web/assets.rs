//! Style, script and icon, inside the program.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;

const CSS: &str = concat!(
    include_str!("../../static/cairn.css"),
    include_str!("../../static/parts/people.css"),
    include_str!("../../static/parts/orgs.css"),
    include_str!("../../static/parts/frameworks.css"),
    include_str!("../../static/parts/achievements.css"),
    include_str!("../../static/parts/awards.css"),
    include_str!("../../static/parts/credentials.css"),
    include_str!("../../static/parts/wallet.css"),
    include_str!("../../static/parts/signon.css"),
    include_str!("../../static/parts/bulk.css"),
);

const JS: &str = concat!(
    include_str!("../../static/cairn.js"),
    include_str!("../../static/parts/passkeys.js"),
    include_str!("../../static/parts/achievements.js")
);

const FILES: [(&str, &str, &str); 3] = [
    ("cairn.css", "text/css; charset=utf-8", CSS),
    ("cairn.js", "text/javascript; charset=utf-8", JS),
    ("cairn.svg", "image/svg+xml", include_str!("../../static/cairn.svg")),
];

/// The address of a file, which changes with its content so that it may be kept for long.
pub fn address(name: &str) -> String {
    let text = FILES.iter().find(|file| file.0 == name).map(|file| file.2).unwrap_or_default();
    let digest = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("/static/{name}?v={digest:016x}")
}

/// `GET /static/{name}`.
pub async fn file(Path(name): Path<String>) -> Response {
    match FILES.iter().find(|file| file.0 == name) {
        Some((_, kind, text)) => {
            ([(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, "public, max-age=86400")], *text).into_response()
        }
        None => Problem::not_found("There is no such file.").into_response(),
    }
}
