//! The published JSON Schemas are the Rust types, and what the program prints fits them.

use std::path::{Path, PathBuf};

use cairn_registrar::shapes::{ExtractReport, GapReport, PlanReport, VerifyReport};
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema")
}

fn schema<T: JsonSchema>(title: &str) -> Value {
    let generator: SchemaGenerator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<T>().to_value();
    schema["title"] = Value::String(title.into());
    schema
}

fn published() -> Vec<(&'static str, Value)> {
    vec![
        ("verify.v1.json", schema::<VerifyReport>("cairn/verify/1")),
        ("gap.v1.json", schema::<GapReport>("cairn/gap/1")),
        ("plan.v1.json", schema::<PlanReport>("cairn/plan/1")),
        ("extract.v1.json", schema::<ExtractReport>("cairn/extract/1")),
        ("bundle.v1.json", schema::<cairn_credential::bundle::Bundle>("cairn/bundle/1")),
        ("trust-list.v1.json", schema::<cairn_credential::trust::TrustListFile>("cairn/trust-list/1")),
        ("definition.v1.json", schema::<cairn_domain::definition::Definition>("cairn/definition/1")),
        ("pack.v1.json", schema::<cairn_domain::pack::Pack>("cairn/pack/1")),
    ]
}

/// `make schemas` rewrites them; a difference here means that a public shape has changed.
#[test]
fn published_schemas_are_the_types() {
    for (name, schema) in published() {
        let path = folder().join(name);
        let text = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
        if std::env::var_os("CAIRN_WRITE_SCHEMAS").is_some() {
            std::fs::create_dir_all(folder()).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let there = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            there == text,
            "docs/schema/{name} is not what the types say: run `make schemas`, and if a field went away make it a new version"
        );
    }
}

/// A file's schema refuses what is not its shape: a schema that accepts anything would prove nothing.
#[test]
fn schemas_refuse_what_is_not_theirs() {
    for (name, schema) in published() {
        let validator = jsonschema::validator_for(&schema).unwrap();
        assert!(!validator.is_valid(&serde_json::json!({"shape": "nonsense"})), "{name} accepts nonsense");
    }
}
