//! The codes of checks: stable, part of Cairn's public contract. A code is never used for something else later.

/// Every code a [`super::Check`] may carry, and what it is about, in alphabetical order.
pub const CODES: &[(&str, &str)] = &[
    ("achievement-incomplete", "the achievement lacks a member that Open Badges 3.0 requires"),
    ("achievement-missing", "a badge that does not say what was achieved"),
    ("address-differs", "made out to another address than those given"),
    ("address-matches", "made out to a confirmed address of this person"),
    ("address-unconfirmed", "made out to an address that this person gave and nobody confirmed"),
    ("challenge-answered", "the presentation answers the challenge that was set"),
    ("challenge-not-answered", "the presentation does not answer the challenge that was set"),
    ("context-badge-missing", "a badge without the Open Badges context"),
    ("context-missing", "the first context is not that of verifiable credentials"),
    ("context-unknown", "a context that is not built in, so that its terms have no meaning here"),
    ("date-malformed", "a date that is no moment"),
    ("date-missing", "no start of validity"),
    ("dates-valid", "within its dates"),
    ("definer-is-issuer", "the issuer defined the achievement"),
    ("definer-other", "somebody else defined the achievement"),
    ("definition-elsewhere", "the achievement's address is not the issuer's"),
    ("domain-differs", "the presentation was made for somebody else"),
    ("evidence-changed", "evidence that no longer has the digest signed for"),
    ("evidence-digest-unreadable", "a digest in a form that is not read"),
    ("evidence-fits", "evidence with the digest signed for"),
    ("evidence-not-fetched", "evidence that could not be compared with its digest"),
    ("expired", "past its end of validity"),
    ("holder-not-shown", "nothing shows whose it is"),
    ("id-malformed", "an id that is no address"),
    ("id-missing", "a badge without an id"),
    ("issuer-missing", "no issuer"),
    ("issuer-name-differs", "the badge and the list call the issuer differently"),
    ("issuer-on-list", "the issuer is on a list of the checker's"),
    ("issuer-unknown", "only the issuer's own word for who it is"),
    ("issuer-vouched-for", "an issuer on a list vouches for this one"),
    ("jwt-algorithm-refused", "a JWT whose algorithm proves nothing to others"),
    ("jwt-claim-contradicts", "a JWT claim that contradicts the credential"),
    ("jwt-date-differs", "a JWT date that differs from the credential's"),
    ("jwt-key-refused", "a key in the JWT's header that cannot be used"),
    ("jwt-type-refused", "a JWT that says it is something else"),
    ("key-document-brought-along", "a key document that only the shower brought"),
    ("key-document-missing", "the issuer's key document could not be had"),
    ("key-document-unusable", "the issuer's key document holds no key that may be used"),
    ("key-expired", "a proof dated after its key was to be used"),
    ("key-named-loosely", "a proof that names its key by the identifier alone"),
    ("key-not-readable", "an issuer whose keys cannot be looked up"),
    ("key-not-the-issuers", "a proof by a key that is not the issuer's"),
    ("key-revoked", "a proof by a key that its owner revoked"),
    ("key-revoked-before", "a proof dated after its key's owner says that others may have had it"),
    ("name-only", "it bears a name and nothing else that could be checked"),
    ("node-in-several-places", "what a signature reads as one thing stands in several places"),
    ("not-an-object", "no JSON object"),
    ("not-canonical-json", "no canonical JSON form"),
    ("not-covered-by-proof", "a part that no signature covers, such as an undefined term"),
    ("not-json-ld", "no sound JSON-LD"),
    ("not-read-yet", "a form that is known and not read yet"),
    ("not-yet-valid", "before its start of validity"),
    ("poison-graph", "a graph made to take unreasonable work"),
    ("presentation-empty", "a presentation without credentials"),
    ("presentation-expired", "a presentation past its end"),
    ("presentation-may-be-replayed", "no challenge was set, so it may be shown again by others"),
    ("presentation-too-long", "a presentation of which only the first credentials are read"),
    ("presentation-unsigned", "a presentation that nobody signed"),
    ("profile-unnamed", "a profile without an id"),
    ("proof-damaged", "a proof with something missing or malformed"),
    ("proof-expired", "a proof past its own end"),
    ("proof-from-the-future", "a proof dated later than now"),
    ("proof-missing", "no proof at all"),
    ("proof-not-read-yet", "a kind of proof that is not read yet"),
    ("proof-purpose", "a proof made for something else"),
    ("self-issued", "issuer and subject are the same"),
    ("shown-by-key", "shown with the key that it names as its subject"),
    ("signature-mismatch", "the signature does not fit"),
    ("signature-valid", "the signature fits, and what says that the key is the issuer's"),
    ("status-entry-damaged", "a status entry with something missing or wrong"),
    ("status-from-the-future", "a status dated later than now"),
    ("status-list-expired", "the status list itself has expired"),
    ("status-list-other-address", "the status list says it belongs elsewhere"),
    ("status-list-other-issuer", "the status list is somebody else's"),
    ("status-list-short", "a status list too short to hide in"),
    ("status-list-unproved", "a status list without a good proof"),
    ("status-list-unsigned", "an unsigned revocation list that was brought along"),
    ("status-list-unusable", "a status list that cannot be read or does not fit the entry"),
    ("status-none", "no status list is named"),
    ("status-not-read-yet", "a kind of status that is not read yet"),
    ("status-not-revoked", "not revoked"),
    ("status-not-suspended", "not suspended"),
    ("status-purpose-not-read", "a status list for a purpose that is not read, or not known"),
    ("status-refresh-only", "a status list that only says whether there is a newer copy"),
    ("status-revoked", "revoked"),
    ("status-suspended", "suspended"),
    ("status-too-old", "a status older than the policy accepts"),
    ("status-undated", "a status list brought along that does not say when it was signed"),
    ("status-unreachable", "a status list that could not be had"),
    ("structure-valid", "the shape its standard asks for"),
    ("subject-missing", "nothing said about anybody"),
    ("subject-unnamed", "a subject without id and identifier"),
    ("subjects-several", "several subjects, of which the first is read"),
    ("too-many-objects", "more objects or contexts than are read"),
    ("too-many-statements", "more statements than are read"),
    ("type-missing", "a type that its standard asks for"),
    ("unreadable", "neither a JSON document nor a JWT"),
];

#[cfg(test)]
mod tests {
    use super::CODES;

    #[test]
    fn every_code_in_the_sources_is_listed() {
        let mut sources = String::new();
        let mut folders = vec![concat!(env!("CARGO_MANIFEST_DIR"), "/src").into()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir::<std::path::PathBuf>(folder).expect("the sources are here") {
                let path = entry.expect("an entry").path();
                let own = path.ends_with("codes.rs") || path.iter().any(|part| part == "intake" || part == "bake");
                match path.extension() {
                    None if path.is_dir() => folders.push(path),
                    Some(extension) if extension == "rs" && !own => {
                        sources += &std::fs::read_to_string(path).expect("a source");
                    }
                    _ => {}
                }
            }
        }
        let listed: Vec<&str> = CODES.iter().map(|(code, _)| *code).collect();
        assert!(listed.is_sorted() && listed.len() == CODES.len());
        for call in ["passed(", "failed(", "warned(", "inconclusive("] {
            for after in sources.split(&format!("checks.{call}")).chain(sources.split(&format!(".{call}"))).skip(1) {
                let Some(code) = after.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()) else {
                    continue;
                };
                assert!(code.contains(' ') || listed.contains(&code), "the check “{code}” is not listed in CODES");
            }
        }
        for code in listed.iter().filter(|code| !code.starts_with("status-not-")) {
            assert!(sources.contains(&format!("\"{code}\"")), "“{code}” is listed and never used");
        }
    }
}
