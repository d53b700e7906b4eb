//! What programs are told of a credential's page: schema.org, Open Graph, and the link that puts it on LinkedIn.

use std::fmt::Write as _;

use cairn_registrar::outputs::Shown;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use crate::web::app::App;

/// The page's head. The card of social networks names the recipient only as the page itself does.
pub fn head(app: &App, shown: &Shown) -> String {
    let page = app.office.page_of(&shown.credential);
    let name = &shown.facts.name;
    let issuer = issuer(shown);
    let title = match shown.recipient() {
        Some(recipient) => format!("{recipient}: {name}"),
        None => name.clone(),
    };
    let description = format!("Awarded by {issuer}. Signed; checked by anyone, now and later.");
    let mut head = String::new();
    for (key, value) in [
        ("og:type", "website"),
        ("og:title", &title),
        ("og:description", &description),
        ("og:url", &page),
        ("og:image", &format!("{page}/og.png")),
        ("og:image:type", "image/png"),
        ("og:image:width", "1200"),
        ("og:image:height", "630"),
        ("og:image:alt", &format!("The badge {name} by {issuer}")),
    ] {
        let _ = writeln!(head, r#"<meta property="{key}" content="{}">"#, attribute(value));
    }
    let _ = writeln!(head, r#"<meta name="twitter:card" content="summary_large_image">"#);
    let _ = writeln!(head, r#"<meta name="robots" content="noindex">"#);
    let _ = writeln!(head, r#"<link rel="alternate" type="application/vc" href="{}">"#, attribute(&page));
    // "<" is the one character by which a text could end the element it stands in
    let linked = schema_org(app, shown).to_string().replace('<', "\\u003c");
    let _ = writeln!(head, r#"<script type="application/ld+json">{linked}</script>"#);
    head
}

/// schema.org `EducationalOccupationalCredential`. Nothing about the person.
fn schema_org(app: &App, shown: &Shown) -> Value {
    let facts = &shown.facts;
    let achievement = facts.achievement.as_ref();
    let page = app.office.page_of(&shown.credential);
    let mut issuer = Map::new();
    issuer.insert("@type".into(), json!("Organization"));
    issuer.insert("name".into(), json!(self::issuer(shown)));
    issuer.insert("url".into(), json!(format!("{}/issuers/{}", app.office.base_url, shown.org.slug)));
    if let Some(url) = &shown.org.url {
        issuer.insert("sameAs".into(), json!(url));
    }
    let competencies: Vec<Value> = achievement
        .map(|a| a.alignments.as_slice())
        .unwrap_or_default()
        .iter()
        .map(|alignment| {
            let mut term = Map::new();
            term.insert("@type".into(), json!("DefinedTerm"));
            term.insert("name".into(), json!(alignment.name));
            term.insert("url".into(), json!(alignment.url));
            for (key, value) in [("termCode", &alignment.code), ("inDefinedTermSet", &alignment.framework)] {
                if let Some(value) = value {
                    term.insert(key.into(), json!(value));
                }
            }
            Value::Object(term)
        })
        .collect();
    let mut credential = Map::new();
    for (key, value) in [
        ("@context", json!("https://schema.org")),
        ("@type", json!("EducationalOccupationalCredential")),
        ("@id", json!(page)),
        ("url", json!(page)),
        ("name", json!(facts.name)),
        ("credentialCategory", json!(achievement.and_then(|a| a.kind.clone()).unwrap_or_else(|| "Badge".into()))),
        ("image", json!(format!("{page}/picture"))),
        ("recognizedBy", Value::Object(issuer.clone())),
        ("publisher", Value::Object(issuer)),
        ("datePublished", json!(day(shown.credential.awarded))),
    ] {
        credential.insert(key.into(), value);
    }
    if let Some(description) = achievement.and_then(|a| a.description.as_deref()) {
        credential.insert("description".into(), json!(description));
    }
    if let Some(until) = facts.valid_until {
        credential.insert("expires".into(), json!(day(until)));
    }
    if !competencies.is_empty() {
        credential.insert("competencyRequired".into(), Value::Array(competencies));
    }
    Value::Object(credential)
}

/// The link that adds the credential to a profile on LinkedIn: a plain link, nothing of theirs is loaded. Their id of
/// the organisation wins over its name.
pub fn linkedin(app: &App, shown: &Shown) -> String {
    let awarded = shown.credential.awarded.to_zoned(TimeZone::UTC);
    let mut link = format!(
        "https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME&name={}",
        escaped(&shown.facts.name)
    );
    let _ = match shown.org.linkedin_id.as_deref().filter(|id| !id.is_empty()) {
        Some(id) => write!(link, "&organizationId={}", escaped(id)),
        None => write!(link, "&organizationName={}", escaped(&issuer(shown))),
    };
    let _ = write!(link, "&issueYear={}&issueMonth={}", awarded.year(), awarded.month());
    if let Some(until) = shown.facts.valid_until {
        let until = until.to_zoned(TimeZone::UTC);
        let _ = write!(link, "&expirationYear={}&expirationMonth={}", until.year(), until.month());
    }
    let page = app.office.page_of(&shown.credential);
    let _ = write!(link, "&certUrl={}&certId={}", escaped(&page), escaped(&shown.credential.public_id));
    link
}

fn issuer(shown: &Shown) -> String {
    shown.facts.issuer.name.clone().unwrap_or_else(|| shown.org.name.clone())
}

fn day(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// As the value of a query's parameter (RFC 3986 §2.1).
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// As the value of an attribute.
fn attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}
