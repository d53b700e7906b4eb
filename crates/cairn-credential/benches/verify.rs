//! Verifying one badge, each way of securing it, beside one raw Ed25519 check: the last lines give the ratios.
#![allow(clippy::disallowed_methods)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use cairn_credential::canonical::canonical_hash;
use cairn_credential::facts::*;
use cairn_credential::sign::*;
use cairn_credential::verdict::Genuine;
use cairn_credential::{Gathered, Policy, verify};
use criterion::{Criterion, criterion_group, criterion_main};
use ed25519_dalek::Signer;
use jiff::Timestamp;
use serde_json::Value;

fn badge(key: &SigningKey) -> Value {
    let issuer = Party { id: key.controller().into(), name: Some("Example Corp".into()), url: None };
    let alignment = |n: usize| Alignment {
        url: format!("http://data.europa.eu/esco/skill/{n}"),
        name: format!("skill {n}"),
        ..Alignment::default()
    };
    open_badge(
        &Facts {
            id: Some("urn:uuid:2c8a3a0e-0000-4000-8000-000000000001".into()),
            name: "Teamwork".into(),
            issuer: issuer.clone(),
            subject: Subject { id: Some("did:example:learner".into()), ..Subject::default() },
            achievement: Some(Achievement {
                id: "urn:uuid:2c8a3a0e-0000-4000-8000-000000000002".into(),
                name: "Teamwork".into(),
                description: Some("Works well with others. ".repeat(20)),
                criteria: Some("Peers nominate. ".repeat(40)),
                definer: issuer,
                alignments: (0..8).map(alignment).collect(),
                ..Achievement::default()
            }),
            valid_from: Some(Timestamp::UNIX_EPOCH),
            ..Facts::default()
        },
        &[],
    )
}

/// Median time of one call.
fn median(mut call: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..200)
        .map(|_| {
            let begun = Instant::now();
            call();
            begun.elapsed()
        })
        .collect();
    times.sort();
    times[times.len() / 2]
}

fn verifying(c: &mut Criterion) {
    let key = SigningKey::did_key(&[1; 32]);
    let badge = badge(&key);
    let created = Timestamp::UNIX_EPOCH;
    let now = Timestamp::from_second(1_800_000_000).expect("a moment in 2027");
    let signed = |text: Result<String, String>| text.expect("the badge can be signed");
    let forms = [
        ("eddsa-rdfc-2022", signed(sign_data_integrity(&badge, &key, created, "assertionMethod"))),
        ("eddsa-jcs-2022", signed(sign_data_integrity_jcs(&badge, &key, created, "assertionMethod"))),
        ("vc-jwt", signed(sign_jwt(&badge, &key))),
    ];
    let raw = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
    let signature = raw.sign(&[7; 64]);
    let floor = || raw.verifying_key().verify_strict(black_box(&[7; 64]), &signature).expect("it is the key's own");
    c.bench_function("floor: one Ed25519 check", |b| b.iter(floor));
    c.bench_function("canonical hash", |b| b.iter(|| canonical_hash(black_box(&badge))));
    let (policy, gathered) = (Policy::default(), Gathered::default());
    let check = |text: &str| {
        let verdict = verify(black_box(text), &gathered, now, &policy);
        assert_eq!(verdict.genuine.is, Genuine::Yes);
    };
    for (name, text) in &forms {
        c.bench_function(&format!("verify/{name}"), |b| b.iter(|| check(text)));
    }
    let one = median(floor);
    for (name, text) in &forms {
        let ours = median(|| check(text));
        let ratio = ours.as_secs_f64() / one.as_secs_f64();
        println!("verify/{name}: {} bytes, {ours:?}, {ratio:.1} × one Ed25519 check ({one:?})", text.len());
    }
}

criterion_group!(benches, verifying);
criterion_main!(benches);
