//! CASE packages: read, written, refused.

use super::*;

const PACKAGE: &str = r#"{
 "CFDocument": {"identifier": "0b1e3a5c-1111-4aaa-8bbb-000000000001", "uri": "https://x.example/fw", "creator": "X",
  "title": "Welding", "lastChangeDateTime": "2026-01-02T03:04:05Z", "version": "2", "adoptionStatus": "Adopted",
  "licenseURI": {"title": "CC", "identifier": "0b1e3a5c-1111-4aaa-8bbb-0000000000ff", "uri": "https://x.example/l"}},
 "CFItems": [
  {"identifier": "0b1e3a5c-1111-4aaa-8bbb-000000000002", "uri": "https://x.example/a", "fullStatement": "Weld",
   "humanCodingScheme": "W", "CFItemType": "Domain", "lastChangeDateTime": "2026-01-02T03:04:05Z",
   "educationLevel": ["09"], "abbreviatedStatement": "W."},
  {"sourcedId": "0b1e3a5c-1111-4aaa-8bbb-000000000003", "uri": "https://x.example/b", "fullStatement": "Weld well",
   "lastChangeDateTime": "2026-01-02T03:04:05Z", "extensions": {"cairn:level": "3"}}],
 "CFAssociations": [
  {"identifier": "0b1e3a5c-1111-4aaa-8bbb-000000000004", "uri": "https://x.example/as", "associationType": "isChildOf",
   "sequenceNumber": 1, "lastChangeDateTime": "2026-01-02T03:04:05Z",
   "originNodeURI": {"title": "b", "identifier": "0b1e3a5c-1111-4aaa-8bbb-000000000003", "uri": "https://x.example/b"},
   "destinationNodeURI": {"title": "a", "identifier": "0b1e3a5c-1111-4aaa-8bbb-000000000002", "uri": "https://x.example/a"}}],
 "CFDefinitions": {"CFSubjects": []}
}"#;

fn refused(text: &str) -> String {
    match read(text.as_bytes()).and_then(Whole::of) {
        Ok(_) => panic!("this was read: {text}"),
        Err(unreadable) => unreadable.to_string(),
    }
}

#[test]
fn what_is_written_reads_back_the_same() {
    let whole = Whole::of(read(PACKAGE.as_bytes()).unwrap()).unwrap();
    assert_eq!(whole.items[0].code.as_deref(), Some("W"));
    assert_eq!(whole.items[1].level.as_deref(), Some("3"));
    assert_eq!(whole.associations[0].origin, "https://x.example/b");
    let written = write(&whole, "2026-11-23T12:00:00Z");
    assert_eq!(written["CFDocument"]["caseVersion"], "1.1");
    assert_eq!(written["CFItems"][1]["identifier"], "0b1e3a5c-1111-4aaa-8bbb-000000000003");
    assert_eq!(written["CFItems"][0]["educationLevel"], json!(["09"]));
    let again = Whole::of(read(written.to_string().as_bytes()).unwrap()).unwrap();
    assert_eq!((again.items, again.associations), (whole.items, whole.associations));
    assert_eq!(again.framework.title, whole.framework.title);
    let once_more = Whole::of(read(written.to_string().as_bytes()).unwrap()).unwrap();
    assert_eq!(write(&once_more, "2027-01-01T00:00:00Z"), written);
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    assert!(refused("{").starts_with("line 1, column 1: This is not strict JSON"));
    assert!(refused("[]").contains("no object"));
    assert!(refused("{}").contains("no CFPackage"));
    assert!(refused(&PACKAGE.replace("\"Weld well\"", "\"\"")).contains("/CFItems/1: The member `fullStatement`"));
    assert!(refused(&PACKAGE.replace("isChildOf", "isLike")).contains("“isLike” is no associationType"));
    assert!(refused(&PACKAGE.replace("\"title\": \"Welding\"", "\"title\": 7")).contains("/CFDocument/title"));
    assert!(Whole::of(read(PACKAGE.replace("isChildOf", "ext:near").as_bytes()).unwrap()).is_ok());
}
