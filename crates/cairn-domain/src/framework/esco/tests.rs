//! ESCO from files of one row each.

use super::*;
use crate::framework::Whole;

fn part(name: &str, text: &'static str) -> Part {
    Part::new(name, text.as_bytes())
}

fn told() -> Told {
    Told { version: Some("1.2.0".into()), ..Told::default() }
}

#[test]
fn skills_hierarchy_relations_and_the_crosswalk() {
    let parts = vec![
        part("occupationSkillRelations_en.csv", "occupationUri,relationType,skillType,skillUri\no:1,essential,k,s:1\n"),
        part(
            "skills_en.csv",
            "conceptUri,preferredLabel,skillType,altLabels\ns:1,weld,skill/competence,\"welding\nweld\"\n",
        ),
        part("broaderRelationsSkillPillar_en.csv", "conceptUri,broaderUri\ns:1,g:1\n"),
        part("notes.txt", "whatever"),
    ];
    let whole = Whole::of(read(parts, &told()).unwrap()).unwrap();
    assert_eq!(whole.framework.language.as_deref(), Some("en"));
    assert_eq!(whole.items[0].other_labels, ["welding"]);
    let kinds: Vec<&str> = whole.associations.iter().map(|one| one.kind.as_str()).collect();
    assert_eq!(kinds, ["isChildOf", "ext:essentialSkill"]);
    let mut text = "a,b\n".repeat(16);
    text.push_str("O*NET Id,T,D,ESCO or ISCO URI,T,D,Type of Match\n11-1011.00,,,o:1,,,broadMatch\n");
    let crosswalk = Part::new("crosswalk_esco_onet.csv", std::io::Cursor::new(text.into_bytes()));
    let entries: Vec<_> = read(vec![crosswalk], &told()).unwrap().entries.collect();
    assert!(
        matches!(&entries[0], Ok(Entry::Crosswalk(one)) if one.relation == Relation::Broader && one.origin == "o:1")
    );
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    assert!(read(vec![part("a.csv", "")], &told()).is_err());
    let bad = part("occupationSkillRelations_en.csv", "occupationUri,relationType,skillUri\no:1,vital,s:1\n");
    let error = Whole::of(read(vec![bad], &told()).unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "occupationSkillRelations….csv, line 2: “vital” is neither essential nor optional.");
    let missing = part("skills_en.csv", "conceptUri\nx\n");
    let error = Whole::of(read(vec![missing], &told()).unwrap()).unwrap_err();
    assert!(error.to_string().contains("“preferredlabel” is absent"), "{error}");
    assert!(read(vec![part("skills_en.csv", "")], &Told::default()).unwrap_err().says.contains("--version"));
}
