//! Versions compared.

use super::*;
use crate::framework::{Part, Told, table};

fn whole(text: &'static str) -> Whole {
    let told = Told { uri: Some("https://x.example/fw".into()), ..Told::default() };
    Whole::of(table::read(Part::new("x.csv", text.as_bytes()), &told).unwrap()).unwrap()
}

#[test]
fn new_gone_changed_and_moved() {
    let old = whole("id,statement,parent,level\na,Weld,,1\nb,Cut,a,\nc,Drill,a,\n");
    let new = whole("id,statement,parent,level\na,Weld well,,2\nb,Cut,,\nd,Grind,a,\n");
    let found = diff(&old, &new);
    assert_eq!(found.added[0].statement, "Grind");
    assert_eq!(found.removed[0].statement, "Drill");
    let fields: Vec<(&str, &str, &str)> =
        found.changed[0].fields.iter().map(|f| (f.name.as_str(), f.old.as_str(), f.new.as_str())).collect();
    assert_eq!(fields, [("statement", "Weld", "Weld well"), ("level", "1", "2")]);
    assert_eq!((found.moved[0].from.len(), found.moved[0].to.len()), (1, 0));
    assert_eq!((found.added.len(), found.removed.len(), found.changed.len(), found.moved.len()), (1, 1, 1, 1));
    assert!(diff(&new, &new).is_empty());
}
