//! The command line as people use it: whole commands, exit codes, shapes, and bad input of every kind.

#![allow(clippy::unwrap_used)] // a test fails by panicking, helpers too

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

fn cairn(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cairn")).args(args).stdin(Stdio::null()).output().unwrap()
}

fn cairn_with(args: &[&str], stdin: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cairn"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The program may refuse before it has read everything; a closed pipe is fine then.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    child.wait_with_output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {} {}", out(output), err(output)))
}

/// A folder of this test process, made once, with the samples in it.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("cli-{}", std::process::id()));
        let made = cairn(&["samples", folder.to_str().unwrap()]);
        assert!(made.status.success(), "{}", err(&made));
        folder
    })
}

fn file(name: &str) -> String {
    folder().join(name).to_str().unwrap().to_owned()
}

fn put(name: &str, bytes: &[u8]) -> String {
    let path = folder().join(name);
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

fn fits(schema: &str, value: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema").join(schema);
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> = validator.iter_errors(value).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(wrong.is_empty(), "{}: {}", path.display(), wrong.join("\n"));
}

#[test]
fn verify_answers_five_questions_in_its_shape() {
    let trust = file("trust.json");
    let output = cairn(&[
        "verify",
        &file("maya.cairn.json"),
        "--trust",
        &trust,
        "--holder",
        "maya@learner.example",
        "--offline",
        "--json",
    ]);
    assert_eq!(output.status.code(), Some(1), "an expired and an altered badge are among them: {}", err(&output));
    let report = json(&output);
    fits("verify.v1.json", &report);
    let items = report["items"].as_array().unwrap();
    assert_eq!(items.len(), 6);
    let answers = |name: &str, question: &str| {
        let item = items.iter().find(|i| i["name"].as_str().unwrap().ends_with(name)).unwrap();
        item["verdict"][question]["answer"].as_str().unwrap().to_owned()
    };
    assert_eq!(answers("cloud-foundations.png", "genuine"), "yes");
    assert_eq!(answers("cloud-foundations.png", "current"), "yes");
    assert_eq!(answers("cloud-foundations.png", "whose"), "address-matches");
    assert_eq!(answers("cloud-foundations.png", "known"), "on-list");
    assert_eq!(answers("cloud-foundations.png", "entitled"), "defined-it");
    assert_eq!(answers("secure-cloud-operations.svg", "current"), "expired");
    assert_eq!(answers("containers-in-practice.json", "genuine"), "no");
    assert_eq!(answers("python-for-analysts.json", "known"), "self-asserted");
}

#[test]
fn one_good_badge_is_exit_zero_and_require_adds_to_it() {
    let bundle = file("one.cairn.json");
    let png = file("maya/cloud-foundations.png");
    assert_eq!(cairn(&["bundle", &png, "--offline", "-o", &bundle]).status.code(), Some(0));
    // Without the status list it cannot be told whether it is current.
    assert_eq!(cairn(&["verify", &bundle, "--offline"]).status.code(), Some(1));
    let full: Value = serde_json::from_str(&std::fs::read_to_string(file("maya.cairn.json")).unwrap()).unwrap();
    let mut one = full.clone();
    let credentials = full["credentials"].as_array().unwrap();
    one["credentials"] =
        Value::Array(credentials.iter().filter(|c| c["name"] == "cloud-foundations.png").cloned().collect());
    let bundle = put("one.cairn.json", one.to_string().as_bytes());
    let trust = file("trust.json");
    let code = |extra: &[&str]| {
        let mut args = vec!["verify", &bundle, "--offline"];
        args.extend(extra);
        cairn(&args).status.code()
    };
    assert_eq!(code(&[]), Some(0));
    assert_eq!(code(&["--require", "known"]), Some(1), "no list was given");
    assert_eq!(code(&["--require", "known,entitled", "--trust", &trust]), Some(0));
    assert_eq!(code(&["--require", "whose"]), Some(1));
    assert_eq!(code(&["--require", "whose", "--holder", "maya@learner.example"]), Some(0));
    assert_eq!(code(&["--require", "whose", "--holder", "mailto:maya@learner.example"]), Some(0));
    assert_eq!(code(&["--require", "whose", "--holder", "somebody@else.example"]), Some(1));
    assert_eq!(code(&["--holder", " "]), Some(2), "an empty address is a mistake");
    assert_eq!(code(&["--require", "whose", "--holder", "maya@learner.example", "--unconfirmed"]), Some(1));
    assert_eq!(code(&["--at", "2040-01-01"]), Some(1), "the status list is old by then");
}

#[test]
fn gap_and_plan_fit_their_shapes_and_agree() {
    let (ad, claims, trust) = (file("ads/cloud-engineer-tidewater.txt"), file("maya-claims.txt"), file("trust.json"));
    let badges = file("maya.cairn.json");
    let common = [
        "--ad",
        &ad,
        "--badges",
        &badges,
        "--claims",
        &claims,
        "--trust",
        &trust,
        "--holder",
        "maya@learner.example",
        "--offline",
        "--json",
    ];
    let gap = cairn(&[&["gap"], &common[..]].concat());
    assert_eq!(gap.status.code(), Some(0), "{}", err(&gap));
    let gap = json(&gap);
    fits("gap.v1.json", &gap);
    let states: std::collections::BTreeSet<&str> =
        gap["gap"]["matches"].as_array().unwrap().iter().map(|m| m["state"].as_str().unwrap()).collect();
    assert_eq!(states.len(), 5, "the sample shows all five states: {states:?}");
    // Every mention is where it says it is, in the very words.
    let text = gap["ads"][0]["text"].as_str().unwrap();
    for one in gap["gap"]["matches"].as_array().unwrap() {
        for mention in one["requirement"]["mentions"].as_array().unwrap() {
            let (start, end) = (mention["start"].as_u64().unwrap() as usize, mention["end"].as_u64().unwrap() as usize);
            assert_eq!(text.get(start..end), mention["words"].as_str());
        }
    }
    let plan = cairn(&[&["plan", "--hours", "60", "--money", "400"], &common[..]].concat());
    assert_eq!(plan.status.code(), Some(0), "{}", err(&plan));
    let plan = json(&plan);
    fits("plan.v1.json", &plan);
    let best = &plan["plan"]["best"];
    assert!(best["hours"].as_u64().unwrap() <= 60 && best["money"]["minor"].as_i64().unwrap() <= 40_000);
    assert!(!best["steps"].as_array().unwrap().is_empty());
    assert_eq!(plan["gap"]["gap"], gap["gap"]);
}

#[test]
fn a_gap_of_several_people_says_so() {
    let (ad, maya, linh) = (file("ads/cloud-engineer-tidewater.txt"), file("maya.cairn.json"), file("linh.cairn.json"));
    let gap = json(&cairn(&["gap", "--ad", &ad, "--badges", &maya, &linh, "--offline", "--json"]));
    assert!(gap["notes"].to_string().contains("several people"), "{}", gap["notes"]);
    let one = json(&cairn(&["gap", "--ad", &ad, "--badges", &maya, "--offline", "--json"]));
    assert!(!one["notes"].to_string().contains("several people"), "{}", one["notes"]);
}

#[test]
fn a_closed_pipe_does_not_turn_a_bad_badge_into_a_good_one() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cairn"))
        .args(["verify", &file("maya/containers-in-practice.json"), "--offline"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn a_mixed_budget_needs_a_dated_rate() {
    let ad = file("ads/cloud-engineer-tidewater.txt");
    let refused = cairn(&["plan", "--ad", &ad, "--money", "400", "--currency", "EUR"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(err(&refused).contains("USD") && err(&refused).contains("EUR"), "{}", err(&refused));
    let told = cairn(&["plan", "--ad", &ad, "--money", "400", "--currency", "EUR", "--rate", "USD=0.9EUR@2026-11-20"]);
    assert_eq!(told.status.code(), Some(0), "{}", err(&told));
}

#[test]
fn skills_are_extracted_and_ranked() {
    let extract = cairn_with(&["skills", "extract", "-", "--json"], b"You bring Kubernetes and project management.");
    assert_eq!(extract.status.code(), Some(0));
    fits("extract.v1.json", &json(&extract));
    let rank = cairn_with(&["skills", "rank", "--top", "3"], "manage budgets\n\nAnalyse data with Python\n".as_bytes());
    assert_eq!(rank.status.code(), Some(0));
    let lines: Vec<Value> = out(&rank).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3, "one line out for each line in, empty ones too");
    assert_eq!(lines[0]["text"], "manage budgets");
    assert_eq!(lines[0]["skills"][0]["label"], "manage budgets");
    assert!(lines[0]["skills"][0]["uri"].as_str().unwrap().starts_with("http://data.europa.eu/esco/skill/"));
    assert_eq!(lines[2]["skills"].as_array().unwrap().len(), 3);
}

#[test]
fn packs_are_checked() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/technology.toml");
    let sound = cairn(&["pack", "check", root.to_str().unwrap()]);
    assert_eq!(sound.status.code(), Some(0), "{}", out(&sound));
    let text = std::fs::read_to_string(&root).unwrap();
    let unknown = put("unknown.toml", text.replacen("/esco/skill/", "/esco/skill/0000", 1).as_bytes());
    let checked = cairn(&["pack", "check", &unknown]);
    assert_eq!(checked.status.code(), Some(1));
    assert!(out(&checked).contains("0000"), "{}", out(&checked));
    let broken = cairn(&["pack", "check", &put("broken.toml", b"id = \"x\"\nname = ")]);
    assert_eq!(broken.status.code(), Some(1));
    assert!(out(&broken).contains('2'), "it says in which line: {}", out(&broken));
}

#[test]
fn a_genuine_copy_shows_where_the_other_was_altered() {
    let good = std::fs::read_to_string(folder().join("maya/data-storytelling-day.json")).unwrap();
    let mut altered: Value = serde_json::from_str(&good).unwrap();
    altered["credentialSubject"]["achievement"]["description"] = "With distinction".into();
    let (one, other) =
        (put("copy-altered.json", altered.to_string().as_bytes()), file("maya/data-storytelling-day.json"));
    let report = json(&cairn(&["verify", &one, &other, "--offline", "--json"]));
    let genuine = &report["items"][0]["verdict"]["genuine"];
    assert_eq!(genuine["answer"], "no");
    assert_eq!(genuine["altered"]["pointers"], serde_json::json!(["/credentialSubject/achievement/description"]));
    let alone = json(&cairn(&["verify", &one, "--offline", "--json"]));
    assert_eq!(alone["items"][0]["verdict"]["genuine"]["altered"]["part"], "somewhere-in-the-signed-part");
}

/// Each bad file gets its own code and sentence and exit code 2, and the good one beside it still gets its verdict.
#[test]
fn bad_input_is_named_and_takes_nothing_with_it() {
    let bad = folder().join("bad");
    std::fs::create_dir_all(&bad).unwrap();
    let png = std::fs::read(folder().join("maya/cloud-foundations.png")).unwrap();
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let good = std::fs::read_to_string(folder().join("maya/data-storytelling-day.json")).unwrap();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("truncated.png", png[..png.len() / 2].to_vec()),
        ("deep.json", deep.into_bytes()),
        ("half.json", good.as_bytes()[..good.len() / 2].to_vec()),
        ("not-a-badge.json", b"{\"hello\": 1}".to_vec()),
        ("empty.json", Vec::new()),
        ("large.json", vec![b' '; 9 << 20]),
        ("noise.bin", (0..4096_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect()),
        ("bomb.zip", zip_bomb()),
    ];
    for (name, bytes) in &cases {
        std::fs::write(bad.join(name), bytes).unwrap();
    }
    std::fs::write(bad.join("good.json"), &good).unwrap();
    let output = cairn(&["verify", bad.to_str().unwrap(), "--offline", "--json"]);
    assert_eq!(output.status.code(), Some(2), "{}", err(&output));
    assert!(!err(&output).contains("panicked"), "{}", err(&output));
    let report = json(&output);
    fits("verify.v1.json", &report);
    let items = report["items"].as_array().unwrap();
    for (name, _) in &cases {
        let item =
            items.iter().find(|i| i["name"].as_str().unwrap().contains(name)).unwrap_or_else(|| panic!("{name}"));
        assert_eq!(item["is"], "unread", "{name}: {item}");
        assert!(item["problem"]["says"].as_str().unwrap().len() > 20, "{item}");
    }
    let item = items.iter().find(|i| i["name"].as_str().unwrap().ends_with("good.json")).unwrap();
    assert_eq!(item["verdict"]["genuine"]["answer"], "yes");
    assert_eq!(cairn(&["verify", &file("nowhere.json")]).status.code(), Some(2));
}

/// 100 MB of zeros in a small archive.
fn zip_bomb() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for n in 0..10 {
        zip.start_file(format!("{n}.json"), options).unwrap();
        for _ in 0..10 {
            zip.write_all(&vec![b' '; 1 << 20]).unwrap();
        }
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_doubled_key_and_a_poison_graph_are_not_genuine_and_do_not_hang() {
    let good = std::fs::read_to_string(folder().join("maya/data-storytelling-day.json")).unwrap();
    let doubled = good.replacen('{', "{\"name\": \"x\", \"name\": \"y\",", 1);
    let report = json(&cairn(&["verify", &put("doubled.json", doubled.as_bytes()), "--offline", "--json"]));
    let item = &report["items"][0];
    assert!(item["is"] == "unread" || item["verdict"]["genuine"]["answer"] != "yes", "{item}");
    assert!(item.to_string().contains("name"), "it names the doubled key: {item}");
    let mut poison: Value = serde_json::from_str(&good).unwrap();
    let clique: Vec<Value> = (0..12)
        .map(|i| {
            let others: Vec<Value> =
                (0..12).filter(|j| *j != i).map(|j| serde_json::json!({"id": format!("_:n{j}")})).collect();
            serde_json::json!({"id": format!("_:n{i}"), "type": ["Profile"], "parentOrg": others})
        })
        .collect();
    poison["issuer"]["otherIdentifier"] = Value::Null;
    poison["evidence"] = Value::Array(clique);
    let report = json(&cairn(&["verify", &put("poison.json", poison.to_string().as_bytes()), "--offline", "--json"]));
    assert_ne!(report["items"][0]["verdict"]["genuine"]["answer"], "yes");
}

#[test]
fn bad_ads_get_their_sentence() {
    for (name, bytes, word) in [
        ("empty-ad.txt", Vec::new(), "empty"),
        ("blank-ad.txt", b" \n\n ".to_vec(), "empty"),
        ("large-ad.txt", vec![b'a'; 1 << 20], "kB"),
        ("latin1-ad.txt", b"Caf\xe9 manager".to_vec(), "UTF-8"),
    ] {
        let output = cairn(&["gap", "--ad", &put(name, &bytes)]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(err(&output).contains(word), "{name}: {}", err(&output));
    }
}

#[test]
fn misuse_is_exit_two_and_help_is_zero() {
    for args in [
        &["verify"][..],
        &["nonsense"],
        &["gap"],
        &["plan", "--ad", "x", "--money", "lots"],
        &["verify", "x", "--at", "soon"],
    ] {
        assert_eq!(cairn(args).status.code(), Some(2), "{args:?}");
    }
    for args in [&["--help"][..], &["verify", "--help"], &["--version"]] {
        assert_eq!(cairn(args).status.code(), Some(0), "{args:?}");
    }
}

#[test]
fn a_share_page_says_that_it_proves_nothing_by_itself() {
    let page = file("page.html");
    let made = cairn(&[
        "share",
        &file("maya.cairn.json"),
        "--offline",
        "-o",
        &page,
        "--purpose",
        "Cloud engineer at <Tidewater>",
    ]);
    assert_eq!(made.status.code(), Some(0), "{}", err(&made));
    let html = std::fs::read_to_string(&page).unwrap();
    assert!(html.contains("cairn verify") && html.contains("proves nothing by itself"), "{html:.2000}");
    assert!(html.contains("at &#60;Tidewater&#62;"), "foreign words are escaped");
    assert!(!html.to_lowercase().contains("<tidewater>"), "foreign words are escaped");
    assert!(!html.contains("src=\"http"), "nothing is loaded from elsewhere");
}

#[test]
fn what_is_not_read_yet_is_said_by_name() {
    let assertion = br#"{"@context":"https://w3id.org/openbadges/v2","type":"Assertion","id":"https://a.example/1","badge":"https://a.example/b"}"#;
    let report = json(&cairn(&["verify", &put("ob2.json", assertion), "--offline", "--json"]));
    assert!(report["items"][0]["problem"]["says"].as_str().unwrap().contains("Open Badges 2.0"), "{report}");
    let pdf =
        cairn(&["verify", &put("certificate.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF"), "--offline", "--json"]);
    assert_eq!(json(&pdf)["items"][0]["is"], "claim");
}
