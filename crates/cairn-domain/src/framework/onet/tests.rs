//! O*NET from tables of a few rows.

use super::*;
use crate::framework::Whole;

#[test]
fn ratings_become_one_association_and_technologies_items() {
    let parts = vec![
        Part::new("Read Me.txt", "O*NET 29.2 Database\n".as_bytes()),
        Part::new("Occupation Data.tsv", "O*NET-SOC Code\tTitle\tDescription\n1-1\tWelder\tWelds \"things\n".as_bytes()),
        Part::new("Alternate Titles.tsv", "O*NET-SOC Code\tAlternate Title\n1-1\tSolderer\n".as_bytes()),
        Part::new(
            "Skills.tsv",
            "O*NET-SOC Code\tElement ID\tScale ID\tData Value\n1-1\t2.A\tIM\t4.12\n1-1\t2.A\tLV\t4.62\n1-1\t2.B\tIM\t1\n"
                .as_bytes(),
        ),
        Part::new(
            "Technology Skills.tsv",
            "O*NET-SOC Code\tExample\tCommodity Code\tCommodity Title\tHot Technology\n1-1\tC++\t43\tLanguages\tY\n"
                .as_bytes(),
        ),
    ];
    let whole = Whole::of(read(parts, &Told::default()).unwrap()).unwrap();
    assert_eq!(whole.framework.version, "29.2");
    assert_eq!(whole.items[0].other_labels, ["Solderer"]);
    assert_eq!(whole.items[0].about["description"], "Welds \"things");
    assert_eq!(whole.items[1].uri, "https://www.onetonline.org/search/tech/example?e=C%2B%2B");
    let skill = &whole.associations[0];
    assert_eq!((&skill.about["importance"], &skill.about["level"]), (&4.12.into(), &4.62.into()));
    let kinds: Vec<&str> = whole.associations.iter().map(|one| one.kind.as_str()).collect();
    assert_eq!(kinds, ["ext:skill", "ext:skill", "isChildOf", "ext:technology"]);
}

#[test]
fn what_is_no_number_is_named_with_its_line() {
    let text = "O*NET-SOC Code\tElement ID\tScale ID\tData Value\n1-1\t2.A\tIM\tmuch\n";
    let told = Told { version: Some("1".into()), ..Told::default() };
    let error = Whole::of(read(vec![Part::new("Skills.tsv", text.as_bytes())], &told).unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "Skills.tsv, line 2: “much” is no number.");
}
