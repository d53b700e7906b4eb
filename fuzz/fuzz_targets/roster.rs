//! Any bytes as a roster, CSV or JSON Lines.
#![no_main]

use cairn_domain::definition::{Criterion, Definition};
use cairn_domain::roster::{Form, Roster};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let levels = ["Low", "High"].map(str::to_owned).to_vec();
    let criterion = Criterion { id: "a".into(), statement: "A.".into(), levels, required: Some("High".into()) };
    let definition = Definition { criteria: vec![criterion], ..Definition::default() };
    let now = "2026-11-23T12:00:00Z".parse().expect("a moment");
    for form in [Form::Csv, Form::Jsonl] {
        let Ok(roster) = Roster::open(bytes, form, &definition, now) else { continue };
        for verdict in roster {
            match verdict {
                Ok(row) => assert!(row.line > 0 && row.email.contains('@')),
                Err(problems) => assert!(problems.iter().all(|problem| problem.line > 0 && !problem.says.is_empty())),
            }
        }
    }
});
