//! CTDL-ASN graphs: read, written, refused.

use super::*;

const GRAPH: &str = r#"{"@context": "x", "@graph": [
 {"@id": "https://x.example/fw", "@type": "ceasn:CompetencyFramework", "ceasn:name": {"en-US": "Welding"},
  "ceasn:inLanguage": ["en-US"], "ceasn:publisherName": {"en-US": "X"}, "ceasn:hasTopChild": ["https://x.example/a"]},
 {"@id": "https://x.example/a", "@type": "ceasn:Competency", "ceasn:competencyText": {"en-US": "Weld"},
  "ceasn:codedNotation": "W", "ceasn:hasChild": ["https://x.example/b"]},
 {"@id": "https://x.example/b", "@type": ["ceasn:Competency"], "ceasn:competencyText": "Weld well",
  "ceasn:isChildOf": "https://x.example/a", "ceasn:exactAlignment": [{"@id": "https://y.example/c"}]}]}"#;

#[test]
fn a_graph_is_read_and_written_with_ctids() {
    let whole = Whole::of(read(GRAPH.as_bytes()).unwrap()).unwrap();
    assert_eq!((whole.framework.title.as_str(), whole.framework.publisher.as_deref()), ("Welding", Some("X")));
    let kinds: Vec<(&str, &str)> =
        whole.associations.iter().map(|one| (one.kind.as_str(), one.destination.as_str())).collect();
    let expected = [
        ("isChildOf", "https://x.example/a"),
        ("exactMatchOf", "https://y.example/c"),
        ("isChildOf", "https://x.example/fw"),
    ];
    assert_eq!(kinds, expected);
    let written = write(&whole);
    let graph = written["@graph"].as_array().unwrap();
    assert_eq!(graph.len(), 3);
    for node in graph {
        let ctid = node["ceterms:ctid"].as_str().unwrap();
        assert!(ctid.len() == 39 && node["@id"].as_str().unwrap().ends_with(ctid));
    }
    assert_eq!(graph[0]["ceasn:hasTopChild"], json!([graph[1]["@id"]]));
    assert_eq!(graph[2]["ceasn:isChildOf"], json!([graph[1]["@id"]]));
    let again = Whole::of(read(written.to_string().as_bytes()).unwrap()).unwrap();
    let statements =
        |whole: &Whole| whole.items.iter().map(|i| (i.id.clone(), i.statement.clone())).collect::<Vec<_>>();
    assert_eq!(statements(&again), statements(&whole));
}

#[test]
fn what_is_no_framework_is_said_to_be_something_else() {
    let course = r#"{"@type": "ceterms:Course", "@id": "x"}"#;
    assert!(read(course.as_bytes()).unwrap_err().says.contains("it holds ceterms:Course"));
    assert!(read(b"\xc3\x28").unwrap_err().says.contains("not strict JSON"));
    let two = GRAPH.replace("[\"ceasn:Competency\"]", "\"ceasn:CompetencyFramework\"");
    assert!(read(two.as_bytes()).unwrap_err().says.contains("2 frameworks"));
}
