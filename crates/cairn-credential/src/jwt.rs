//! Credentials and presentations as compact JWTs: OB 3.0 §8.2.4, VC Data Model 1.1 §6.3.1, and W3C VC-JOSE-COSE.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::json;
use crate::keys::{Algorithm, PublicKey};

/// A compact JWT, taken apart. Nothing in it is believed yet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Jwt {
    pub header: Value,
    pub claims: Map<String, Value>,
    /// The exact bytes that were signed.
    pub signed: String,
    pub signature: Vec<u8>,
    /// Whether the credential stands in a `vc` (or `vp`) claim.
    pub wrapped: bool,
}

/// What its header says about how it was signed.
pub(crate) enum Alg {
    Read(Algorithm),
    /// A real algorithm that is not read yet.
    NotReadYet(String),
    /// One that proves nothing to a third party: `none`, shared secrets.
    Refused(String),
}

/// Whether a text has the shape of a compact JWT.
pub(crate) fn looks_like_jwt(text: &str) -> bool {
    let part = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'='));
    text.starts_with("ey") && text.split('.').count() == 3 && text.split('.').all(part)
}

/// Takes a compact JWT apart. The error is a sentence.
pub(crate) fn parse(text: &str) -> Result<Jwt, String> {
    if text.len() > json::MOST_BYTES {
        return Err(format!("The JWT has {} bytes; at most {} are read.", text.len(), json::MOST_BYTES));
    }
    let parts: Vec<&str> = text.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else {
        return Err(format!("A JWT has three parts between dots, this one {}.", parts.len()));
    };
    let decode = |part: &str, name: &str| {
        URL_SAFE_NO_PAD
            .decode(part)
            .map_err(|_| format!("The JWT's {name} is no base64url; part of it is missing or altered."))
    };
    let object = |part: &str, name: &str| -> Result<Map<String, Value>, String> {
        let text = String::from_utf8(decode(part, name)?).map_err(|_| format!("The JWT's {name} is no text."))?;
        match json::parse(&text).map_err(|says| format!("In the JWT's {name}: {says}"))? {
            Value::Object(object) => Ok(object),
            _ => Err(format!("The JWT's {name} is no JSON object.")),
        }
    };
    let header = object(header, "header")?;
    let claims = object(payload, "payload")?;
    Ok(Jwt {
        header: Value::Object(header),
        wrapped: ["vc", "vp"].iter().any(|name| claims.get(*name).is_some_and(Value::is_object)),
        claims,
        signed: format!("{}.{}", parts[0], parts[1]),
        signature: decode(signature, "signature")?,
    })
}

impl Jwt {
    pub(crate) fn alg(&self) -> Alg {
        if self.header.get("crit").is_some() {
            return Alg::NotReadYet("critical header extensions".into());
        }
        match self.header.get("alg").and_then(Value::as_str) {
            Some("EdDSA" | "Ed25519") => Alg::Read(Algorithm::EdDsa),
            Some("ES256") => Alg::Read(Algorithm::Es256),
            Some("RS256") => Alg::Read(Algorithm::Rs256),
            Some("none") => Alg::Refused("The JWT says “alg: none”: nobody signed it.".into()),
            Some(other) if other.starts_with("HS") => Alg::Refused(format!(
                "The JWT is signed with a shared secret ({other}), which anybody who can check it could have made."
            )),
            Some(other) => Alg::NotReadYet(other.into()),
            None => Alg::Refused("The JWT does not say how it was signed (“alg”).".into()),
        }
    }

    /// Why its `typ` says that it is no credential or presentation; one sentence. A token made for something else
    /// must not pass for one (RFC 8725 §3.11).
    pub(crate) fn wrong_type(&self) -> Option<String> {
        let typ = self.header.get("typ")?.as_str().unwrap_or("?").to_ascii_lowercase();
        let typ = typ.strip_prefix("application/").unwrap_or(&typ);
        let known = ["jwt", "vc+jwt", "vp+jwt", "vc+ld+jwt", "vp+ld+jwt", "vc+ld+json+jwt", "vc-ld+jwt"];
        if !known.contains(&typ) {
            return Some(format!("The JWT says that it is of the type “{typ}”, which is no credential."));
        }
        let newer = matches!(typ, "vc+jwt" | "vp+jwt");
        let wraps = ["vc", "vp"].iter().any(|claim| self.claims.contains_key(*claim));
        (newer && wraps).then(|| format!("A JWT of the type “{typ}” must not have a “vc” or “vp” claim."))
    }

    /// The algorithm as written.
    pub(crate) fn alg_name(&self) -> String {
        self.header.get("alg").and_then(Value::as_str).unwrap_or("none").to_owned()
    }

    pub(crate) fn kid(&self) -> Option<&str> {
        self.header.get("kid").and_then(Value::as_str)
    }

    /// The key in the header; it has to turn out to be the issuer's by other means.
    pub(crate) fn jwk(&self) -> Option<Result<PublicKey, String>> {
        self.header.get("jwk").map(PublicKey::from_jwk)
    }

    pub(crate) fn verifies(&self, algorithm: Algorithm, key: &PublicKey) -> bool {
        key.verifies(algorithm, self.signed.as_bytes(), &self.signature)
    }

    /// A NumericDate claim (RFC 7519 §2), to the second.
    pub(crate) fn time(&self, claim: &str) -> Option<Timestamp> {
        let seconds = self.claims.get(claim)?.as_f64()?;
        (seconds.is_finite()).then(|| Timestamp::from_second(seconds as i64).ok())?
    }

    /// When it says it was signed: `iat`, else `nbf`.
    pub(crate) fn signed_at(&self) -> Option<Timestamp> {
        self.made_at().or_else(|| self.time("nbf"))
    }

    /// When it says it was signed (`iat`); `nbf` may lie long after that.
    pub(crate) fn made_at(&self) -> Option<Timestamp> {
        self.time("iat")
    }

    /// The credential or presentation inside, with what the older form keeps in claims filled in.
    pub(crate) fn document(&self) -> Value {
        let Some(Value::Object(inner)) = self.claims.get("vc").or_else(|| self.claims.get("vp")) else {
            return Value::Object(self.claims.clone());
        };
        let mut document = inner.clone();
        let presentation = self.claims.contains_key("vp");
        let text = |claim: &str| self.claims.get(claim).and_then(Value::as_str).map(str::to_owned);
        if let Some(iss) = text("iss") {
            document.entry(if presentation { "holder" } else { "issuer" }).or_insert(json!(iss));
        }
        if let Some(jti) = text("jti") {
            document.entry("id").or_insert(json!(jti));
        }
        let date = |claim: &str| self.time(claim).map(|time| json!(time.to_string()));
        if !presentation {
            if let Some(from) = date("nbf")
                && !document.contains_key("validFrom")
            {
                document.entry("issuanceDate").or_insert(from);
            }
            if let Some(until) = date("exp")
                && !document.contains_key("validUntil")
            {
                document.entry("expirationDate").or_insert(until);
            }
            if let (Some(sub), Some(Value::Object(subject))) = (text("sub"), document.get_mut("credentialSubject")) {
                subject.entry("id").or_insert(json!(sub));
            }
        }
        Value::Object(document)
    }

    /// Claims that contradict the credential: claim and one sentence each.
    pub(crate) fn contradictions(&self, document: &Value) -> Vec<(&'static str, String)> {
        let id = |value: Option<&Value>| match value {
            Some(Value::String(id)) => Some(id.clone()),
            Some(Value::Object(object)) => object.get("id").and_then(Value::as_str).map(str::to_owned),
            _ => None,
        };
        let subject = match document.get("credentialSubject") {
            Some(Value::Array(several)) if several.len() == 1 => several.first(),
            other => other,
        };
        let pairs = [
            ("iss", "issuer", id(document.get("issuer").or_else(|| document.get("holder")))),
            ("jti", "id", id(document.get("id"))),
            ("sub", "credentialSubject.id", id(subject.filter(|subject| subject.is_object()))),
        ];
        let mut found = Vec::new();
        for (claim, name, theirs) in pairs {
            match (self.claims.get(claim), theirs) {
                (Some(Value::String(ours)), Some(theirs)) if *ours != theirs => {
                    found.push((
                        claim,
                        format!("The JWT's “{claim}” is {ours}, but the credential's {name} is {theirs}."),
                    ));
                }
                (Some(value), _) if !value.is_string() => {
                    found.push((claim, format!("The JWT's “{claim}” is no text.")))
                }
                _ => {}
            }
        }
        found
    }

    /// Dates in claims that differ from the credential's by a second or more: claim and one sentence each.
    pub(crate) fn other_dates(&self, from: Option<Timestamp>, until: Option<Timestamp>) -> Vec<(&'static str, String)> {
        [("nbf", from), ("exp", until)]
            .into_iter()
            .filter_map(|(claim, theirs)| {
                let ours = self.time(claim)?;
                let same = theirs.is_some_and(|theirs| theirs.as_second() == ours.as_second());
                (!same).then(|| {
                    let theirs = theirs.map_or_else(|| "no such date".to_owned(), |time| time.to_string());
                    (
                        claim,
                        format!(
                            "The JWT's “{claim}” says {ours}, the credential says {theirs}; the stricter one counts."
                        ),
                    )
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jwt(header: Value, claims: Value) -> String {
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.AAAA", part(header), part(claims))
    }

    #[test]
    fn the_older_form_fills_in_what_stands_in_claims() {
        let text = jwt(
            json!({"alg": "RS256"}),
            json!({"vc": {"credentialSubject": {}}, "iss": "did:x:1", "sub": "did:x:2", "nbf": 0, "exp": 60, "jti": "urn:1"}),
        );
        let document = parse(&text).unwrap().document();
        assert_eq!(document["issuer"], "did:x:1");
        assert_eq!(document["credentialSubject"]["id"], "did:x:2");
        assert_eq!(document["issuanceDate"], "1970-01-01T00:00:00Z");
        assert_eq!(document["expirationDate"], "1970-01-01T00:01:00Z");
    }

    #[test]
    fn algorithms_that_prove_nothing_are_refused() {
        for alg in ["none", "HS256", "HS512"] {
            assert!(matches!(parse(&jwt(json!({"alg": alg}), json!({}))).unwrap().alg(), Alg::Refused(_)), "{alg}");
        }
        assert!(matches!(parse(&jwt(json!({"alg": "ES384"}), json!({}))).unwrap().alg(), Alg::NotReadYet(_)));
        assert!(matches!(
            parse(&jwt(json!({"alg": "EdDSA", "crit": ["b64"]}), json!({}))).unwrap().alg(),
            Alg::NotReadYet(_)
        ));
    }

    #[test]
    fn contradictions_are_found() {
        let text = jwt(json!({"alg": "EdDSA"}), json!({"iss": "did:x:1", "issuer": {"id": "did:x:2"}, "jti": 5}));
        let jwt = parse(&text).unwrap();
        let claims: Vec<_> = jwt.contradictions(&jwt.document()).into_iter().map(|(claim, _)| claim).collect();
        assert_eq!(claims, ["iss", "jti"]);
    }
}
