//! The CASE 1.1 service (1EdTech, REST binding of 24 January 2025): frameworks that their owners publish, read-only.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use cairn_domain::framework::is_uuid;
use cairn_registrar::frameworks::{Definitions, only_fields};
use cairn_registrar::refusal::Trouble;
use serde::Deserialize;
use serde_json::{Value, json};

use super::app::App;

/// Where the service lives.
const BASE: &str = "/ims/case/v1p1";

/// The ends of the service.
pub fn routes() -> Router<Arc<App>> {
    let service: Router<Arc<App>> = Router::new()
        .route("/CFDocuments", get(documents))
        .route("/CFDocuments/{id}", get(|app: State<Arc<App>>, id: Path<String>| one(app, id, What::Document)))
        .route("/CFPackages/{id}", get(|app: State<Arc<App>>, id: Path<String>| one(app, id, What::Package)))
        .route("/CFItems/{id}", get(|app: State<Arc<App>>, id: Path<String>| one(app, id, What::Item)))
        .route(
            "/CFItemAssociations/{id}",
            get(|app: State<Arc<App>>, id: Path<String>| one(app, id, What::ItemAssociations)),
        )
        .route("/CFAssociations/{id}", get(|app: State<Arc<App>>, id: Path<String>| one(app, id, What::Association)))
        .merge(definition(Definitions::ItemTypes))
        .merge(definition(Definitions::Licenses))
        .merge(definition(Definitions::Concepts))
        .merge(definition(Definitions::Subjects))
        .merge(definition(Definitions::Rubrics))
        .merge(definition(Definitions::AssociationGroupings))
        .fallback(|| async { status(StatusCode::NOT_FOUND, "unknownobject", "There is no such end of CASE 1.1.") });
    Router::new().nest(BASE, service)
}

fn definition(of: Definitions) -> Router<Arc<App>> {
    let path = format!("/{}/{{id}}", of.word());
    Router::new().route(&path, get(move |app: State<Arc<App>>, id: Path<String>| one(app, id, What::Definition(of))))
}

/// What is asked for by its identifier.
#[derive(Clone, Copy)]
enum What {
    Document,
    Package,
    Item,
    ItemAssociations,
    Association,
    Definition(Definitions),
}

async fn one(State(app): State<Arc<App>>, Path(id): Path<String>, what: What) -> Response {
    if !is_uuid(&id) {
        let says = "An identifier of CASE is a UUID, such as 0b1e3a5c-1111-4aaa-8bbb-000000000001.";
        return status(StatusCode::BAD_REQUEST, "invaliduuid", says);
    }
    let office = &app.office;
    let found = match what {
        What::Document => office.case_document(&id).await,
        What::Package => office.case_package(&id).await,
        What::Item => office.case_item(&id).await,
        What::ItemAssociations => office.case_item_associations(&id).await,
        What::Association => office.case_association(&id).await,
        What::Definition(of) => office.case_definition(of, &id).await,
    };
    match found {
        Ok(Some(value)) => Json(value).into_response(),
        Ok(None) => {
            status(StatusCode::NOT_FOUND, "unknownobject", "Nothing that is published here has this identifier.")
        }
        Err(trouble) => fault(&trouble),
    }
}

/// What `CFDocuments` can be asked with.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ask {
    limit: Option<String>,
    offset: Option<String>,
    sort: Option<String>,
    order_by: Option<String>,
    filter: Option<String>,
    fields: Option<String>,
}

/// Members of a CFDocument by which it can be sorted and to which it can be cut down.
const FIELDS: [&str; 19] = [
    "identifier",
    "uri",
    "creator",
    "title",
    "lastChangeDateTime",
    "caseVersion",
    "publisher",
    "version",
    "language",
    "licenseURI",
    "description",
    "frameworkType",
    "officialSourceURL",
    "subject",
    "subjectURI",
    "adoptionStatus",
    "statusStartDate",
    "statusEndDate",
    "CFPackageURI",
];

/// `GET /CFDocuments`.
async fn documents(State(app): State<Arc<App>>, uri: Uri) -> Response {
    let Ok(Query(ask)) = Query::<Ask>::try_from_uri(&uri) else {
        return status(StatusCode::BAD_REQUEST, "invalid_selection_field", "The query of the address cannot be read.");
    };
    let page = match page(&ask) {
        Ok(page) => page,
        Err(refused) => return *refused,
    };
    let mut all = match app.office.case_documents().await {
        Ok(all) => all,
        Err(trouble) => return fault(&trouble),
    };
    if let Some(sort) = &ask.sort {
        all.sort_by_key(|document| document[sort.as_str()].as_str().unwrap_or_default().to_lowercase());
    }
    if page.descending {
        all.reverse();
    }
    let total = all.len();
    let fields: Vec<&str> = ask.fields.as_deref().unwrap_or_default().split(',').filter(|f| !f.is_empty()).collect();
    let some: Vec<Value> =
        all.into_iter().skip(page.offset).take(page.limit).map(|document| only_fields(document, &fields)).collect();
    let mut response = Json(json!({"CFDocuments": some})).into_response();
    let headers = response.headers_mut();
    headers.insert("x-total-count", HeaderValue::from(total));
    if let Ok(link) = HeaderValue::from_str(&links(&app, &ask, &page, total)) {
        headers.insert(header::LINK, link);
    }
    response
}

/// Which documents are wanted.
struct Page {
    limit: usize,
    offset: usize,
    descending: bool,
}

fn page(ask: &Ask) -> Result<Page, Box<Response>> {
    let bad = |code: &str, says: &str| Box::new(status(StatusCode::BAD_REQUEST, code, says));
    if ask.filter.as_deref().is_some_and(|filter| !filter.is_empty()) {
        let says = "This service does not filter. Take all documents and choose among them.";
        return Err(bad("invalid_filter_field", says));
    }
    let number = |text: &Option<String>, unless: usize| match text.as_deref() {
        None | Some("") => Ok(unless),
        Some(text) => text.parse().map_err(|_| bad("invalid_selection_field", "limit and offset are whole numbers.")),
    };
    let (limit, offset) = (number(&ask.limit, 100)?, number(&ask.offset, 0)?);
    if limit == 0 {
        return Err(bad("invalid_selection_field", "The limit is at least 1."));
    }
    if ask.sort.as_deref().is_some_and(|sort| !FIELDS.contains(&sort)) {
        return Err(bad("invalid_sort_field", "Sort by a member of CFDocument, such as title."));
    }
    let unknown = |fields: &str| fields.split(',').any(|field| !field.is_empty() && !FIELDS.contains(&field));
    if ask.fields.as_deref().is_some_and(unknown) {
        return Err(bad("invalid_selection_field", "`fields` names members of CFDocument, with commas between them."));
    }
    let descending = match ask.order_by.as_deref() {
        None | Some("" | "asc") => false,
        Some("desc") => true,
        Some(_) => return Err(bad("invalid_sort_field", "orderBy is asc or desc.")),
    };
    Ok(Page { limit: limit.min(500), offset, descending })
}

/// `Link` (RFC 8288) to the first, previous, next and last page.
fn links(app: &App, ask: &Ask, page: &Page, total: usize) -> String {
    let last = total.saturating_sub(1) / page.limit * page.limit;
    let mut places = vec![("first", 0), ("last", last)];
    if page.offset > 0 {
        places.push(("prev", page.offset.saturating_sub(page.limit)));
    }
    if page.offset + page.limit < total {
        places.push(("next", page.offset + page.limit));
    }
    let rest: String = [("sort", &ask.sort), ("orderBy", &ask.order_by), ("fields", &ask.fields)]
        .into_iter()
        .filter_map(|(name, value)| value.as_ref().map(|value| format!("&{name}={value}")))
        .collect();
    let link = |(rel, offset): (&str, usize)| {
        let base = &app.office.base_url;
        format!("<{base}{BASE}/CFDocuments?limit={}&offset={offset}{rest}>; rel=\"{rel}\"", page.limit)
    };
    places.into_iter().map(link).collect::<Vec<_>>().join(", ")
}

/// A no as the binding writes it: `imsx_StatusInfo`.
fn status(status: StatusCode, minor: &str, says: &str) -> Response {
    let body = json!({
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": says,
        "imsx_CodeMinor": {
            "imsx_codeMinorField": [{
                "imsx_codeMinorFieldName": "TargetEndSystem",
                "imsx_codeMinorFieldValue": minor,
            }],
        },
    });
    (status, Json(body)).into_response()
}

fn fault(trouble: &Trouble) -> Response {
    match trouble {
        Trouble::Refusal(refusal) => status(StatusCode::NOT_FOUND, "unknownobject", &refusal.says),
        Trouble::Fault(fault) => {
            tracing::error!(fault = %fault, "A request of CASE failed: {fault}");
            status(StatusCode::INTERNAL_SERVER_ERROR, "internal_server_error", "Something broke on our side.")
        }
    }
}
