//! What a first reader stumbled over, by kinds: roles by a shared noun, employers' names, plain demands.

use std::sync::{Arc, LazyLock};

use cairn_skills::{Reader, Taxonomy};

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
        ("IT Support Specialist", "it-support-specialist"),
        ("Entry-Level Data Analyst", "data-analyst"),
        ("Healthcare Data Analyst", "data-analyst"),
        ("Tax Accountant", "accountant"),
        ("Automation Engineer", "automation-engineer"),
        ("Controls Engineer", "automation-engineer"),
        ("3rd Grade Teacher", "elementary-school-teacher"),
    ] {
        assert_eq!(roles(title).first().map(String::as_str), Some(role), "{title}");
    }
}
