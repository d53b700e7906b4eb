//! What must not go wrong when a machine does: `cairn issue` killed in the middle, run twice at once, on a full disk.
//! Afterwards each row of the file is awarded once: as many credentials, leaves of the log and places on lists.

#![cfg(unix)]
#![allow(clippy::unwrap_used)] // a test fails by panicking, helpers too

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use cairn_domain::definition::{Criterion, Definition, Picture};
use cairn_registrar::access::Actor;
use cairn_registrar::{Office, Settings};

const BASE: &str = "https://badges.example";

/// A site of its own, set up by the program, with something to award.
struct Place {
    folder: PathBuf,
    org: String,
    org_id: String,
    achievement: String,
}

impl Place {
    async fn new(name: &str, rows: usize) -> Place {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("robust-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut init = Command::new(env!("CARGO_BIN_EXE_cairn"));
        init.args(["init", "--org", "Harbour Coffee", "--owner", "ada@example.org"]);
        let done = at(&mut init, &folder).output().unwrap();
        assert!(done.status.success(), "{}", said(&done));
        let mut csv = String::from("key,name,email,result:grind,evidence_url\n");
        for n in 0..rows {
            csv += &format!("k{n},Learner {n},l{n}@learner.example,Able,https://work.example/{n}\n");
        }
        std::fs::write(folder.join("list.csv"), csv).unwrap();
        let mut place = Place { folder, org: String::new(), org_id: String::new(), achievement: String::new() };
        let office = place.office().await;
        let org = office.issuers().await.unwrap().remove(0);
        (place.org, place.org_id) = (org.slug, org.id);
        let mut tx = office.desk.store.begin().await.unwrap();
        tx.insert_picture(&"ab".repeat(32), "image/png", &[1], office.now()).await.unwrap();
        tx.commit().await.unwrap();
        let site = Actor::site();
        let one = office.draft_achievement(&site, &place.org_id, definition()).await.unwrap();
        office.publish_achievement(&site, &place.org_id, &one.id, one.revision).await.unwrap();
        office.desk.store.close().await;
        place.achievement = one.id;
        place
    }

    async fn office(&self) -> Office {
        let settings = Settings {
            database: format!("sqlite:{}", self.folder.join("cairn.sqlite").display()),
            key_file: self.folder.join("cairn.key"),
            base_url: BASE.into(),
            files: "memory:".into(),
            ..Settings::default()
        };
        Office::open(settings).await.unwrap()
    }

    /// `cairn issue list.csv`, by way of another program where one is named.
    fn issue(&self, by: Option<&str>) -> Child {
        let program = env!("CARGO_BIN_EXE_cairn");
        let mut command = match by {
            None => Command::new(program),
            Some(script) => {
                let mut bash = Command::new("bash");
                bash.args(["-c", &format!("{script}; exec \"$0\" \"$@\""), program]);
                bash
            }
        };
        command.args([
            "issue",
            "list.csv",
            "--files",
            "file:files",
            "--org",
            &self.org,
            "--achievement",
            &self.achievement,
        ]);
        at(&mut command, &self.folder).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Exactly so many credentials, people, places and leaves.
    async fn holds_exactly(&self, count: usize) {
        let office = self.office().await;
        let store = &office.desk.store;
        let all = store.list_credentials(&self.org_id, 100_000).await.unwrap();
        assert_eq!(all.len(), count, "credentials");
        let people: BTreeSet<_> = all.iter().map(|one| one.recipient_email.clone()).collect();
        assert_eq!(people.len(), count, "somebody has it twice");
        let mut places = BTreeSet::new();
        for one in &all {
            for place in store.list_credential_status(&self.org_id, &one.credential_id).await.unwrap() {
                assert!(places.insert((place.list_id, place.index)), "a place was given twice");
            }
        }
        assert_eq!(places.len(), 2 * count, "places on status lists");
        let leaves = store.list_log_leaves(0, 100_000).await.unwrap();
        assert_eq!(leaves.iter().filter(|leaf| leaf.kind == "award").count(), count, "leaves of the log");
        store.close().await;
    }

    /// Waits until so many are awarded, for at most half a minute.
    async fn waits_for(&self, office: &Office, least: u64) {
        for _ in 0..3_000 {
            let size = office.desk.store.find_log_size().await.unwrap();
            if size >= least {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("nothing was awarded in {}", self.folder.display());
    }

    /// Whoever was killed cannot give the batch back: does it for them, so that the test need not wait.
    async fn frees_the_batch(&self, office: &Office) {
        let site = Actor::site();
        for one in office.list_batches(&site, &self.org_id, None, 10).await.unwrap() {
            let by = one.leased_by.clone().unwrap_or_default();
            office.release_batch(&one, &by).await.unwrap();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

fn definition() -> Definition {
    let levels = ["Beginner", "Able"].map(str::to_owned).to_vec();
    Definition {
        name: "Espresso".into(),
        description: "Pulls a shot that one would pay for.".into(),
        kind: "MicroCredential".into(),
        language: "en".into(),
        criteria: vec![Criterion {
            id: "grind".into(),
            statement: "Grinds.".into(),
            levels,
            required: Some("Able".into()),
        }],
        picture: Some(Picture { sha256: "ab".repeat(32), alt: "A cup".into(), composed: None }),
        ..Definition::default()
    }
}

fn at<'a>(command: &'a mut Command, folder: &Path) -> &'a mut Command {
    let site = [("DATABASE", "sqlite:cairn.sqlite"), ("KEY_FILE", "cairn.key"), ("BASE_URL", BASE)];
    command.envs(site.map(|(name, value)| (format!("CAIRN_{name}"), value)));
    command.current_dir(folder).stdin(Stdio::null())
}

/// Everything that was printed; a panic is never part of it.
fn said(output: &Output) -> String {
    let says = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat();
    assert!(!says.contains("panicked"), "{says}");
    says
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_middle_it_goes_on_and_awards_nothing_twice() {
    const ROWS: usize = 1_500;
    let place = Place::new("killed", ROWS).await;
    let office = place.office().await;
    let mut before = 0;
    for _ in 0..2 {
        let mut child = place.issue(None);
        place.waits_for(&office, before + 1).await;
        // well into the next part
        tokio::time::sleep(Duration::from_millis(150)).await;
        child.kill().unwrap();
        child.wait_with_output().unwrap();
        before = office.desk.store.find_log_size().await.unwrap();
        assert!((before as usize) < ROWS, "it was through before it could be killed");
        place.frees_the_batch(&office).await;
    }
    office.desk.store.close().await;
    let done = place.issue(None).wait_with_output().unwrap();
    let says = said(&done);
    assert_eq!(done.status.code(), Some(0), "{says}");
    assert!(says.contains("Going on after row") && says.contains("1500 awards made, 0 rows passed over"), "{says}");
    place.holds_exactly(ROWS).await;
    let again = place.issue(None).wait_with_output().unwrap();
    assert!(said(&again).contains("This file was issued already: 1500 awards"), "{}", said(&again));
    place.holds_exactly(ROWS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn run_twice_at_once_each_row_is_awarded_once() {
    const ROWS: usize = 600;
    let place = Place::new("twice", ROWS).await;
    let children = [place.issue(None), place.issue(None)];
    for child in children {
        let done = child.wait_with_output().unwrap();
        let says = said(&done);
        assert!(matches!(done.status.code(), Some(0 | 1)), "{says}");
        let last = String::from_utf8_lossy(&done.stdout).trim_end().to_owned();
        assert!(last.ends_with('.'), "it does not end with a sentence: {says}");
    }
    place.holds_exactly(ROWS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_it_says_so_and_goes_on_when_there_is_room() {
    const ROWS: usize = 600;
    let place = Place::new("full", ROWS).await;
    // no file may grow past so many kilobytes; without the trap the system would kill it, which is another test
    let full = place.issue(Some("trap '' XFSZ; ulimit -f 3000")).wait_with_output().unwrap();
    let says = said(&full);
    assert_eq!(full.status.code(), Some(2), "{says}");
    assert!(says.contains("run the same command again to go on"), "{says}");
    assert!(says.contains("full"), "{says}");
    let office = place.office().await;
    let before = office.desk.store.find_log_size().await.unwrap();
    assert!((before as usize) < ROWS, "the disk was not full");
    place.frees_the_batch(&office).await;
    office.desk.store.close().await;
    let done = place.issue(None).wait_with_output().unwrap();
    assert_eq!(done.status.code(), Some(0), "{}", said(&done));
    place.holds_exactly(ROWS).await;
}
