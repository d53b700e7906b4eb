//! Multipart forms: files and fields, within limits.

use axum::extract::Multipart;
use axum::extract::multipart::MultipartError;
use axum::http::StatusCode;
use cairn_credential::intake::{Item, Limits, What, open};

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

/// Opens one file; with its picture, when it is a baked one.
pub fn opened(name: &str, bytes: &[u8]) -> (Vec<Item>, Option<Picture>) {
    let items = open(name, bytes, Limits::default());
    let baked = matches!(items.as_slice(), [Item { what: What::Credential { .. } | What::Presentation { .. }, .. }]);
    let picture = if baked { art::from_bytes(bytes) } else { None };
    (items, picture)
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
}
