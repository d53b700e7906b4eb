//! Letters against a mail server of the test's own: sent, tried again, given up, turned off.
#![allow(clippy::unwrap_used, reason = "a test that stops here says where")]

use std::sync::{Arc, Mutex};

use cairn_registrar::Office;
use cairn_registrar::access::Actor;
use cairn_registrar::gather::Gatherer;
use cairn_registrar::outside::Outside;
use cairn_registrar::post::{LetterState, Letters, Round, Writing};
use jiff::{SignedDuration, Timestamp};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What the server does.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mood {
    Takes,
    Busy,
    RefusesForGood,
    RefusesThePassword,
    HangsUpAfterTheLetter,
}

/// A mail server that keeps what it is given.
struct Sink {
    address: String,
    mood: Arc<Mutex<Mood>>,
    letters: Arc<Mutex<Vec<String>>>,
}

impl Sink {
    async fn start() -> Sink {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (mood, letters) = (Arc::new(Mutex::new(Mood::Takes)), Arc::new(Mutex::new(Vec::new())));
        let sink = Sink {
            address: format!("smtp+plain://badges:p%40ss@127.0.0.1:{port}"),
            mood: Arc::clone(&mood),
            letters: Arc::clone(&letters),
        };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, Arc::clone(&mood), Arc::clone(&letters)));
            }
        });
        sink
    }

    fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    fn letters(&self) -> Vec<String> {
        self.letters.lock().unwrap().clone()
    }
}

async fn talk(stream: TcpStream, mood: Arc<Mutex<Mood>>, letters: Arc<Mutex<Vec<String>>>) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 sink\r\n").await.ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let now = *mood.lock().unwrap();
        let answer: &[u8] = match line.split(' ').next().unwrap_or_default() {
            "EHLO" => b"250-sink\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n",
            "AUTH" if now == Mood::RefusesThePassword => b"535 5.7.8 no\r\n",
            "AUTH" => b"235 yes\r\n",
            "RCPT" if now == Mood::Busy => b"451 later, ada@learner.example\r\n",
            "RCPT" if now == Mood::RefusesForGood => b"550 5.1.1 <ada@learner.example> nobody here\r\n",
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.ok()?;
                let mut letter = String::new();
                while let Some(line) = lines.next_line().await.ok()?.filter(|line| line != ".") {
                    letter += &format!("{line}\n");
                }
                letters.lock().unwrap().push(letter);
                if now == Mood::HangsUpAfterTheLetter {
                    return None;
                }
                b"250 taken\r\n"
            }
            "QUIT" => b"221 bye\r\n",
            _ => b"250 fine\r\n",
        };
        write.write_all(answer).await.ok()?;
    }
    Some(())
}

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn after(minutes: i64) -> Timestamp {
    now() + SignedDuration::from_mins(minutes)
}

async fn office(smtp: Option<&str>) -> Office {
    let outside = Outside::fixed(now(), 11);
    let mut office =
        Office::seeded("sqlite::memory:", "https://badges.example", outside, Gatherer::offline()).await.unwrap();
    // what the seeding wrote is none of these tests' business
    let seeded = office.desk.store.list_letters(Letters::Waiting, 10_000).await.unwrap();
    let mut tx = office.desk.store.begin().await.unwrap();
    for one in seeded {
        tx.update_letter_sent(&one.letter.id, now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    office.settings.smtp = smtp.map(str::to_owned);
    office.settings.mail_from = Some("Badges <badges@sender.example>".into());
    office
}

async fn write(office: &Office, kind: &'static str) -> String {
    let letter = office.desk.letter(Writing {
        to: "ada@learner.example".into(),
        kind,
        subject: "Ein Abzeichen für <Ada>\r\nBcc: all@example.org".into(),
        paragraphs: vec!["You have earned “Cairn building”.".into()],
        link: Some(("Look at it".into(), "https://badges.example/credentials/1?a=1&b=2".into())),
        why: "You get this because a badge was awarded to you.".into(),
    });
    let mut tx = office.desk.store.begin().await.unwrap();
    tx.insert_letter(&letter).await.unwrap();
    tx.commit().await.unwrap();
    letter.id
}

async fn find(office: &Office, id: &str) -> LetterState {
    office.desk.store.find_letter(id).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_letter_goes_out_once_as_text_and_html() {
    let sink = Sink::start().await;
    let office = office(Some(&sink.address)).await;
    let id = write(&office, "award").await;
    assert_eq!(office.send_due_letters(now()).await.unwrap(), Round { sent: 1, ..Round::default() });
    assert_eq!(office.send_due_letters(after(600)).await.unwrap(), Round::default());
    let letters = sink.letters();
    assert_eq!(letters.len(), 1);
    let letter = &letters[0];
    for part in [
        "From: Badges <badges@sender.example>",
        "To: ada@learner.example",
        &format!("Message-ID: <{id}@badges.example>"),
        "Auto-Submitted: auto-generated",
        "multipart/alternative",
        "text/plain",
        "text/html",
    ] {
        assert!(letter.contains(part), "no `{part}` in:\n{letter}");
    }
    let head = letter.split("\n\n").next().unwrap();
    assert!(!head.contains("\nBcc:"), "a subject makes no header:\n{letter}");
    assert!(!letter.contains("List-Unsubscribe"), "what must be known has no way to be turned off");
    let kept = find(&office, &id).await;
    assert_eq!((kept.sent, kept.next, kept.tries), (Some(now()), None, 1));
}

#[tokio::test]
async fn without_a_mail_server_letters_wait_and_when_it_is_down_nothing_is_lost() {
    let mut office = office(None).await;
    let id = write(&office, "award").await;
    assert_eq!(office.send_due_letters(now()).await.unwrap(), Round::default());
    assert_eq!(find(&office, &id).await.tries, 0);

    // a port on which nobody listens
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    office.settings.smtp = Some(format!("smtp+plain://{closed}"));
    let other = write(&office, "award").await;
    let down = Round { failed: 1, away: true, ..Round::default() };
    assert_eq!(office.send_due_letters(now()).await.unwrap(), down, "one is tried, the rest waits");
    let (first, second) = (find(&office, &id).await, find(&office, &other).await);
    let mut tries = [first.tries, second.tries];
    tries.sort_unstable();
    assert_eq!(tries, [0, 1]);
    assert_eq!(office.send_due_letters(now()).await.unwrap(), down);
    assert_eq!(office.send_due_letters(now()).await.unwrap(), Round::default(), "not before a minute has passed");
    let failed = find(&office, &id).await;
    assert_eq!(failed.next, Some(after(1)));
    assert!(failed.problem.is_some());

    let sink = Sink::start().await;
    let mut again = office.clone();
    again.post = Default::default();
    again.settings.smtp = Some(sink.address.clone());
    assert_eq!(again.send_due_letters(after(1)).await.unwrap(), Round { sent: 2, ..Round::default() });
    assert_eq!(sink.letters().len(), 2);
}

#[tokio::test]
async fn a_busy_server_is_asked_again_at_growing_intervals_for_two_days() {
    let sink = Sink::start().await;
    sink.is(Mood::Busy);
    let office = office(Some(&sink.address)).await;
    let id = write(&office, "award").await;
    let mut at = now();
    let mut waits = Vec::new();
    loop {
        let round = office.send_due_letters(at).await.unwrap();
        assert_eq!(round.sent + round.failed + round.given_up, 1, "{round:?} at {at}");
        let Some(next) = find(&office, &id).await.next else { break };
        waits.push(next.duration_since(at).as_mins());
        at = next;
    }
    assert_eq!(waits[..7], [1, 5, 15, 60, 240, 480, 480]);
    assert!(at.duration_since(now()) >= SignedDuration::from_hours(48), "{at}");
    let kept = find(&office, &id).await;
    assert!(kept.given_up.is_some() && kept.sent.is_none());
    let problem = kept.problem.unwrap();
    assert!(problem.contains("451") && !problem.contains("ada@"), "{problem}");
    assert_eq!(office.list_letters(&Actor::site(), Letters::GivenUp, 9).await.unwrap().len(), 1);
    assert!(office.list_letters(&Actor::default(), Letters::All, 9).await.is_err(), "letters are nobody else's");

    sink.is(Mood::Takes);
    assert_eq!(office.retry_letters(&Actor::site(), None).await.unwrap(), 1);
    assert_eq!(office.send_due_letters(at).await.unwrap().sent, 1);
}

#[tokio::test]
async fn a_refusal_for_good_is_given_up_at_once_but_a_wrong_password_is_not_the_letters_fault() {
    let sink = Sink::start().await;
    let office = office(Some(&sink.address)).await;
    sink.is(Mood::RefusesThePassword);
    let id = write(&office, "award").await;
    let round = office.send_due_letters(now()).await.unwrap();
    assert_eq!(round, Round { failed: 1, away: true, ..Round::default() });
    assert!(find(&office, &id).await.given_up.is_none());
    sink.is(Mood::RefusesForGood);
    let round = office.send_due_letters(after(1)).await.unwrap();
    assert_eq!(round, Round { given_up: 1, ..Round::default() });
    let kept = find(&office, &id).await;
    assert_eq!((kept.given_up, kept.next), (Some(after(1)), None));
    assert!(kept.problem.unwrap().contains("550"));
    assert!(sink.letters().is_empty());
}

#[tokio::test]
async fn a_server_that_hangs_up_after_the_letter_is_given_it_again_under_the_same_message_id() {
    let sink = Sink::start().await;
    sink.is(Mood::HangsUpAfterTheLetter);
    let office = office(Some(&sink.address)).await;
    let id = write(&office, "award").await;
    assert_eq!(office.send_due_letters(now()).await.unwrap().failed, 1);
    sink.is(Mood::Takes);
    assert_eq!(office.send_due_letters(after(1)).await.unwrap().sent, 1);
    let letters = sink.letters();
    assert_eq!(letters.len(), 2);
    assert!(letters.iter().all(|letter| letter.contains(&format!("Message-ID: <{id}@badges.example>"))));
}

#[tokio::test]
async fn two_processes_send_each_letter_once() {
    let sink = Sink::start().await;
    let office = office(Some(&sink.address)).await;
    for _ in 0..20 {
        write(&office, "award").await;
    }
    let (one, two) = (office.clone(), Office { post: Default::default(), ..office.clone() });
    let (one, two) = tokio::join!(one.send_due_letters(now()), two.send_due_letters(now()));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!(one.sent + two.sent, 20, "{one:?} {two:?}");
    assert_eq!(sink.letters().len(), 20);
}

#[tokio::test]
async fn optional_letters_can_be_turned_off_by_their_link_and_on_again() {
    let sink = Sink::start().await;
    let office = office(Some(&sink.address)).await;
    write(&office, "token-expiry").await;
    assert_eq!(office.send_due_letters(now()).await.unwrap().sent, 1);
    // long headers and lines are folded on the way
    let whole = sink.letters()[0].replace("=\n", "").replace("\n ", "");
    assert!(whole.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{whole}");
    let start = "https://badges.example/letters/unsubscribe/";
    let at = whole.find(&format!("List-Unsubscribe: <{start}")).unwrap_or_else(|| panic!("no link in:\n{whole}"));
    let token = whole[at..].split(start).nth(1).unwrap().split('>').next().unwrap().to_owned();
    assert!(!whole[at..].split('\n').next().unwrap().contains("ada"));

    let about = office.find_opt_out(&token).await.unwrap();
    assert_eq!((about.kind.as_str(), about.done), ("token-expiry", false));
    office.opt_out(&token, false).await.unwrap();
    assert!(office.find_opt_out(&token).await.unwrap().done);
    let off = write(&office, "token-expiry").await;
    write(&office, "sign-in").await;
    let round = office.send_due_letters(now()).await.unwrap();
    assert_eq!((round.sent, round.given_up), (1, 1), "what is necessary goes out all the same");
    assert!(find(&office, &off).await.problem.unwrap().contains("wants no letters"));
    let other = write(&office, "reminder").await;
    office.send_due_letters(now()).await.unwrap();
    assert!(find(&office, &other).await.sent.is_some(), "another kind");
    office.opt_out(&token, true).await.unwrap();
    let other = write(&office, "reminder").await;
    office.send_due_letters(now()).await.unwrap();
    assert!(find(&office, &other).await.sent.is_none(), "all that is not necessary");
    office.opt_in(&token).await.unwrap();
    let on = write(&office, "token-expiry").await;
    office.send_due_letters(now()).await.unwrap();
    assert!(find(&office, &on).await.sent.is_some());

    let mut bent = token.clone().into_bytes();
    bent[40] = if bent[40] == b'A' { b'B' } else { b'A' };
    for bad in [String::from_utf8(bent).unwrap(), "x".into(), "!".into(), "A".repeat(5_000)] {
        assert!(office.find_opt_out(&bad).await.is_err(), "{bad}");
        assert!(office.opt_out(&bad, true).await.is_err(), "{bad}");
    }
}
