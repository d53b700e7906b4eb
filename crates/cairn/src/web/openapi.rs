//! `GET /api/v1/openapi.json`: OpenAPI 3.1, its schemas made from the Rust types.

use axum::Json;
use cairn_registrar::shapes::{GapReport, PlanReport, VerifyReport};
use schemars::JsonSchema;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value, json};

use super::api::{GapAsk, VerifyAsk};
use super::rest::ProblemBody;

/// `GET /api/v1/openapi.json`.
pub async fn serve() -> Json<Value> {
    Json(document())
}

/// The document as it is put together.
pub struct Describe {
    schemas: SchemaGenerator,
    paths: Map<String, Value>,
}

/// One end of the API, as it is described.
pub struct End {
    method: &'static str,
    path: &'static str,
    operation: Value,
}

impl Describe {
    /// The schema of a type, to be put where a schema stands.
    pub fn schema<T: JsonSchema>(&mut self) -> Value {
        self.schemas.subschema_for::<T>().to_value()
    }

    /// Begins an end. `path` is as in the router (`/api/v1/orgs/{org}/awards`); its variables become parameters.
    pub fn end(&mut self, method: &'static str, path: &'static str, id: &str, says: &str) -> End {
        let parameters: Vec<Value> = path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}}))
            .collect();
        let mut operation = json!({"operationId": id, "summary": says, "responses": {}});
        if !parameters.is_empty() {
            operation["parameters"] = Value::Array(parameters);
        }
        End { method, path, operation }
    }

    /// Adds an end, with the problems that any end may answer.
    pub fn add(&mut self, mut end: End) {
        let problem = self.schema::<ProblemBody>();
        if !end.operation["requestBody"].is_null() {
            let all = [
                ("408", "The body did not arrive in time."),
                ("413", "The body is too large."),
                ("415", "The body is of a media type that is not taken."),
                ("422", "Understood, but it cannot be done; `errors` points to the members that are wrong."),
            ];
            end.problems(&problem, &all);
        }
        if end.path.starts_with("/api/") {
            end.problems(&problem, &[("401", "Not signed in, or a token that is not good.")]);
        }
        if end.method != "get" {
            end.problems(&problem, &[("403", "Not allowed, or sent by a page of another site.")]);
        }
        let all = [
            ("400", "Malformed."),
            ("429", "Too many requests: `Retry-After` says after how many seconds to come again."),
            ("500", "Our fault."),
            ("503", "Too busy, or it took too long: `Retry-After` says after how many seconds to come again."),
        ];
        end.problems(&problem, &all);
        for status in ["429", "503"] {
            end.operation["responses"][status]["headers"]["Retry-After"] =
                json!({"description": "Seconds.", "schema": {"type": "integer", "minimum": 1}});
        }
        let at = self.paths.entry(end.path).or_insert_with(|| json!({}));
        at[end.method] = end.operation;
    }

    /// Adds an end that needs a token or a session, with the problems that come with that.
    pub fn add_guarded(&mut self, mut end: End) {
        end.operation["security"] = json!([{"token": []}, {"session": []}]);
        if end.method == "post" {
            let says = "Yours, 1 to 200 visible characters: the same request with the same key within a day is not \
                        acted on again, and gets the first answer with `Idempotent-Replay: true`.";
            let schema = json!({"type": "string", "pattern": "^[!-~]{1,200}$"});
            end = end.asks("header", "Idempotency-Key", says, schema);
            end = end.refuses(self, "409", "Not as things stand; or a request with this key is still under way.");
            end =
                end.refuses(self, "422", "Understood, but it cannot be done; or the key was used for another request.");
        }
        let problem = self.schema::<ProblemBody>();
        end.problems(
            &problem,
            &[
                ("401", "Neither a token nor a session."),
                ("403", "The token or role does not allow it."),
                ("404", "No such thing, or none that you may see."),
            ],
        );
        self.add(end);
    }
}

impl End {
    /// It takes a JSON body of this schema.
    pub fn takes(mut self, schema: Value) -> End {
        self.operation["requestBody"] = json!({"required": true, "content": {"application/json": {"schema": schema}}});
        self
    }

    /// It takes a body of another media type.
    pub fn takes_type(mut self, media_type: &str, schema: Value) -> End {
        self.operation["requestBody"]["required"] = json!(true);
        self.operation["requestBody"]["content"][media_type] = json!({"schema": schema});
        self
    }

    /// A query or header parameter.
    pub fn asks(mut self, place: &str, name: &str, says: &str, schema: Value) -> End {
        let one = json!({"name": name, "in": place, "description": says, "schema": schema});
        match &mut self.operation["parameters"] {
            Value::Array(all) => all.push(one),
            empty => *empty = json!([one]),
        }
        self
    }

    /// A query or header parameter without which it cannot be asked.
    pub fn needs(mut self, place: &str, name: &str, says: &str, schema: Value) -> End {
        self = self.asks(place, name, says, schema);
        if let Some(last) = self.operation["parameters"].as_array_mut().and_then(|all| all.last_mut()) {
            last["required"] = json!(true);
        }
        self
    }

    /// It lists pages: `after` and `limit`.
    pub fn pages(self) -> End {
        self.asks("query", "after", "The cursor of the page before.", json!({"type": "string"})).asks(
            "query",
            "limit",
            "How many items.",
            json!({"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
        )
    }

    /// It answers JSON of this schema.
    pub fn answers(mut self, status: &str, says: &str, schema: Value) -> End {
        self.operation["responses"][status] =
            json!({"description": says, "content": {"application/json": {"schema": schema}}});
        self
    }

    /// It answers another media type.
    pub fn answers_type(mut self, status: &str, says: &str, media_type: &str, schema: Value) -> End {
        self.operation["responses"][status]["description"] = json!(says);
        self.operation["responses"][status]["content"][media_type] = json!({"schema": schema});
        self
    }

    /// It answers nothing but the status.
    pub fn answers_nothing(mut self, status: &str, says: &str) -> End {
        self.operation["responses"][status] = json!({"description": says});
        self
    }

    /// It may answer this problem.
    pub fn refuses(mut self, api: &mut Describe, status: &str, says: &str) -> End {
        let problem = api.schema::<ProblemBody>();
        self.problems(&problem, &[(status, says)]);
        self
    }

    fn problems(&mut self, problem: &Value, all: &[(&str, &str)]) {
        for (status, says) in all {
            if self.operation["responses"][*status].is_null() {
                self.operation["responses"][*status] =
                    json!({"description": says, "content": {"application/problem+json": {"schema": problem}}});
            }
        }
    }
}

/// The whole document.
pub fn document() -> Value {
    let settings =
        SchemaSettings::draft2020_12().with(|settings| settings.definitions_path = "/components/schemas".into());
    let mut api = Describe { schemas: settings.into_generator(), paths: Map::new() };
    checking(&mut api);
    super::rest::orgs::describe(&mut api);
    super::rest::staff::describe(&mut api);
    super::rest::tokens::describe(&mut api);
    super::rest::wallet::describe(&mut api);
    super::rest::frameworks::describe(&mut api);
    super::rest::achievements::describe(&mut api);
    super::rest::awards::describe(&mut api);
    super::rest::requests::describe(&mut api);
    super::rest::batches::describe(&mut api);
    let definitions = api.schemas.take_definitions(true);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Cairn",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Verify badges, read job ads against them, plan the way; and issue badges of one's own. \
                            Nothing sent to verify, gap or plan is kept.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": api.paths,
        "components": {
            "schemas": definitions,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "An API token of an organisation."},
                "session": {"type": "apiKey", "in": "cookie", "name": "cairn-session"},
            },
        },
    })
}

/// The ends that check, weigh and plan.
fn checking(api: &mut Describe) {
    let (verify_ask, gap_ask) = (api.schema::<VerifyAsk>(), api.schema::<GapAsk>());
    let refused = [
        ("403", "Sent by a page of another site."),
        ("413", "Too large."),
        ("422", "Understood, but it cannot be done."),
    ];
    let files = json!({
        "type": "object",
        "properties": {
            "files": {"type": "array", "items": {"type": "string", "contentMediaType": "application/octet-stream"}},
            "text": {"type": "string"},
            "address": {"type": "string"},
            "trust": {"type": "string", "contentMediaType": "application/octet-stream"},
        },
    });
    let report = api.schema::<VerifyReport>();
    let verify = api.end("post", "/api/v1/verify", "verify", "Verify badges.").takes(verify_ask);
    let verify = verify.takes_type("multipart/form-data", files).answers("200", "The report.", report);
    let report = api.schema::<GapReport>();
    let gap = api.end("post", "/api/v1/gap", "gap", "Hold badges against job ads or a role.");
    let gap = gap.takes(gap_ask.clone()).answers("200", "The report.", report);
    let report = api.schema::<PlanReport>();
    let plan = api.end("post", "/api/v1/plan", "plan", "The cheapest way to close the gap under a budget.");
    let plan = plan.takes(gap_ask).answers("200", "The report.", report);
    for mut end in [verify, gap, plan] {
        for (status, says) in refused {
            end = end.refuses(api, status, says);
        }
        api.add(end);
    }
    let health = api.end("get", "/healthz", "healthz", "Whether the program runs.");
    api.add(health.answers_type("200", "It runs.", "text/plain", json!({"type": "string"})));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every `$ref` of the document leads somewhere.
    #[test]
    fn every_reference_resolves() {
        fn walk(value: &Value, all: &Value, seen: &mut usize) {
            match value {
                Value::Object(members) => {
                    if let Some(Value::String(to)) = members.get("$ref") {
                        let pointer = to.strip_prefix('#').expect("local");
                        assert!(all.pointer(pointer).is_some(), "{to}");
                        *seen += 1;
                    }
                    members.values().for_each(|member| walk(member, all, seen));
                }
                Value::Array(items) => items.iter().for_each(|item| walk(item, all, seen)),
                _ => {}
            }
        }
        let document = document();
        let mut seen = 0;
        walk(&document, &document, &mut seen);
        assert!(seen > 50, "{seen} references");
    }
}
