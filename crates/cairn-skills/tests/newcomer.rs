//! What a first reader stumbled over, by kinds: roles by a shared noun, employers' names, plain demands.

use std::sync::{Arc, LazyLock};

use cairn_skills::{Importance, Reader, Taxonomy};

#[path = "data/packs.rs"]
mod packs;

static READER: LazyLock<Option<Reader>> =
    LazyLock::new(|| packs::vocabulary().map(|vocabulary| Reader::new(Arc::new(Taxonomy::builtin()), &vocabulary)));

/// The roles read from a title, with no more to the ad.
fn roles(title: &str) -> Vec<String> {
    let Some(reader) = READER.as_ref() else { return Vec::new() };
    let reading = reader.read_ad(&format!("{title}\n\nYou will work with us."));
    assert_eq!(reading.title.as_deref(), Some(title));
    reading.roles.into_iter().filter(|r| r.confidence >= 0.5).map(|r| r.id).collect()
}

#[test]
fn a_shared_noun_makes_no_role() {
    for title in [
        "Senior Platform Engineer (m/f/d)",
        "Software Engineer",
        "Sales Engineer",
        "Civil Engineer",
        "Systems Engineer",
        "School Nurse",
        "Nurse Practitioner",
        "Clinical Nurse Specialist",
        "Registered Nurse Manager",
        "Business Analyst",
        "Operations Analyst",
        "Data Entry Analyst",
        "Data Center Engineer",
        "Software Test Automation Engineer",
        "Construction Project Manager",
        "Project Engineer",
        "Marketing Specialist",
        "Veterinary Technician",
        "Store Manager",
        "Director of Nursing",
        "Yoga Teacher",
        "Executive Assistant",
        "Cloud Engineer / Data Engineer",
    ] {
        assert_eq!(roles(title), Vec::<String>::new(), "{title}");
    }
}

#[test]
fn a_whole_name_makes_a_role() {
    if READER.is_none() {
        return;
    }
    for (title, role) in [
        ("Senior Cloud Engineer (m/f/d)", "cloud-engineer"),
        ("AWS Engineer II", "cloud-engineer"),
        ("Staff Nurse", "registered-nurse"),
        ("Registered Nurse, ICU – Nights", "registered-nurse"),
        ("RN - Medical/Surgical", "registered-nurse"),
        ("Head of School", "education-administrator"),
        ("School Librarian", "librarian"),
        ("IT Project Manager", "it-project-manager"),
        ("IT Project Lead (f/m/x), international programmes", "it-project-manager"),
        ("Cloud Engineer Lead", "cloud-engineer"),
        ("IT Support Specialist", "it-support-specialist"),
        ("Entry-Level Data Analyst", "data-analyst"),
        ("Healthcare Data Analyst", "data-analyst"),
        ("Tax Accountant", "accountant"),
        ("EHR Application Analyst (Epic Ambulatory)", "ehr-analyst"),
        ("Financial Crime and AML Compliance Analyst", "aml-compliance-analyst"),
        ("Third-Grade Teacher, full time, starting in January", "elementary-school-teacher"),
        ("Automation Engineer", "automation-engineer"),
        ("Controls Engineer", "automation-engineer"),
        ("3rd Grade Teacher", "elementary-school-teacher"),
    ] {
        assert_eq!(roles(title).first().map(String::as_str), Some(role), "{title}");
    }
}

/// What is read from an ad with the packs' names: `~` before the label when it is only preferred.
fn read(ad: &str) -> Vec<String> {
    let Some(reader) = READER.as_ref() else { return Vec::new() };
    let shown = |m: &cairn_skills::Mention| {
        format!("{}{}", if m.importance == Importance::Preferred { "~" } else { "" }, m.label)
    };
    reader.read_ad(ad).mentions.iter().map(shown).collect()
}

fn check(ad: &str, want: &[&str]) {
    if READER.is_some() {
        assert_eq!(read(ad), want, "{ad}");
    }
}

#[test]
fn an_employers_name_is_no_skill() {
    check("Acme Robotics builds warehouse robots. Line worker wanted. No experience with robotics needed.", &[]);
    check("Acme Robotics is hiring a baker.", &[]);
    check("Python Software Foundation sponsors us.", &[]);
    check("Delta Accounting, Inc. was founded in 1990. Join Delta Accounting today. SQL required.", &["SQL"]);
    check("Delta Accounting provides bookkeeping, payroll and dashboards. You know SQL.", &["SQL"]);
    check("Kubernetes runs our services. You know SQL.", &["Kubernetes", "SQL"]);
    check("Tableau is looking for a cook.", &[]);
    check("Robotics experience required. Acme Robotics is hiring.", &["robotics"]);
}

#[test]
fn what_is_said_not_to_be_needed_is_not_required_elsewhere() {
    check("You will work in our Java team beside Kubernetes people. No Java experience needed.", &["Kubernetes"]);
    check("You will work beside Java people. Java is required.", &["Java (computer programming)"; 2]);
}

#[test]
fn short_names_that_are_plainly_asked_for() {
    let excel = "Microsoft Excel";
    check("Excel required.", &[excel]);
    check("Excel required", &[excel]);
    check("Strong Excel skills are required.", &[excel]);
    check("Must have Excel.", &[excel]);
    check("Excel is a must.", &[excel]);
    check("Epic experience preferred.", &["~Epic Systems"]);
    check("We need Excel and a CPA.", &[excel, "Certified Public Accountant (CPA)"]);
    check(
        "CPA preferred, Excel required, Bachelors",
        &["~Certified Public Accountant (CPA)", excel, "Bachelor's degree"],
    );
    check(
        "You've spent at least five years shipping Go or Rust services in production",
        &["5 years of experience in shipping Go or Rust services in production", "Go", "Rust"],
    );
    check("Teams, Word and Access required.", &["Microsoft Teams", "Microsoft Word", "Microsoft Access"]);
    check("R required.", &["R"]);
    check("Mentor juniors.", &["mentor individuals"]);
}

#[test]
fn scraps_of_a_list_are_read() {
    check(
        "RN, ACLS, BLS. Epic. 2 yrs. Nights. TX license.",
        &[
            "Registered nurse licence",
            "Advanced Cardiovascular Life Support (ACLS) Provider",
            "Basic Life Support (BLS) Provider",
            "Epic Systems",
            "2 years of experience",
        ],
    );
    check("Forklift license required. 1 yr exp.", &["Forklift licence", "1 year of experience"]);
    check("Learn. Grow. Excel. 2 years.", &[]);
}

#[test]
fn plain_words_stay_plain() {
    for ad in [
        "You excel at selling on an epic journey, always on the go, with access to teams.",
        "Excel at sales. An epic journey. On the go. Access to a car.",
        "Access to a vehicle required.",
        "Access is required at all hours.",
        "Go beyond what is required.",
        "Teams are required to meet daily.",
        "Teams of five. Word of mouth.",
        "Rust prevention needed.",
    ] {
        check(ad, &[]);
    }
}
