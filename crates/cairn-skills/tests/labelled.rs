//! Precision and recall on ads written for this test, with floors.

use std::collections::BTreeSet;
use std::sync::Arc;

use cairn_skills::{Importance, Named, Reader, Taxonomy, Vocabulary};

/// Keys read that were not listed may still be right; this many per ad are borne before the test fails.
const UNLISTED_PER_AD: f64 = 1.0;

#[test]
fn what_must_be_read_is_read_and_nothing_forbidden() {
    let taxonomy = Arc::new(Taxonomy::builtin());
    let reader = Reader::new(Arc::clone(&taxonomy), &vocabulary());
    let table: toml::Table = include_str!("data/ads.toml").parse().unwrap();
    let ads = table["ad"].as_array().unwrap();
    let (mut met, mut wanted_in_all, mut unlisted, mut graded) = (0, 0, 0, 0);
    let mut wrong = Vec::new();
    for ad in ads {
        let text = ad["text"].as_str().unwrap();
        let first = text.trim().lines().next().unwrap_or_default();
        let reading = reader.read_ad(text);
        let found: BTreeSet<String> = reading.mentions.iter().map(|m| m.key.clone()).collect();
        let mut listed = BTreeSet::new();
        for want in strings(&ad["want"]) {
            let (preferred, want) = match want.strip_prefix('~') {
                Some(rest) => (true, rest),
                None => (false, want),
            };
            let key = key(&taxonomy, want);
            wanted_in_all += 1;
            match reading.mentions.iter().find(|m| m.key == key) {
                Some(mention) => {
                    met += 1;
                    graded += usize::from((mention.importance == Importance::Preferred) == preferred);
                    if (mention.importance == Importance::Preferred) != preferred {
                        wrong.push(format!("{first}: {want} is {:?}", mention.importance));
                    }
                }
                None => wrong.push(format!("{first}: missed {want}")),
            }
            listed.insert(key);
        }
        for forbidden in strings(&ad["never"]) {
            assert!(!found.contains(&key(&taxonomy, forbidden)), "{first}: read {forbidden}");
        }
        for key in found.difference(&listed) {
            let mention = reading.mentions.iter().find(|m| m.key == *key).unwrap();
            wrong.push(format!("{first}: unlisted {} ({})", mention.words, mention.label));
            unlisted += 1;
        }
    }
    let recall = met as f64 / wanted_in_all as f64;
    let precision = met as f64 / (met + unlisted) as f64;
    let importance = graded as f64 / met as f64;
    println!(
        "{} ads: recall {recall:.3}, precision {precision:.3}, importance {importance:.3}\n{}",
        ads.len(),
        wrong.join("\n")
    );
    assert!(recall >= 0.95, "recall {recall}\n{}", wrong.join("\n"));
    assert!(precision >= 0.9, "precision {precision}\n{}", wrong.join("\n"));
    assert!(importance >= 0.95, "importance {importance}\n{}", wrong.join("\n"));
    assert!(unlisted as f64 <= UNLISTED_PER_AD * ads.len() as f64);
}

#[allow(clippy::unwrap_used, reason = "the table is this test's own")]
fn strings(value: &toml::Value) -> impl Iterator<Item = &str> {
    value.as_array().unwrap().iter().map(|v| v.as_str().unwrap())
}

fn key(taxonomy: &Taxonomy, want: &str) -> String {
    match want.strip_prefix("esco:") {
        Some(label) => match taxonomy.find_label(label) {
            Some(skill) => skill.uri,
            None => format!("no such label: {label}"),
        },
        None => want.to_owned(),
    }
}

fn vocabulary() -> Vocabulary {
    let named = |id: &str, name: &str, also: &[&str]| Named {
        id: id.into(),
        name: name.into(),
        also: also.iter().map(|a| (*a).to_owned()).collect(),
    };
    Vocabulary {
        certificates: vec![
            named(
                "aws-sa",
                "AWS Certified Solutions Architect – Associate",
                &["AWS Certified Solutions Architect", "AWS Solutions Architect"],
            ),
            named("security-plus", "CompTIA Security+", &["Security+"]),
            named("network-plus", "CompTIA Network+", &["Network+"]),
            named("a-plus", "CompTIA A+", &["A+"]),
            named("cissp", "CISSP", &["Certified Information Systems Security Professional"]),
            named("bls", "Basic Life Support", &["BLS"]),
            named("cpr", "CPR", &["Cardiopulmonary resuscitation"]),
            named("rhit", "Registered Health Information Technician", &["RHIT"]),
            named("cfa", "Chartered Financial Analyst", &["CFA"]),
            named("cpa", "Certified Public Accountant", &["CPA"]),
            named("osha-10", "OSHA 10-Hour", &["OSHA 10"]),
            named("pmp", "Project Management Professional", &["PMP"]),
            named("six-sigma-green-belt", "Six Sigma Green Belt", &[]),
        ],
        ..Vocabulary::default()
    }
}
