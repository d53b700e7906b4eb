//! Multipart forms: files and fields, within limits.

use axum::extract::Multipart;
use axum::extract::multipart::MultipartError;
use axum::http::StatusCode;
use cairn_credential::intake::{Item, Limits, Problem as Unreadable, What, open};
use cairn_registrar::checking;

use super::art::{self, Picture};
use super::desk::MOST_ITEMS;
use super::guard::MOST_BODY;
use super::problem::Problem;

/// What a multipart form brought.
#[derive(Debug, Default)]
pub struct Sent {
    /// Files: form field, name, bytes.
    pub files: Vec<(String, String, Vec<u8>)>,
    /// Other fields, in order.
    pub fields: Vec<(String, String)>,
}

impl Sent {
    /// Reads a whole form.
    pub async fn read(mut form: Multipart) -> Result<Sent, Problem> {
        let mut sent = Sent::default();
        while let Some(field) = form.next_field().await.map_err(problem)? {
            let name = field.name().unwrap_or_default().to_owned();
            let file = field.file_name().map(str::to_owned);
            let bytes = field.bytes().await.map_err(problem)?;
            match file {
                // A file field that was left empty.
                Some(file) if file.is_empty() && bytes.is_empty() => {}
                Some(file) => sent.files.push((name, file, bytes.to_vec())),
                None => sent.fields.push((name, String::from_utf8_lossy(&bytes).into_owned())),
            }
            if sent.files.len() > MOST_ITEMS || sent.fields.len() > 100 {
                return Err(Problem::too_large(format!("These are more than {MOST_ITEMS} files. Send fewer at once.")));
            }
        }
        Ok(sent)
    }

    /// A field's text, trimmed; empty when it was not sent.
    pub fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|field| field.0 == name).map(|field| field.1.trim()).unwrap_or_default()
    }
}

fn problem(error: MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::too_large(format!("All files together may have {} MB. Send fewer at once.", MOST_BODY >> 20));
    }
    Problem::broken("The form arrived incomplete. Send it again.")
}

/// What one request may unpack to, together.
const MOST_TOGETHER: usize = 64 << 20;

/// Opens the files of one request, within a limit for all together.
#[derive(Debug)]
pub struct Opener {
    room: usize,
}

impl Default for Opener {
    fn default() -> Self {
        Opener { room: MOST_TOGETHER }
    }
}

/// What was in one file; with its picture, when it is a baked badge.
pub type Opened = (Vec<Item>, Option<Picture>);

impl Opener {
    /// Opens files, in order. They are opened beside the threads that answer, since that can take a while.
    pub async fn open_all(&mut self, files: Vec<(String, Vec<u8>)>) -> Result<Vec<Opened>, Problem> {
        let mut room = self.room;
        let work = move || {
            let opened: Vec<Opened> = files.iter().map(|(name, bytes)| open_within(name, bytes, &mut room)).collect();
            (opened, room)
        };
        let (opened, room) = tokio::task::spawn_blocking(work).await.map_err(|error| Problem::fault(&error))?;
        self.room = room;
        Ok(opened)
    }

    /// What is in one file.
    pub async fn open(&mut self, name: &str, bytes: Vec<u8>) -> Result<Opened, Problem> {
        Ok(self.open_all(vec![(name.to_owned(), bytes)]).await?.pop().unwrap_or_default())
    }
}

fn open_within(name: &str, bytes: &[u8], room: &mut usize) -> Opened {
    if *room == 0 {
        return (vec![too_much(name)], None);
    }
    let limits = Limits::default();
    let items = open(name, bytes, Limits { unpacked: limits.unpacked.min(*room), ..limits });
    let weight: usize = items.iter().map(weight).sum();
    if weight > *room {
        *room = 0;
        return (vec![too_much(name)], None);
    }
    *room -= weight;
    let baked = matches!(items.as_slice(), [Item { what: What::Credential { .. } | What::Presentation { .. }, .. }]);
    let picture = if baked { art::from_bytes(bytes) } else { None };
    (items, picture)
}

fn weight(item: &Item) -> usize {
    match &item.what {
        What::Credential { text, .. } | What::Presentation { text } | What::Claim { text, .. } => text.len(),
        What::Bundle(bundle) => {
            let texts: usize = bundle.credentials.iter().map(|credential| credential.text.len()).sum();
            texts + checking::weight(&bundle.gathered)
        }
        What::Unread(_) => 0,
    }
}

fn too_much(name: &str) -> Item {
    let says = format!(
        "This was not opened: with what was sent before it, it unpacks to more than {} MB. Send fewer at once.",
        MOST_TOGETHER >> 20
    );
    let name = name.chars().filter(|c| !c.is_control()).take(300).collect();
    Item { name, what: What::Unread(Unreadable { code: "too-much-together".into(), says }) }
}

/// The addresses in a pasted text, when it is nothing but addresses.
pub fn addresses(text: &str) -> Option<Vec<&str>> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let all = !words.is_empty() && words.iter().all(|w| w.starts_with("https://") || w.starts_with("http://"));
    all.then_some(words)
}

/// What to call a pasted text.
pub fn name_of_pasted(text: &str) -> &'static str {
    let text = text.trim_start();
    if text.starts_with('{') || text.starts_with("eyJ") || text.starts_with('[') {
        "pasted badge"
    } else {
        "your own words"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_addresses_is_told_from_words() {
        assert_eq!(
            addresses(" https://a.example/1\nhttps://a.example/2 "),
            Some(vec!["https://a.example/1", "https://a.example/2"])
        );
        assert_eq!(addresses("see https://a.example/1"), None);
        assert_eq!(addresses("  "), None);
        assert_eq!(name_of_pasted(" {\"a\":1}"), "pasted badge");
        assert_eq!(name_of_pasted("I can weld"), "your own words");
    }

    #[tokio::test]
    async fn one_request_unpacks_to_so_much_and_no_more() {
        let mut opener = Opener { room: 250 };
        let words = "I can weld. ".repeat(8).into_bytes();
        let files = (0..4).map(|n| (format!("{n}.txt"), words.clone())).collect();
        let opened = opener.open_all(files).await.unwrap();
        let code = |n: usize| match &opened[n].0[0].what {
            What::Unread(problem) => problem.code.clone(),
            _ => "read".into(),
        };
        assert_eq!([code(0), code(1), code(2), code(3)], ["read", "read", "too-much-together", "too-much-together"]);
    }
}
