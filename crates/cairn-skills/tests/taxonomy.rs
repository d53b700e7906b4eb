//! The embedded table against the official ESCO files, and its own sense.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use cairn_skills::{Kinship, Taxonomy};

fn shared(path: &str) -> Option<String> {
    let folder = std::env::var("CAIRN_SHARED")
        .map_or_else(|_| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")), PathBuf::from);
    match std::fs::read_to_string(folder.join(path)) {
        Ok(text) => Some(text),
        Err(error) => {
            eprintln!("SKIPPED 1: {path}: {error}");
            None
        }
    }
}

/// Rows of a CSV file with quoted cells.
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            '\r' if !quoted => {}
            c => cell.push(c),
        }
    }
    rows
}

fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn labels_are_those_of_esco() {
    let Some(text) = shared("data/esco-1.2/skills_en.csv") else { return };
    let taxonomy = Taxonomy::builtin();
    let rows = rows(&text);
    let column = |name: &str| rows[0].iter().position(|h| h == name).unwrap();
    let (uri, label, also) = (column("conceptUri"), column("preferredLabel"), column("altLabels"));
    let (mut equal, mut met, mut missed, mut more) = (0, 0, 0, 0);
    for row in &rows[1..] {
        let skill = taxonomy.find(&row[uri]).unwrap_or_else(|| panic!("{} is missing", row[uri]));
        equal += usize::from(skill.label == tidy(&row[label]));
        let wanted: HashSet<String> = row[also]
            .lines()
            .map(|l| tidy(l).to_lowercase())
            .filter(|l| !l.is_empty() && *l != skill.label.to_lowercase())
            .collect();
        let found: HashSet<String> = skill.also.iter().map(|l| l.to_lowercase()).collect();
        met += wanted.intersection(&found).count();
        missed += wanted.difference(&found).count();
        more += found.difference(&wanted).count();
    }
    println!(
        "{} skills: {equal} preferred labels equal; alternative labels {met} equal, {missed} missed, {more} others",
        rows.len() - 1
    );
    assert_eq!(rows.len() - 1, 13_939);
    assert_eq!(equal, 13_939);
    assert!(met * 100 >= (met + missed) * 97, "{met} of {}", met + missed);
}

#[test]
fn tools_are_those_of_onet() {
    let Some(text) = shared("data/onet-29.2/Technology Skills.tsv") else { return };
    let taxonomy = Taxonomy::builtin();
    let mut codes: HashMap<&str, HashSet<&str>> = HashMap::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        codes.entry(cells[2]).or_default().insert(cells[3]);
    }
    let found = codes.keys().filter(|name| taxonomy.find(&format!("onet:{name}")).is_some()).count();
    let same = codes
        .iter()
        .filter(|(name, wanted)| {
            taxonomy
                .find(&format!("onet:{name}"))
                .is_some_and(|s| s.groups.iter().map(String::as_str).collect::<HashSet<_>>() == **wanted)
        })
        .count();
    println!("{} names in 29.2: {found} in the table, {same} with the same codes", codes.len());
    // The package keeps one commodity of the 155 names that O*NET files under several.
    assert!(found >= 8_760 && same >= 8_600, "{found} {same}");
}

#[test]
fn skills_are_found_by_key_and_by_label() {
    let taxonomy = Taxonomy::builtin();
    assert_eq!(taxonomy.len(), 13_939 + 8_775);
    let python = taxonomy.find_label("python  (Computer programming)").unwrap();
    assert_eq!(taxonomy.find(&python.uri).unwrap(), python);
    assert_eq!(taxonomy.find("onet:Docker").unwrap().label, "Docker");
    for unknown in ["", "onet:", "http://data.europa.eu/esco/skill/", "cert:aws", "onet:docker"] {
        assert_eq!(taxonomy.find(unknown), None, "{unknown}");
    }
    assert_eq!(taxonomy.find_label("no such thing at all"), None);
}

#[test]
fn kinship_is_read_off_names_and_groups() {
    let taxonomy = Taxonomy::builtin();
    let uri = |label: &str| taxonomy.find_label(label).unwrap_or_else(|| panic!("{label}")).uri;
    let kin = |a: &str, b: &str| taxonomy.kinship(a, b);
    let python = uri("Python (computer programming)");
    assert_eq!(kin(&python, &python), Some(Kinship::Same));
    assert_eq!(kin("onet:Python", &python), Some(Kinship::Same));
    assert_eq!(kin(&uri("manage budgets"), &uri("update budget")), Some(Kinship::Related));
    assert_eq!(kin(&python, &uri("Haskell")), None);
    assert_eq!(kin(&uri("lead a team in fishery services"), &uri("lead a team")), Some(Kinship::Narrower));
    assert_eq!(kin(&uri("lead a team"), &uri("lead a team in fishery services")), Some(Kinship::Broader));
    assert_eq!(kin(&python, &uri("communication")), None);
    assert_eq!(kin("cert:x", &python), None);
}

#[test]
fn the_same_thing_is_the_same_under_every_name() {
    let taxonomy = Taxonomy::builtin();
    let uri = |label: &str| taxonomy.find_label(label).unwrap_or_else(|| panic!("{label}")).uri;
    for (esco, onet) in [
        ("SQL", "onet:Structured query language SQL"),
        ("Python (computer programming)", "onet:Python"),
        ("PostgreSQL", "onet:PostgreSQL"),
        ("Jenkins (tools for software configuration management)", "onet:Jenkins CI"),
        ("Canvas (learning management systems)", "onet:Instructure Canvas"),
        ("CSS", "onet:Cascading style sheets CSS"),
        ("MATLAB", "onet:The MathWorks MATLAB"),
        ("Java (computer programming)", "onet:Java"),
        ("learning management systems", "onet:Learning management system LMS"),
    ] {
        assert_eq!(taxonomy.kinship(&uri(esco), onet), Some(Kinship::Same), "{esco} {onet}");
        assert_eq!(taxonomy.kinship(onet, &uri(esco)), Some(Kinship::Same), "{onet} {esco}");
    }
    for (a, b) in [
        ("onet:AWS", "onet:Amazon Web Services AWS software"),
        ("onet:Amazon Web Services", "onet:Amazon Web Services AWS software"),
        ("onet:Power BI", "onet:Microsoft Power BI"),
        ("onet:SQL", "onet:Structured query language SQL"),
        ("onet:NetSuite ERP", "onet:Oracle NetSuite"),
    ] {
        assert_eq!(taxonomy.kinship(a, b), Some(Kinship::Same), "{a} {b}");
        assert_eq!(taxonomy.kinship(b, a), Some(Kinship::Same), "{b} {a}");
    }
}

#[test]
fn strangers_of_one_commodity_are_not_related() {
    let taxonomy = Taxonomy::builtin();
    let key = |name: &str| match taxonomy.find(&format!("onet:{name}")) {
        Some(tool) => tool.uri,
        None => taxonomy.find_label(name).unwrap_or_else(|| panic!("{name}")).uri,
    };
    for (a, b) in [
        ("Amazon Web Services AWS software", "Prometheus"),
        ("pandas", "Amazon Elastic Compute Cloud EC2"),
        ("Docker", "GitHub"),
        ("Instructure Canvas", "Articulate Storyline"),
        ("Canvas (learning management systems)", "Articulate Storyline"),
        ("project management", "learning management systems"),
        ("Python", "Kubernetes"),
        ("pharmacy law", "education law"),
        ("Instructure Canvas", "cloud technologies"),
        ("Canvas (learning management systems)", "cloud technologies"),
        ("perform project management", "manage production systems"),
        ("project management", "manage production systems"),
        ("pandas", "Amazon Web Services AWS software"),
        ("financial markets", "financial forecasting"),
    ] {
        assert_eq!(taxonomy.kinship(&key(a), &key(b)), None, "{a} {b}");
        assert_eq!(taxonomy.kinship(&key(b), &key(a)), None, "{b} {a}");
    }
}

#[test]
fn search_as_you_type() {
    let taxonomy = Taxonomy::builtin();
    let top = |words: &str| taxonomy.search(words, 5).into_iter().map(|s| s.label).collect::<Vec<_>>();
    assert_eq!(top("project man")[0], "project management");
    assert_eq!(top("kubern")[0], "Kubernetes");
    assert!(top("machine learning").contains(&"machine learning".to_owned()));
    assert!(top("").is_empty());
    assert!(top("zzzzqq").is_empty());
}
