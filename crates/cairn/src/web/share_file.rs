//! The page that `cairn share` writes: one file with the proof inside, to look at anywhere, that says plainly that it
//! proves nothing by itself.

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cairn_credential::bundle::Bundle;

use super::words;

#[derive(Template)]
#[template(path = "share_file.html")]
struct SharedFile<'a> {
    purpose: Option<&'a str>,
    created: String,
    names: Vec<&'a str>,
    told: String,
    encoded: String,
    kilobytes: usize,
}

/// A whole page around `bundle`, whose exact text is `text`. It has no script and loads nothing.
pub fn share_file(bundle: &Bundle, text: &str) -> String {
    let page = SharedFile {
        purpose: bundle.purpose.as_deref(),
        created: words::moment(bundle.created),
        names: bundle.credentials.iter().map(|credential| credential.name.as_str()).collect(),
        told: words::count(bundle.credentials.len(), "credential"),
        encoded: STANDARD.encode(text),
        kilobytes: text.len().div_ceil(1000),
    };
    page.render().expect("rendering into a string does not fail")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_words_are_escaped_and_the_proof_is_inside() {
        let created = "2026-11-23T12:00:00Z".parse().unwrap();
        let credential = cairn_credential::bundle::Bundled { name: "<b>.json".into(), text: "{}".into() };
        let bundle = Bundle::new(
            created,
            Some("</title><script>alert(1)</script>".into()),
            vec![credential],
            Default::default(),
        );
        let page = share_file(&bundle, "the exact text");
        assert!(!page.contains("<script"), "{page}");
        assert!(!page.contains("<b>.json"));
        assert!(page.contains(&STANDARD.encode("the exact text")));
        assert!(page.contains("proves nothing by itself"));
    }
}
