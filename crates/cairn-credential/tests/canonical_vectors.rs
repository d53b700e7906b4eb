//! W3C RDFC-1.0 and JSON-LD 1.1 vectors, and the author's JCS vectors. Gaps are listed by name; a gap that
//! starts to pass fails the test, so that the list stays true.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]
mod common;
#[path = "common/nquads.rs"]
mod nquads;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use cairn_credential::canonical::{Uncanonical, canonical_names, quads_of, rdfc};
use common::{file, json, vectors};
use serde_json::Value;

/// RDFC-1.0 with another hash than SHA-256: no proof that is read uses it.
const RDFC_GAPS: &[&str] = &["test075c", "test075m"];

#[test]
fn rdfc10() {
    let Some(folder) = vectors("rdfc10") else { return };
    let manifest = json(&file(folder.join("manifest.jsonld")));
    let (mut passed, mut failed) = (0, Vec::new());
    for entry in manifest["entries"].as_array().unwrap() {
        let id = entry["id"].as_str().unwrap().trim_start_matches('#');
        let input = nquads::parse(&file(folder.join(entry["action"].as_str().unwrap())));
        let result = || file(folder.join(entry["result"].as_str().unwrap()));
        let begun = Instant::now();
        let good = match entry["type"].as_str().unwrap() {
            "rdfc:RDFC10EvalTest" => rdfc(&input).is_ok_and(|ours| ours == result()),
            "rdfc:RDFC10MapTest" => {
                let theirs: BTreeMap<String, String> = serde_json::from_str(&result()).unwrap();
                canonical_names(&input).is_ok_and(|ours| ours == theirs)
            }
            "rdfc:RDFC10NegativeEvalTest" => {
                matches!(rdfc(&input), Err(Uncanonical::Refused { code: "poison-graph", .. }))
            }
            other => panic!("{other}"),
        };
        assert!(begun.elapsed() < Duration::from_secs(20), "{id} took {:?}", begun.elapsed());
        if good {
            passed += 1;
        } else {
            failed.push(id.to_owned());
        }
    }
    assert_eq!(failed, RDFC_GAPS);
    assert_eq!(passed, 84);
}

#[test]
fn json_ld_to_rdf() {
    let Some(folder) = vectors("json-ld-api") else { return };
    let manifest = json(&file(folder.join("toRdf-manifest.jsonld")));
    let (mut passed, mut failed) = (0, Vec::new());
    for entry in manifest["sequence"].as_array().unwrap() {
        let Some((id, input)) = positive(entry, "jld:ToRDFTest") else { continue };
        let expected = nquads::parse(&file(folder.join(entry["expect"].as_str().unwrap())));
        match said(&folder, &input, &entry["option"]).and_then(|ours| Ok(ours == rdfc(&expected)?)) {
            Ok(true) => passed += 1,
            _ => failed.push(id),
        }
    }
    assert_eq!(failed, gaps(TO_RDF_GAPS), "toRdf");
    assert_eq!(passed, 317);
}

#[test]
fn json_ld_expansion_says_what_was_meant() {
    // the processor gives statements, not expanded JSON: what is compared is what both say
    let Some(folder) = vectors("json-ld-api") else { return };
    let manifest = json(&file(folder.join("expand-manifest.jsonld")));
    let (mut passed, mut failed) = (0, Vec::new());
    for entry in manifest["sequence"].as_array().unwrap() {
        let Some((id, input)) = positive(entry, "jld:ExpandTest") else { continue };
        let expected = entry["expect"].as_str().unwrap();
        match (said(&folder, &input, &entry["option"]), said(&folder, expected, &entry["option"])) {
            (Ok(ours), Ok(theirs)) if ours == theirs => passed += 1,
            _ => failed.push(id),
        }
    }
    assert_eq!(failed, gaps(EXPAND_GAPS), "expand");
    assert_eq!(passed, 263);
}

/// JSON-LD 1.1 tests with a result, without options that nothing here uses.
fn positive(entry: &Value, kind: &str) -> Option<(String, String)> {
    let kinds: Vec<&str> = entry["@type"].as_array()?.iter().filter_map(Value::as_str).collect();
    let option = &entry["option"];
    let unused = ["produceGeneralizedRdf", "rdfDirection", "expandContext", "useNativeTypes", "contentType"];
    let relevant = kinds.contains(&"jld:PositiveEvaluationTest")
        && kinds.contains(&kind)
        && option["specVersion"] != "json-ld-1.0"
        && option["processingMode"] != "json-ld-1.0"
        && unused.iter().all(|name| option.get(name).is_none());
    let id = entry["@id"].as_str()?.trim_start_matches('#').to_owned();
    relevant.then_some((id, entry["input"].as_str()?.to_owned()))
}

const BASE: &str = "https://w3c.github.io/json-ld-api/tests/";

/// Canonical statements of a test document. What no context defines is kept by name there, so that safe mode can
/// refuse it; these tests expect it to be gone.
fn said(folder: &Path, input: &str, option: &Value) -> Result<String, Uncanonical> {
    let folder = folder.to_owned();
    let text = file(folder.join(input));
    let load = move |url: &str| std::fs::read_to_string(folder.join(url.strip_prefix(BASE)?)).ok();
    let base = option["base"].as_str().map_or_else(|| format!("{BASE}{input}"), str::to_owned);
    let mut quads = quads_of(&text, &base, load)?;
    let whole = |iri: &str| iri.contains(':') && !iri.starts_with("_:");
    quads.retain(|quad| {
        let object = match &quad.object {
            oxrdf::Term::NamedNode(node) => whole(node.as_str()),
            _ => true,
        };
        let subject = match &quad.subject {
            oxrdf::NamedOrBlankNode::NamedNode(node) => whole(node.as_str()),
            _ => true,
        };
        whole(quad.predicate.as_str()) && subject && object
    });
    rdfc(&quads)
}

fn gaps(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// What the processor gets otherwise. None of it is used by an embedded context, and safe mode refuses each in a
/// document: addresses relative to a base (t0122, t0123, te062, te091, te111, te112, tli12, t0060, t0062, t0091),
/// index maps inside type maps (tc013), a type's context that clears all others (tc018), reverse maps (te065,
/// t0065, tpr38), and malformed addresses, which are kept so that safe mode can name them (twf*).
const TO_RDF_GAPS: &str = "t0122 t0123 tc013 tc018 te062 te065 te091 te111 te112 tli12 tpr38
    twf01 twf02 twf03 twf04 twf05 twf07";
const EXPAND_GAPS: &str = "t0060 t0062 t0065 t0091 t0122 tc013 tc018 tpr38";

#[test]
fn jcs() {
    let Some(folder) = vectors("jcs") else { return };
    for name in ["arrays", "french", "structures", "unicode", "values", "weird"] {
        let input: Value = json(&file(folder.join(format!("input/{name}.json"))));
        let ours = serde_json_canonicalizer::to_string(&input).unwrap();
        assert_eq!(ours, file(folder.join(format!("output/{name}.json"))), "{name}");
    }
    let mut count = 0;
    for line in file(folder.join("es6-numbers-10k.csv")).lines() {
        let (bits, expected) = line.split_once(',').unwrap();
        let number = f64::from_bits(u64::from_str_radix(bits, 16).unwrap());
        assert_eq!(serde_json_canonicalizer::to_string(&number).unwrap(), expected, "{bits}");
        count += 1;
    }
    assert_eq!(count, 10_000);
}
