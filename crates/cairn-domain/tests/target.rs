//! Several ads as one target.

mod common;

use cairn_domain::requirement::{AdMention, Importance, Kind, Requirement, Target};
use common::*;
use expect_test::{Expect, expect};

fn asks(kind: Kind, key: &str, importance: Importance) -> Requirement {
    let mention = AdMention { ad: 99, start: 0, end: 2, words: key.into(), why: serde_json::Value::Null };
    Requirement { mentions: vec![mention], confidence: 0.5, ..requirement(wanted(kind, key, key), importance, 1) }
}

fn must(key: &str) -> Requirement {
    asks(Kind::Skill, key, Importance::Required)
}

fn nice(key: &str) -> Requirement {
    asks(Kind::Skill, key, Importance::Preferred)
}

fn degree(key: &str, importance: Importance) -> Requirement {
    asks(Kind::Degree, key, importance)
}

fn years(key: &str, importance: Importance) -> Requirement {
    asks(Kind::Years, key, importance)
}

fn check(ads: Vec<Vec<Requirement>>, expected: Expect) {
    let target = Target::from_ads("Sample", ads);
    let told: String = target
        .requirements
        .iter()
        .map(|r| {
            let ads: Vec<usize> = r.mentions.iter().map(|m| m.ad).collect();
            let level = r.level.as_deref().unwrap_or("-");
            format!(
                "{} {:?} weight {} asked by {} level {level} mentions in {ads:?}\n",
                r.wanted.key, r.importance, r.weight, r.asked_by
            )
        })
        .collect();
    expected.assert_eq(&told);
}

#[test]
fn required_if_any_ad_requires_it() {
    check(
        vec![vec![nice("a"), must("b")], vec![must("a"), nice("c")], vec![nice("a"), must("b"), nice("c")]],
        expect![[r#"
            b Required weight 2 asked by 2 level - mentions in [0, 2]
            a Required weight 1 asked by 3 level - mentions in [0, 1, 2]
            c Preferred weight 2 asked by 2 level - mentions in [1, 2]
        "#]],
    );
}

#[test]
fn an_ad_counts_once_however_often_it_says_so() {
    check(
        vec![vec![must("a"), must("a"), nice("a")], vec![must("b")], vec![must("b")]],
        expect![[r#"
        b Required weight 2 asked by 2 level - mentions in [1, 2]
        a Required weight 1 asked by 1 level - mentions in [0, 0, 0]
    "#]],
    );
}

#[test]
fn degrees_lowest_in_an_ad_highest_among_ads() {
    use Importance::{Preferred, Required};
    check(
        vec![vec![degree("degree:bachelor", Required), degree("degree:master", Required)]],
        expect![[r#"
        degree:bachelor Required weight 1 asked by 1 level - mentions in [0, 0]
    "#]],
    );
    check(
        vec![vec![degree("degree:bachelor", Required)], vec![degree("degree:master", Required)]],
        expect![[r#"
        degree:master Required weight 2 asked by 2 level - mentions in [0, 1]
    "#]],
    );
    check(
        vec![vec![degree("degree:bachelor", Required), degree("degree:master", Preferred)]],
        expect![[r#"
        degree:bachelor Required weight 1 asked by 1 level - mentions in [0]
        degree:master Preferred weight 1 asked by 1 level - mentions in [0]
    "#]],
    );
    check(
        vec![vec![degree("degree:master", Required)], vec![degree("degree:bachelor", Preferred)]],
        expect![[r#"
        degree:master Required weight 1 asked by 1 level - mentions in [0]
    "#]],
    );
}

#[test]
fn the_highest_number_of_years_stands() {
    use Importance::{Preferred, Required};
    check(
        vec![vec![years("years:3", Required), years("years:5", Required)]],
        expect![[r#"
        years:5 Required weight 1 asked by 1 level - mentions in [0, 0]
    "#]],
    );
    check(
        vec![vec![years("years:3", Required)], vec![years("years:5", Preferred)]],
        expect![[r#"
        years:3 Required weight 1 asked by 1 level - mentions in [0]
        years:5 Preferred weight 1 asked by 1 level - mentions in [1]
    "#]],
    );
    check(
        vec![vec![years("years:10", Required)], vec![years("years:5", Preferred)]],
        expect![[r#"
        years:10 Required weight 1 asked by 1 level - mentions in [0]
    "#]],
    );
}

#[test]
fn the_highest_comparable_level_stands() {
    let level = |level: &str| Requirement { level: Some(level.into()), ..must("a") };
    check(
        vec![vec![level("basic")], vec![level("expert")], vec![level("advanced")]],
        expect![[r#"
        a Required weight 3 asked by 3 level expert mentions in [0, 1, 2]
    "#]],
    );
}

#[test]
fn no_ads_no_requirements() {
    check(vec![], expect![[""]]);
    check(vec![vec![]], expect![[""]]);
}
