//! What is sent to the API: JSON bodies and queries, refused as problems that say which member is wrong.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use super::shape::misplaced_list;
use super::{MemberProblem, RestProblem};
use crate::web::guard::MOST_BODY;

/// A JSON body. Refuses other media types (415), what is no JSON (400), and members that are unknown, absent or of
/// another type (422, with a pointer to the member).
#[derive(Debug, Clone, Copy)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + JsonSchema, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = RestProblem;

    async fn from_request(request: Request, state: &S) -> Result<Body<T>, RestProblem> {
        if !says_json(request.headers()) {
            let says = "Send JSON, and say so: Content-Type: application/json.";
            return Err(RestProblem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json", says));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|_| {
            let says = format!("The body may have {} MB, and must arrive whole.", MOST_BODY >> 20);
            RestProblem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", says)
        })?;
        read(&bytes).map(Body)
    }
}

/// The query of an address. Refuses (400) what cannot be read.
#[derive(Debug, Clone, Copy)]
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = RestProblem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Asked<T>, RestProblem> {
        axum::extract::Query::try_from_uri(&parts.uri).map(|query| Asked(query.0)).map_err(|error| {
            let says = format!("The query of the address cannot be read: {}", error.body_text());
            RestProblem::new(StatusCode::BAD_REQUEST, "bad-query", says)
        })
    }
}

/// Reads JSON bytes as a shape.
pub fn read<T: DeserializeOwned + JsonSchema>(bytes: &[u8]) -> Result<T, RestProblem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        if !error.inner().is_data() {
            return malformed(error.inner());
        }
        let what = error.inner().to_string();
        // the place in the text means nothing to whoever has made it with a program; the pointer does
        let detail = what.rsplit_once(" at line ").map_or(what.as_str(), |(before, _)| before);
        bad_member(pointer(error.path(), &what), detail)
    })?;
    json.end().map_err(|error| malformed(&error))?;
    match misplaced_list::<T>(bytes) {
        Some(pointer) => Err(bad_member(pointer, "a list stands where an object is wanted")),
        None => Ok(read),
    }
}

fn bad_member(pointer: String, detail: &str) -> RestProblem {
    let says = "The JSON has another shape than this end of the API takes; see errors for the member.";
    let mut problem = RestProblem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-member", says);
    problem.errors.push(MemberProblem { pointer, detail: detail.chars().take(600).collect() });
    problem
}

fn malformed(error: &serde_json::Error) -> RestProblem {
    RestProblem::new(
        StatusCode::BAD_REQUEST,
        "bad-json",
        format!("This is not JSON: {error}. Mend it and send it again."),
    )
}

/// JSON pointer (RFC 6901) to the member of which serde complains.
fn pointer(path: &Path, what: &str) -> String {
    let mut pointer = String::new();
    let mut last = String::new();
    for segment in path {
        let part = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => key.clone(),
            Segment::Enum { .. } | Segment::Unknown => continue,
        };
        pointer.push('/');
        pointer.push_str(&part.replace('~', "~0").replace('/', "~1"));
        last = part;
    }
    let named =
        ["unknown field `", "missing field `"].iter().find_map(|begin| what.strip_prefix(begin)?.split_once('`'));
    if let Some((name, _)) = named
        && (what.starts_with("missing") || last != name)
    {
        pointer.push('/');
        pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
    }
    pointer
}

/// `application/json`, or a media type that ends in `+json`.
fn says_json(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()) else { return false };
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only read")]
        n: u8,
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        all: Vec<Inner>,
    }

    fn refused(text: &str) -> (u16, String, String) {
        let problem = read::<Outer>(text.as_bytes()).unwrap_err();
        let error = problem.errors.first().cloned();
        let (pointer, detail) = error.map_or((String::new(), problem.says), |e| (e.pointer, e.detail));
        (problem.status.as_u16(), pointer, detail)
    }

    #[test]
    fn the_member_that_is_wrong_is_pointed_at() {
        assert_eq!(read::<Outer>(br#"{"all":[{"n":1}]}"#).unwrap().all.len(), 1);
        let (status, pointer, detail) = refused(r#"{"all":[{"n":1},{"n":"x"}]}"#);
        assert_eq!((status, pointer.as_str()), (422, "/all/1/n"), "{detail}");
        assert_eq!(refused(r#"{"all":[{"n":1,"a/b":2}]}"#).1, "/all/0/a~1b");
        assert_eq!(refused(r#"{"all":[{}]}"#).1, "/all/0/n");
        assert_eq!(refused("{}").1, "/all");
        assert_eq!(refused(r#"{"all":[{"n":300}]}"#).1, "/all/0/n");
        assert_eq!(refused("[]").0, 422);
        let (status, pointer, detail) = refused(r#"{"all":[[1]]}"#);
        assert_eq!((status, pointer.as_str()), (422, "/all/0"), "{detail}");
        assert_eq!(refused(r#"{"all":["#).0, 400);
        assert_eq!(refused("").0, 400);
        assert_eq!(refused(r#"{"all":[]} x"#).0, 400);
        assert!(!refused(r#"{"all":7}"#).2.contains("line"));
    }
}
