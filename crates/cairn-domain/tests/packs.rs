//! Packs: what is wrong with one gets a sentence with its place.

use cairn_domain::pack::{Pack, PackTaxonomy, check, parse};
use cairn_domain::requirement::Target;
use expect_test::{Expect, expect};

/// Knows one skill and one tool.
struct Small;

impl PackTaxonomy for Small {
    fn skill_label(&self, uri: &str) -> Option<String> {
        (uri == "http://data.europa.eu/esco/skill/1").then(|| "use spreadsheets software".to_owned())
    }
    fn tool(&self, name: &str) -> bool {
        name == "Docker"
    }
}

/// Believes every skill and tool.
struct Anything<'a>(&'a [Pack]);

impl PackTaxonomy for Anything<'_> {
    fn skill_label(&self, uri: &str) -> Option<String> {
        let wanted = |pack: &Pack| {
            let roles = pack.roles.iter().flat_map(|role| role.requires.iter().map(|entry| entry.wanted.clone()));
            let offers = pack.offers.iter().flat_map(|offer| offer.proves.clone());
            let badges =
                pack.learners.iter().flat_map(|learner| &learner.badges).flat_map(|badge| badge.aligned.clone());
            roles.chain(offers).chain(badges).collect::<Vec<_>>()
        };
        let all = self.0.iter().flat_map(wanted);
        all.into_iter().find(|wanted| wanted.skill.as_deref() == Some(uri)).map(|wanted| wanted.label)
    }
    fn tool(&self, _name: &str) -> bool {
        true
    }
}

const SOUND: &str = r#"
id = "office"
name = "Office"
version = "2026-11"
summary = "Work at a desk."

[[certificate]]
id = "sheet-master"
name = "Sheet Master"
definer = "Sheets Institute"
ids = ["https://sheets.example/"]

[[role]]
id = "clerk"
title = "Clerk"
summary = "Keeps the books."
onet = "43-3031.00"
pay = { what = "United States, median", figure = { value = { minor = 4544000, currency = "USD" }, basis = { estimate = { how = "made up for a test" } } } }
requires = [
  { skill = "http://data.europa.eu/esco/skill/1", label = "use spreadsheets software", importance = "required", weight = 5 },
  { tool = "Docker", label = "Docker", importance = "preferred", weight = 1 },
]

[[offer]]
id = "sheet-course"
name = "Sheets from the ground"
provider = { name = "Sheets Institute", url = "https://sheets.example/" }
kind = "course"
url = "https://sheets.example/course"
proves = [ { skill = "http://data.europa.eu/esco/skill/1", label = "use spreadsheets software" } ]
hours = { value = 20, basis = { estimate = { how = "made up" } } }
price = { value = { minor = 9900, currency = "EUR" }, basis = { source = { name = "Price list", address = "https://sheets.example/prices", date = "2026-10-01" } } }
assessment = { how = "coursework", supervised = false, mastery = true }

[[offer]]
id = "sheet-exam"
name = "Sheet Master"
provider = { name = "Sheets Institute", url = "https://sheets.example/" }
kind = "certification"
url = "https://sheets.example/exam"
proves = [ { certificate = "sheet-master", label = "Sheet Master" } ]
prerequisites = ["sheet-course"]
hours = { value = 5, basis = { estimate = { how = "made up" } } }
price = { value = { minor = 9900, currency = "EUR" }, basis = { estimate = { how = "made up" } } }
assessment = { how = "exam", supervised = true, mastery = true }
challenge = { hours = { value = 2, basis = { estimate = { how = "made up" } } }, price = { value = { minor = 4900, currency = "EUR" }, basis = { estimate = { how = "made up" } } } }

[[ad]]
id = "clerk-harbour"
title = "Clerk"
employer = "Harbour Goods (fictional)"
role = "clerk"
text = """
You keep our books.
"""

[[issuer]]
id = "harbour-college"
name = "Harbour College"
url = "https://harbour-college.example"
trusted = true

[[learner]]
id = "kim"
name = "Kim"
address = "kim@learner.example"
story = "Kim likes tables."

[[learner.badge]]
id = "tables"
name = "Tables"
description = "Can make tables."
criteria = "A project judged against a rubric."
achievement_type = "MicroCredential"
issuer = "harbour-college"
aligned = [ { skill = "http://data.europa.eu/esco/skill/1", label = "use spreadsheets software" } ]
state = "valid"
form = "png"
awarded = "2026-03-14"
until = "2028-03-14"
result = { criterion = "Tables", levels = ["some", "all"], required = "all", achieved = "all" }
"#;

/// Problems of the sound pack after one replacement.
fn check_with(old: &str, new: &str, expected: Expect) {
    assert!(SOUND.contains(old), "{old} is not in the sample");
    expected.assert_eq(&problems(&SOUND.replacen(old, new, 1), &[]));
}

fn problems(text: &str, others: &[Pack]) -> String {
    let problems = match parse(text) {
        Ok(pack) => check(&pack, others, &Small),
        Err(problems) => problems,
    };
    problems.iter().map(|problem| format!("{problem}\n")).collect()
}

#[test]
fn a_sound_pack_has_no_problems() {
    expect![""].assert_eq(&problems(SOUND, &[]));
    let pack = parse(SOUND).unwrap();
    let offers = pack.to_offers();
    assert_eq!(offers[1].proves[0].key, "cert:sheet-master");
    let target = Target::from_role(&pack.roles[0]);
    let keys: Vec<&str> = target.requirements.iter().map(|r| r.wanted.key.as_str()).collect();
    assert_eq!(keys, ["http://data.europa.eu/esco/skill/1", "onet:Docker"]);
}

#[test]
fn broken_files_are_told_by_line_and_column() {
    check_with(
        "version = \"2026-11\"",
        "version = ",
        expect![[r#"
        line 4, column 11: String values must be quoted, expected literal string. See docs/packs.md for the form.
    "#]],
    );
    check_with(
        "kind = \"course\"",
        "kind = \"lecture\"",
        expect![[r#"
        line 28, column 8: Unknown variant `lecture`, expected one of `badge`, `professional-certificate`, `nanodegree`, `micromasters`, `bootcamp`, `certification`, `course`, `licence`. See docs/packs.md for the form.
    "#]],
    );
    check_with(
        "weight = 5 }",
        "weight = 5, wieght = 4 }",
        expect![[r#"
        role "clerk", requirement 1: "wieght" is not a key here. Known keys: skill, tool, certificate, licence, degree, years, language, label, importance, weight.
    "#]],
    );
    check_with(
        "definer = \"Sheets Institute\"",
        "",
        expect![[r#"
        line 7, column 1: Missing field `definer`. See docs/packs.md for the form.
    "#]],
    );
    check_with(
        "basis = { estimate = { how = \"made up for a test\" } }",
        "",
        expect![[r#"
        line 18, column 50: Missing field `basis`. See docs/packs.md for the form.
    "#]],
    );
}

#[test]
fn ids_must_lead_somewhere() {
    check_with(
        "esco/skill/1\", label",
        "esco/skill/2\", label",
        expect![[r#"
        role "clerk", requirement 1: The skill "http://data.europa.eu/esco/skill/2" ("use spreadsheets software") is not in ESCO. Look it up with `cairn skills rank`.
    "#]],
    );
    check_with(
        "label = \"use spreadsheets software\", importance",
        "label = \"spreadsheets\", importance",
        expect![[r#"
            role "clerk", requirement 1: The label is "spreadsheets", but ESCO calls http://data.europa.eu/esco/skill/1 "use spreadsheets software". Write label = "use spreadsheets software", or use the skill that is meant.
        "#]],
    );
    check_with(
        "tool = \"Docker\"",
        "tool = \"Dockre\"",
        expect![[r#"
        role "clerk", requirement 2: The tool "Dockre" is no O*NET technology and no [[tool]] of a pack. Add a [[tool]] or use O*NET's name.
    "#]],
    );
    check_with(
        "certificate = \"sheet-master\"",
        "certificate = \"sheet-meister\"",
        expect![[r#"
        offer "sheet-exam", proves 1: The certificate "sheet-meister" is in no pack. Add a [[certificate]] with this id.
    "#]],
    );
    check_with(
        "prerequisites = [\"sheet-course\"]",
        "prerequisites = [\"sheet-curse\", \"cert:none\"]",
        expect![[r#"
            offer "sheet-exam": The prerequisite "sheet-curse" is no offer's id in any pack, and no key: cert: and a certificate's id, licence: and an id, or degree: and associate, bachelor, master or doctorate.
            offer "sheet-exam": The prerequisite "cert:none" is no offer's id in any pack, and no key: cert: and a certificate's id, licence: and an id, or degree: and associate, bachelor, master or doctorate.
        "#]],
    );
    check_with(
        "role = \"clerk\"",
        "role = \"clown\"",
        expect![[r#"
        ad "clerk-harbour": The role "clown" is in no pack.
    "#]],
    );
    check_with(
        "issuer = \"harbour-college\"",
        "issuer = \"nobody\"",
        expect![[r#"
        learner "kim", badge "tables": The issuer "nobody" is in no pack.
    "#]],
    );
}

#[test]
fn prerequisites_must_not_run_in_a_circle() {
    check_with(
        "price = { value = { minor = 9900, currency = \"EUR\" }, basis = { source",
        "prerequisites = [\"cert:sheet-master\"]\nprice = { value = { minor = 9900, currency = \"EUR\" }, basis = { source",
        expect![[r#"
            offer "sheet-course": Its prerequisites lead back to itself. Nobody could begin; take one of them out.
            offer "sheet-exam": Its prerequisites lead back to itself. Nobody could begin; take one of them out.
        "#]],
    );
}

#[test]
fn exactly_one_key() {
    check_with(
        "{ tool = \"Docker\", label",
        "{ label",
        expect![[r#"
        role "clerk", requirement 2: It has 0 of the keys skill, tool, certificate, licence, degree, years, language; give exactly one.
    "#]],
    );
    check_with(
        "{ tool = \"Docker\", label",
        "{ tool = \"Docker\", years = 3, label",
        expect![[r#"
        role "clerk", requirement 2: It has 2 of the keys skill, tool, certificate, licence, degree, years, language; give exactly one.
    "#]],
    );
}

#[test]
fn figures_and_dates_make_sense() {
    check_with(
        "weight = 5 }",
        "weight = 6 }",
        expect![[r#"
        role "clerk", requirement 1: The weight is 6; it must be 1 to 5.
    "#]],
    );
    check_with(
        "currency = \"USD\"",
        "currency = \"dollars\"",
        expect![[r#"
        role "clerk", pay: "dollars" is not a currency code. Use three capital letters, such as USD.
    "#]],
    );
    check_with(
        "date = \"2026-10-01\"",
        "date = \"2026-13-01\"",
        expect![[r#"
        line 32, column 147: Failed to parse two digit integer as month: parameter 'month' is not in the required range of 1..=12. See docs/packs.md for the form.
    "#]],
    );
    check_with(
        "awarded = \"2026-03-14\"",
        "awarded = \"14 March\"",
        expect![[r#"
        learner "kim", badge "tables": awarded is "14 March", which is not a date. Write it as YYYY-MM-DD.
    "#]],
    );
    check_with(
        "until = \"2028-03-14\"",
        "until = \"2020-03-14\"",
        expect![[r#"
        learner "kim", badge "tables": until is not after awarded.
    "#]],
    );
    check_with(
        "state = \"valid\"\nform = \"png\"\nawarded = \"2026-03-14\"\nuntil = \"2028-03-14\"",
        "state = \"expired\"\nform = \"png\"\nawarded = \"2026-03-14\"",
        expect![[r#"
            learner "kim", badge "tables": An expired badge needs the day until which it was valid: until = "YYYY-MM-DD".
        "#]],
    );
    check_with(
        "achieved = \"all\"",
        "achieved = \"most\"",
        expect![[r#"
        learner "kim", badge "tables": The achieved level "most" is not among its levels: some, all.
    "#]],
    );
    check_with(
        "url = \"https://sheets.example/exam\"",
        "url = \"sheets.example/exam\"",
        expect![[r#"
        offer "sheet-exam": url is "sheets.example/exam", which is not an https:// address.
    "#]],
    );
    check_with(
        "address = \"https://sheets.example/prices\"",
        "address = \"\"",
        expect![[r#"
        offer "sheet-course", price: basis.source.address is "", which is not an https:// address.
    "#]],
    );
    check_with(
        "You keep our books.",
        "",
        expect![[r#"
        ad "clerk-harbour": text is empty.
    "#]],
    );
    check_with(
        "kim@learner.example",
        "kim@gmail.com",
        expect![[r#"
        learner "kim": A sample learner's address must be a mail address that ends in .example, .test or .invalid.
    "#]],
    );
}

#[test]
fn ids_are_unique_among_packs() {
    let other = parse(&SOUND.replace("id = \"office\"", "id = \"desk\"")).unwrap();
    let text = SOUND.replace(
        "[[issuer]]",
        "[[issuer]]\nid = \"harbour-college\"\nname = \"H\"\nurl = \"https://h.example\"\ntrusted = true\n[[issuer]]",
    );
    expect![[r#"
        offer "sheet-course": The pack "desk" has this offer too. Keep one or rename it.
        offer "sheet-exam": The pack "desk" has this offer too. Keep one or rename it.
        role "clerk": The pack "desk" has this role too. Keep one or rename it.
        certificate "sheet-master": The pack "desk" has this certificate too. Keep one or rename it.
        ad "clerk-harbour": The pack "desk" has this ad too. Keep one or rename it.
        issuer "harbour-college": The pack "desk" has this issuer too. Keep one or rename it.
        issuer "harbour-college": This pack has this issuer twice. Keep one or rename it.
        learner "kim": The pack "desk" has this learner too. Keep one or rename it.
    "#]]
    .assert_eq(&problems(&text, &[other]));
}

#[test]
fn nothing_read_panics() {
    let cuts = (0..SOUND.len()).step_by(7);
    for cut in cuts {
        let _ = problems(&SOUND[..cut], &[]);
        let _ = problems(&format!("{}\u{e9}{}", &SOUND[..cut], &SOUND[cut..]), &[]);
    }
    assert!(problems(&"x".repeat(5 * 1024 * 1024), &[]).contains("5242880 bytes"));
}

#[test]
fn the_pack_in_the_documentation_is_sound() {
    let page = include_str!("../../../docs/packs.md");
    let text = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("the page's pack");
    let pack = parse(text).unwrap();
    assert_eq!(check(&pack, &[], &Anything(std::slice::from_ref(&pack))), []);
}

#[test]
fn the_packs_that_come_with_cairn_are_sound() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs");
    let mut packs = Vec::new();
    for file in std::fs::read_dir(folder).expect("the folder of packs").map(|file| file.unwrap().path()) {
        if file.extension().is_some_and(|end| end == "toml") {
            let text = std::fs::read_to_string(&file).unwrap();
            packs.push(parse(&text).unwrap_or_else(|problems| panic!("{}: {problems:#?}", file.display())));
        }
    }
    for at in 0..packs.len() {
        let mut others = packs.clone();
        let pack = others.remove(at);
        let problems = check(&pack, &others, &Anything(&packs));
        assert!(problems.is_empty(), "{}: {problems:#?}", pack.id);
    }
}
