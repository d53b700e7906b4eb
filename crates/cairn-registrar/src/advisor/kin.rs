//! What the rules of learning ask about skills and certificates, answered from the taxonomy and the packs.

use cairn_domain::gap::{Kin, Kinship};
use cairn_skills::Taxonomy;

use crate::packs::Packs;

/// Answers from the taxonomy and the packs.
pub(crate) struct Relations<'a> {
    pub taxonomy: &'a Taxonomy,
    pub packs: &'a Packs,
}

/// Where O*NET shows a technology by its name; the name follows, percent-encoded.
pub(crate) const ONET_PAGE: &str = "https://www.onetonline.org/search/tech/example?e=";

impl Kin for Relations<'_> {
    fn kinship(&self, held: &str, wanted_key: &str) -> Option<Kinship> {
        let tool = onet_key(held);
        let found = self.taxonomy.kinship(tool.as_deref().unwrap_or(held), wanted_key);
        if found.is_none() && tool.as_deref() == Some(wanted_key) {
            return Some(Kinship::Same); // a tool of a pack, which the taxonomy does not know
        }
        found.map(|kinship| match kinship {
            cairn_skills::Kinship::Same => Kinship::Same,
            cairn_skills::Kinship::Narrower => Kinship::Narrower,
            cairn_skills::Kinship::Broader => Kinship::Broader,
            cairn_skills::Kinship::Related => Kinship::Related,
        })
    }

    fn label_key(&self, name: &str) -> Option<String> {
        self.taxonomy.find_label(name).map(|skill| skill.uri)
    }

    fn certificate_ids(&self, cert_key: &str) -> Vec<String> {
        self.packs.certificate(cert_key).map(|certificate| certificate.ids.clone()).unwrap_or_default()
    }

    fn certificate_names(&self, cert_key: &str) -> Vec<String> {
        let Some(certificate) = self.packs.certificate(cert_key) else { return Vec::new() };
        let mut names = certificate.also.clone();
        names.insert(0, certificate.name.clone());
        names
    }
}

/// The address under which a badge is aligned to a technology.
pub(crate) fn onet_page(name: &str) -> String {
    let mut url = ONET_PAGE.to_owned();
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => url.push(char::from(byte)),
            b' ' => url.push('+'),
            other => url.push_str(&format!("%{other:02X}")),
        }
    }
    url
}

/// `onet:` and the technology's name, for an address that shows it.
fn onet_key(url: &str) -> Option<String> {
    let encoded = url.strip_prefix(ONET_PAGE)?;
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => u8::try_from(digit(rest.next())? * 16 + digit(rest.next())?).ok()?,
            other => other,
        });
    }
    String::from_utf8(bytes).ok().map(|name| format!("onet:{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn technologies_keep_their_names_on_the_way_through_an_address() {
        for name in ["Python", "Amazon Web Services AWS software", "C#", "C++", "Überwachung & mehr"] {
            let page = onet_page(name);
            assert!(!page.contains(' '), "{page}");
            assert_eq!(onet_key(&page), Some(format!("onet:{name}")));
        }
        assert_eq!(onet_key("https://www.onetonline.org/search/tech/example?e=%zz"), None);
        assert_eq!(onet_key("https://example.org/"), None);
    }
}
