//! What is read from sentences, with reasons.

use std::sync::{Arc, LazyLock};

use cairn_skills::{Named, Reader, Taxonomy, Vocabulary, Why};
use expect_test::{Expect, expect};

static READER: LazyLock<Reader> = LazyLock::new(|| {
    let named = |id: &str, name: &str, also: &[&str]| Named {
        id: id.into(),
        name: name.into(),
        also: also.iter().map(|a| (*a).to_owned()).collect(),
    };
    let vocabulary = Vocabulary {
        certificates: vec![
            named("security-plus", "CompTIA Security+", &["Security+"]),
            named("a-plus", "CompTIA A+", &["A+"]),
            named("bls", "Basic Life Support", &["BLS certification"]),
        ],
        roles: vec![
            named("cloud-engineer", "Cloud Engineer", &["Cloud Infrastructure Engineer", "AWS Engineer"]),
            named("data-analyst", "Data Analyst", &["Business Intelligence Analyst"]),
            named("registered-nurse", "Registered Nurse", &["Staff Nurse", "RN"]),
        ],
        tools: vec![named("onet:Ignition SCADA", "Ignition SCADA", &["Ignition"])],
        ..Vocabulary::default()
    };
    Reader::new(Arc::new(Taxonomy::builtin()), &vocabulary)
});

fn check(ad: &str, want: Expect) {
    let reading = READER.read_ad(ad);
    let mut shown: Vec<String> = reading
        .mentions
        .iter()
        .map(|m| {
            let why = match &m.why {
                Why::PreferredLabel => "label",
                Why::AlternativeLabel { .. } => "other label",
                Why::NearLabel { .. } => "near",
                Why::Named { .. } => "name",
            };
            format!(
                "{:?} {} = {} [{:?}{}] {why}",
                m.kind,
                m.words,
                m.label,
                m.importance,
                m.level.as_ref().map(|l| format!(", {l}")).unwrap_or_default()
            )
        })
        .collect();
    shown.extend(reading.notes);
    want.assert_eq(&shown.join("\n"));
}

#[test]
fn parts_of_words_are_no_words() {
    check("You will shape our platform, inform leaders and reform java-free kitchens in Swiftwater.", expect![""]);
    check(
        "You excel at sales, go to market, have access to a car and an outlook on life; word of mouth in spring.",
        expect![[""]],
    );
    check("Excel at what you do. Go further. R&D budget. Vitamin C.", expect![[""]]);
}

#[test]
fn short_names_count_in_company() {
    check(
        "- Proficient in Excel, Word and Access",
        expect![[r#"
        Tool Excel = Microsoft Excel [Required, intermediate] name
        Tool Word = Microsoft Word [Required, intermediate] name
        Tool Access = Microsoft Access [Required, intermediate] name"#]],
    );
    check(
        "- Experience with R, Go or Rust and C",
        expect![[r#"
        Skill R = R [Required] name
        Tool Go = Go [Required] name
        Tool Rust = Rust [Required] name
        Tool C = C [Required] name"#]],
    );
    check("- Chart patient visits in Epic", expect!["Tool Epic = Epic Systems [Required] name"]);
    check(
        "- Java/Spring/Hibernate",
        expect![[r#"
        Skill Java = Java (computer programming) [Required] name
        Tool Spring = Spring Framework [Required] name
        Tool Hibernate = Hibernate ORM [Required] name"#]],
    );
}

#[test]
fn lists_by_slash_and_by_word() {
    check(
        "You know AWS/Azure/GCP and Terraform or CloudFormation.",
        expect![[r#"
        Tool AWS = Amazon Web Services AWS software [Required] name
        Tool Azure = Microsoft Azure software [Required] name
        Tool Terraform = IBM Terraform [Required] name
        Tool CloudFormation = Amazon Web Services AWS CloudFormation [Required] name"#]],
    );
}

#[test]
fn asked_for_welcome_or_not_needed() {
    check(
        "Python is required, Kubernetes preferred. Tableau would be a plus. Ideally you bring Docker.",
        expect![[r#"
        Skill Python = Python (computer programming) [Required] name
        Tool Kubernetes = Kubernetes [Preferred] name
        Tool Tableau = Tableau [Preferred] name
        Tool Docker = Docker [Preferred] name"#]],
    );
    check("No Java experience needed. We do not use PHP. A degree is not required. No Scala.", expect![[""]]);
    check(
        "Requirements\n- SQL\n- Linux a plus\n\nNice to have\n- Docker\n- Kubernetes is required",
        expect![[r#"
        Skill SQL = SQL [Required] name
        Tool Linux = Linux [Preferred] name
        Tool Docker = Docker [Preferred] name
        Tool Kubernetes = Kubernetes [Required] name"#]],
    );
}

#[test]
fn levels_and_years() {
    check(
        "3+ years of Python; basic SQL, expert knowledge of Kubernetes and advanced Excel skills",
        expect![[r#"
            Years 3+ years = 3 years of experience in Python [Required, 3] name
            Skill Python = Python (computer programming) [Required, 3] name
            Skill SQL = SQL [Required, basic] name
            Tool Kubernetes = Kubernetes [Required, expert] name
            Tool advanced Excel = Microsoft Excel [Required, advanced] name"#]],
    );
}

#[test]
fn power_skills() {
    check(
        "Strong leadership, communication and time management. Cross-cultural teams. You are a team player who thinks critically and solves problems; you manage multiple projects.",
        expect![[r#"
            Skill leadership = lead others [Required] name
            Skill communication = communication [Required] name
            Skill time management = manage time [Required] name
            Skill Cross-cultural = show intercultural awareness [Required] name
            Skill team player = work in teams [Required] name
            Skill thinks critically = think critically [Required] name
            Skill solves problems = solve problems [Required] name
            Skill manage multiple projects = project management [Required] name"#]],
    );
}

#[test]
fn boilerplate_is_left_alone() {
    check(
        "About us\nWe love Python and leadership.\n\nRequirements\nSQL\n\nWhat we offer\nTraining in Java, dental insurance.\n\nWe are an equal opportunity employer; communication matters without regard to religion.",
        expect!["Skill SQL = SQL [Required] name"],
    );
}

#[test]
fn certificates_by_name() {
    check(
        "CompTIA Security+ or A+ certification",
        expect![[r#"
            Certificate CompTIA Security+ = CompTIA Security+ [Required] name
            Certificate A+ = CompTIA A+ [Required] name"#]],
    );
    check("You get an A+ from us.", expect![[""]]);
}

#[test]
fn another_language_is_said_so() {
    check(
        "Wir suchen eine erfahrene Entwicklerin für unser Team in Hamburg. Sie haben Erfahrung mit Kubernetes und AWS und arbeiten gerne selbständig an neuen Aufgaben.",
        expect![[r#"
            Tool Kubernetes = Kubernetes [Required] name
            Tool AWS = Amazon Web Services AWS software [Required] name
            This ad seems to be in German. Cairn reads English; only names of tools, certificates and the like were looked for."#]],
    );
    check("", expect!["The ad is empty: paste its words."]);
}

#[test]
fn titles_and_roles() {
    let fit = |ad: &str| {
        let reading = READER.read_ad(ad);
        let roles: Vec<String> = reading.roles.iter().map(|r| format!("{} {:.2}", r.id, r.confidence)).collect();
        format!("{:?} {}", reading.title.unwrap_or_default(), roles.join(", "))
    };
    expect![[r#""Senior Cloud Engineer (m/f/d) – Berlin" cloud-engineer 1.00"#]]
        .assert_eq(&fit("Senior Cloud Engineer (m/f/d) – Berlin\n\nYou will…"));
    expect![[r#""Registered Nurse" registered-nurse 1.00"#]]
        .assert_eq(&fit("St. Mary is looking for an experienced Registered Nurse to join us. You care."));
    expect![[r#""BI Data Analyst II" data-analyst 0.70"#]]
        .assert_eq(&fit("Job title: BI Data Analyst II\nLocation: Leeds"));
    expect![[r#""Pastry Chef" "#]].assert_eq(&fit("Pastry Chef\nBake."));
}

#[test]
fn claims_have_no_boilerplate() {
    let reading = READER.read_claims(
        "About me\nI led a team of five, managed budgets and wrote Python for six years. Fluent in Spanish.",
    );
    let keys: Vec<String> = reading.mentions.iter().map(|m| format!("{} = {}", m.words, m.label)).collect();
    expect![[r#"
        led a team = lead a team
        managed budgets = manage budgets
        Python = Python (computer programming)
        six years = 6 years of experience in Python
        Spanish = Spanish"#]]
    .assert_eq(&keys.join("\n"));
}

#[test]
fn kinds_of_error_that_were_seen() {
    check(
        "Knowledge of ICH-GCP rules; our ethics committee.",
        expect!["Skill ICH-GCP = apply good clinical practices [Required] name"],
    );
    check("At the cornerstone of our school stands our monitoring system.", expect![[""]]);
    check("- Spark people's interest\n- Ignition of engines", expect![[""]]);
    check("- Ignition a plus", expect!["Tool Ignition = Ignition SCADA [Preferred] name"]);
    check(
        "You report change management at the customer to colleagues.",
        expect!["Skill change management = apply change management [Required] name"],
    );
    check(
        "Requirements\n- Amharic, French or Spanish\n- Fluent English and good Dutch\n- Experience teaching German to speakers of other languages",
        expect![[r#"
        Language Amharic = Amharic [Required] name
        Language French = French [Required] name
        Language Spanish = Spanish [Required] name
        Language English = English [Required, C1] name
        Language Dutch = Dutch [Required, B1] name"#]],
    );
    check(
        "Two years of coding experience, strong knowledge of medical terminology; we count four years of relevant work instead.",
        expect![[r#"
        Years Two years = 2 years of experience in coding [Required, 2] name
        Skill medical terminology = medical terminology [Required, advanced] name"#]],
    );
    check(
        "- Bachelor's degree, preferably in law or economics, and 5+ years supporting hospitals",
        expect![[r#"
        Degree Bachelor's degree, preferably in law or economics = Bachelor's degree in law or economics [Required] name
        Years 5+ years = 5 years of experience in supporting hospitals [Required, 5] name"#]],
    );
    check(
        "- Basic Life Support certification and time management across a busy ward",
        expect![[r#"
            Certificate Basic Life Support = Basic Life Support [Required] name
            Skill time management = manage time [Required] name"#]],
    );
    check(
        "- Experience with pandas\n- We analyse delivery data and led cross-functional teams",
        expect![[r#"
        Tool pandas = pandas [Required] name
        Skill analyse delivery data = perform data analysis [Required] name
        Skill led cross-functional teams = lead a team [Required] name"#]],
    );
}
