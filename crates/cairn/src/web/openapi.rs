//! `GET /api/v1/openapi.json`: OpenAPI 3.1, its schemas made from the Rust types.

use axum::Json;
use cairn_registrar::shapes::{GapReport, PlanReport, VerifyReport};
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::api::{ErrorBody, GapAsk, VerifyAsk};

/// `GET /api/v1/openapi.json`.
pub async fn serve() -> Json<Value> {
    Json(document())
}

/// The whole document.
pub fn document() -> Value {
    let settings =
        SchemaSettings::draft2020_12().with(|settings| settings.definitions_path = "/components/schemas".into());
    let mut schemas = settings.into_generator();
    let error = schemas.subschema_for::<ErrorBody>();
    let verify_ask = schemas.subschema_for::<VerifyAsk>();
    let gap_ask = schemas.subschema_for::<GapAsk>();
    let verify = schemas.subschema_for::<VerifyReport>();
    let gap = schemas.subschema_for::<GapReport>();
    let plan = schemas.subschema_for::<PlanReport>();
    let definitions = schemas.take_definitions(true);
    let answer = |says: &str, schema: &schemars::Schema| json!({"description": says, "content": {"application/json": {"schema": schema}}});
    let post = |id: &str, says: &str, ask: &schemars::Schema, answers: &schemars::Schema| {
        let mut responses = json!({"200": answer("The report.", answers)});
        for (status, says) in [
            ("400", "Not JSON, or of another shape."),
            ("403", "Sent by a page of another site."),
            ("413", "Too large."),
            ("422", "Understood, but it cannot be done."),
            ("429", "Too many requests from one address."),
            ("500", "Our fault."),
            ("503", "Too busy, or it took too long."),
        ] {
            responses[status] = answer(says, &error);
        }
        json!({"post": {
            "operationId": id,
            "summary": says,
            "requestBody": {"required": true, "content": {"application/json": {"schema": ask}}},
            "responses": responses,
        }})
    };
    let mut verify_path = post("verify", "Verify badges.", &verify_ask, &verify);
    verify_path["post"]["requestBody"]["content"]["multipart/form-data"] = json!({"schema": {
        "type": "object",
        "properties": {
            "files": {"type": "array", "items": {"type": "string", "contentMediaType": "application/octet-stream"}},
            "text": {"type": "string"},
            "address": {"type": "string"},
            "trust": {"type": "string", "contentMediaType": "application/octet-stream"},
        },
    }});
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Cairn",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Verify badges, read job ads against them, plan the way. Nothing sent is kept.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": {
            "/api/v1/verify": verify_path,
            "/api/v1/gap": post("gap", "Hold badges against job ads or a role.", &gap_ask, &gap),
            "/api/v1/plan": post("plan", "The cheapest way to close the gap under a budget.", &gap_ask, &plan),
            "/healthz": {"get": {
                "operationId": "healthz",
                "summary": "Whether the program runs.",
                "responses": {"200": {"description": "It runs.", "content": {"text/plain": {"schema": {"type": "string"}}}}},
            }},
        },
        "components": {"schemas": definitions},
    })
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
