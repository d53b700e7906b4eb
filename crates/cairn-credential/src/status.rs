//! Status lists: the public bits that say "revoked" or "suspended", and the entries that point at them.
//!
//! Bitstring Status List v1.0 (W3C) and the 1EdTech revocation list (Verifiable Credentials Revocation List 1.0).
//! Everything here reads shapes; whether a list's own proof holds and how old it may be is the verdict's business.

use std::io::{Read, Write};

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::intake::Problem;

/// Fewest bits a list should have, so that one index hides among many (Bitstring Status List §2.2).
pub const MINIMUM_BITS: u64 = 131_072;

/// Most bytes a list may unpack to: 16 MB, room for 134 million credentials.
const MOST_BYTES: usize = 16 << 20;

/// Most characters of an `encodedList`.
const MOST_ENCODED: usize = 16 << 20;

const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_encode_padding(false).with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A credential's `credentialStatus` entries, in order; empty when it has none. Each carries its JSON pointer.
/// What cannot be read is an entry that says so: a status that is not understood is never no status.
pub fn entries(credential: &Value) -> Vec<StatusEntry> {
    match credential.get("credentialStatus") {
        None => Vec::new(),
        Some(Value::Array(several)) => {
            several.iter().enumerate().map(|(i, one)| entry(one, format!("/credentialStatus/{i}"))).collect()
        }
        Some(one) => vec![entry(one, "/credentialStatus".into())],
    }
}

/// One `credentialStatus` entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusEntry {
    /// A place in a bitstring list (`BitstringStatusListEntry`).
    Bitstring {
        /// JSON pointer to the entry in the credential.
        pointer: String,
        /// What a set bit means.
        purpose: Purpose,
        /// Which bit; 0 is the first.
        index: u64,
        /// Address of the list's credential.
        list: String,
    },
    /// The whole credential may be named on a 1EdTech revocation list.
    RevocationList {
        /// JSON pointer to the entry in the credential.
        pointer: String,
        /// Address of the list.
        list: String,
    },
    /// A kind of status that is not read, by its `type`.
    Unknown {
        /// JSON pointer to the entry in the credential.
        pointer: String,
        /// Its `type` as written; empty when it has none.
        kind: String,
    },
    /// A known kind with something missing or wrong in it.
    Broken {
        /// JSON pointer to the entry in the credential.
        pointer: String,
        /// What is wrong.
        problem: Problem,
    },
}

/// What a set bit means (`statusPurpose`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// Taken back for good.
    Revocation,
    /// Taken back for a time.
    Suspension,
    /// A newer credential can be had; says nothing against this one.
    Refresh,
    /// An issuer's message; not read yet.
    Message,
    /// Any other word, as written.
    Other(String),
}

impl Purpose {
    /// From the word in the document.
    pub fn from_word(word: &str) -> Purpose {
        match word {
            "revocation" => Purpose::Revocation,
            "suspension" => Purpose::Suspension,
            "refresh" => Purpose::Refresh,
            "message" => Purpose::Message,
            other => Purpose::Other(other.into()),
        }
    }

    /// The word in the document.
    pub fn word(&self) -> &str {
        match self {
            Purpose::Revocation => "revocation",
            Purpose::Suspension => "suspension",
            Purpose::Refresh => "refresh",
            Purpose::Message => "message",
            Purpose::Other(word) => word,
        }
    }
}

/// What a `BitstringStatusListCredential` says. Its proof, dates and issuer are checked elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// The list credential's `id`, to compare with the address it came from.
    pub id: Option<String>,
    /// What its bits mean; one or more.
    pub purposes: Vec<Purpose>,
    /// Milliseconds for which a copy may be used, where stated (`ttl`).
    pub ttl: Option<u64>,
    /// The bits.
    pub bits: Bits,
}

/// Reads the subject of a `BitstringStatusListCredential`.
/// Problems: `status-list-type`, `status-list-purpose`, `status-list-encoding`.
pub fn read_list(credential: &Value) -> Result<List, Problem> {
    if !has_type(credential, "BitstringStatusListCredential") {
        return problem(
            "status-list-type",
            "The document at the status list's address is not a BitstringStatusListCredential (/type).",
        );
    }
    let subject = match credential.get("credentialSubject") {
        Some(Value::Array(several)) if several.len() == 1 => &several[0],
        Some(one @ Value::Object(_)) => one,
        _ => return problem("status-list-type", "The status list has no single subject (/credentialSubject)."),
    };
    if !has_type(subject, "BitstringStatusList") {
        return problem(
            "status-list-type",
            "The status list's subject is not a BitstringStatusList (/credentialSubject/type).",
        );
    }
    let purposes: Vec<Purpose> = words(subject.get("statusPurpose")).into_iter().map(Purpose::from_word).collect();
    if purposes.is_empty() {
        return problem(
            "status-list-purpose",
            "The status list does not say what its bits mean (/credentialSubject/statusPurpose).",
        );
    }
    let Some(encoded) = subject.get("encodedList").and_then(Value::as_str) else {
        return problem("status-list-encoding", "The status list holds no bits (/credentialSubject/encodedList).");
    };
    let id = credential.get("id").and_then(Value::as_str).map(str::to_owned);
    let ttl = subject.get("ttl").and_then(Value::as_u64);
    Ok(List { id, purposes, ttl, bits: Bits::decode(encoded)? })
}

impl List {
    /// Whether bit `index` is set, asked for `purpose`. Problems: `status-list-purpose` when the list is for
    /// something else, `status-list-range` when it is too short (Bitstring Status List §3.2, steps 8 and 11).
    pub fn is_set(&self, purpose: &Purpose, index: u64) -> Result<bool, Problem> {
        if !self.purposes.contains(purpose) {
            let theirs: Vec<&str> = self.purposes.iter().map(Purpose::word).collect();
            return problem(
                "status-list-purpose",
                &format!("The credential asks for {}, but the list is for {}.", purpose.word(), theirs.join(", ")),
            );
        }
        self.bits.get(index).ok_or_else(|| Problem {
            code: "status-list-range".into(),
            says: format!(
                "The credential points at bit {index}, but the status list has only {} bits.",
                self.bits.len()
            ),
        })
    }
}

/// A bitstring; bit 0 is the most significant bit of the first byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bits {
    bytes: Vec<u8>,
}

impl Bits {
    /// `bits` zero bits, rounded up to the minimum and to whole bytes, at most 134,217,728.
    pub fn zeros(bits: u64) -> Bits {
        let bytes = usize::try_from(bits.max(MINIMUM_BITS).div_ceil(8)).unwrap_or(MOST_BYTES).min(MOST_BYTES);
        Bits { bytes: vec![0; bytes] }
    }

    /// How many bits there are.
    pub fn len(&self) -> u64 {
        self.bytes.len() as u64 * 8
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Whether the list is shorter than [`MINIMUM_BITS`]: its answers hold, but asking it tells more than it should.
    pub fn is_short(&self) -> bool {
        self.len() < MINIMUM_BITS
    }

    /// Bit `index`; `None` beyond the end.
    pub fn get(&self, index: u64) -> Option<bool> {
        let byte = self.bytes.get(usize::try_from(index / 8).ok()?)?;
        Some(byte & (0x80 >> (index % 8)) != 0)
    }

    /// Sets bit `index`; `false` when it lies beyond the end and nothing was done.
    #[must_use]
    pub fn set(&mut self, index: u64, on: bool) -> bool {
        let Some(byte) = usize::try_from(index / 8).ok().and_then(|at| self.bytes.get_mut(at)) else {
            return false;
        };
        let mask = 0x80 >> (index % 8);
        if on {
            *byte |= mask
        } else {
            *byte &= !mask
        }
        true
    }

    /// The indexes of set bits, ascending.
    pub fn ones(&self) -> impl Iterator<Item = u64> + '_ {
        self.bytes.iter().enumerate().filter(|(_, byte)| **byte != 0).flat_map(|(at, byte)| {
            (0..8u64).filter(move |bit| byte & (0x80 >> bit) != 0).map(move |bit| at as u64 * 8 + bit)
        })
    }

    /// As an `encodedList`: gzip, base64url without padding, multibase prefix `u`.
    pub fn encode(&self) -> String {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(&self.bytes).expect("writing to memory does not fail");
        let packed = gzip.finish().expect("writing to memory does not fail");
        format!("u{}", BASE64URL.encode(packed))
    }

    /// From an `encodedList`. The multibase prefix may be missing, as early drafts wrote it, since gzip's own first
    /// bytes give it away. Problem: `status-list-encoding`.
    pub fn decode(encoded: &str) -> Result<Bits, Problem> {
        let digits = match encoded.strip_prefix('u') {
            Some(digits) => digits,
            None if encoded.starts_with("H4sI") => encoded,
            None => return not_decoded("it does not begin with `u`, the multibase letter for base64url"),
        };
        if digits.len() > MOST_ENCODED {
            return not_decoded("it is longer than 16 MB");
        }
        let Ok(packed) = BASE64URL.decode(digits) else { return not_decoded("it is not base64url") };
        let mut bytes = Vec::new();
        let read = GzDecoder::new(packed.as_slice()).take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes);
        if read.is_err() {
            return not_decoded("it does not unpack: it is not gzip, or it was cut or damaged");
        }
        if bytes.len() > MOST_BYTES {
            return not_decoded("it unpacks to more than 16 MB");
        }
        if bytes.is_empty() {
            return not_decoded("it unpacks to nothing");
        }
        Ok(Bits { bytes })
    }
}

/// Whose a signed list is, as it says itself; `None` for what is no list in our own form.
pub fn list_issuer(signed_text: &str) -> Option<String> {
    let list: Value = serde_json::from_str(signed_text).ok()?;
    let issuer = list.get("issuer")?;
    issuer.as_str().or_else(|| issuer.get("id")?.as_str()).map(str::to_owned)
}

/// An unsigned `BitstringStatusListCredential` for `bits` (Bitstring Status List §2.2), ready to be signed.
/// `id` is the address it will be served at.
pub fn list_credential(id: &str, issuer: &str, purpose: &Purpose, valid_from: Timestamp, bits: &Bits) -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": id,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": valid_from.to_string(),
        "credentialSubject": {
            "id": format!("{id}#list"),
            "type": "BitstringStatusList",
            "statusPurpose": purpose.word(),
            "encodedList": bits.encode(),
        },
    })
}

/// A `credentialStatus` entry that points at bit `index` of the list at `list` (Bitstring Status List §2.1).
pub fn list_entry(list: &str, purpose: &Purpose, index: u64) -> Value {
    json!({
        "id": format!("{list}#{index}"),
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose.word(),
        "statusListIndex": index.to_string(),
        "statusListCredential": list,
    })
}

/// A 1EdTech revocation list. It is unsigned: worth exactly as much as the way it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocations {
    /// The list's `id`, to compare with the address it came from.
    pub id: Option<String>,
    /// Whose list it says it is, to compare with the credential's issuer.
    pub issuer: Option<String>,
    /// What is revoked.
    pub revoked: Vec<Revoked>,
}

/// One revoked credential on a 1EdTech list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoked {
    /// The credential's `id`.
    pub id: String,
    /// `revocationReason`, where given.
    pub reason: Option<String>,
}

impl Revocations {
    /// The entry for a credential's `id`, compared as written.
    pub fn find(&self, id: &str) -> Option<&Revoked> {
        self.revoked.iter().find(|one| one.id == id)
    }
}

/// Reads a 1EdTech revocation list. A document that is not clearly one is a problem (`revocation-list-shape`), never
/// an empty list: an error page must not read as "nothing is revoked".
pub fn read_revocations(list: &Value) -> Result<Revocations, Problem> {
    let shape = |says: &str| problem("revocation-list-shape", says);
    let Some(object) = list.as_object() else {
        return shape("The document at the revocation list's address is not a JSON object.");
    };
    let id = object.get("id").and_then(Value::as_str).map(str::to_owned);
    let issuer = object.get("issuer").and_then(id_of).map(str::to_owned);
    let items: &[Value] = match object.get("revokedCredential") {
        Some(Value::Array(items)) => items,
        Some(one @ Value::Object(_)) => std::slice::from_ref(one),
        None if id.is_some() && issuer.is_some() => &[],
        _ => {
            return shape(
                "The document at the revocation list's address is not a 1EdTech revocation list (/revokedCredential).",
            );
        }
    };
    let mut revoked = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let Some(of) = id_of(item) else {
            return shape(&format!(
                "An entry of the revocation list names no credential (/revokedCredential/{at}/id)."
            ));
        };
        match item.get("revoked") {
            Some(Value::Bool(false)) => continue,
            None | Some(Value::Bool(true)) => {}
            Some(_) => {
                return shape(&format!("`revoked` must be true or false (/revokedCredential/{at}/revoked)."));
            }
        }
        let reason = item.get("revocationReason").and_then(Value::as_str).map(str::to_owned);
        revoked.push(Revoked { id: of.to_owned(), reason });
    }
    Ok(Revocations { id, issuer, revoked })
}

fn entry(value: &Value, pointer: String) -> StatusEntry {
    let Some(object) = value.as_object() else {
        let problem = Problem {
            code: "status-entry-shape".into(),
            says: format!("The credential's status is not an object ({pointer})."),
        };
        return StatusEntry::Broken { pointer, problem };
    };
    if has_type(value, "BitstringStatusListEntry") {
        return bitstring_entry(object, pointer);
    }
    if has_type(value, "1EdTechRevocationList") {
        return match object.get("id").and_then(Value::as_str) {
            Some(list) => StatusEntry::RevocationList { list: list.to_owned(), pointer },
            None => broken(pointer, "id", "the address of its revocation list is missing"),
        };
    }
    let kind = words(object.get("type")).join(", ");
    StatusEntry::Unknown { pointer, kind }
}

fn bitstring_entry(object: &Map<String, Value>, pointer: String) -> StatusEntry {
    let Some(list) = object.get("statusListCredential").and_then(Value::as_str) else {
        return broken(pointer, "statusListCredential", "the address of its status list is missing");
    };
    let Some(purpose) = object.get("statusPurpose").and_then(Value::as_str) else {
        return broken(pointer, "statusPurpose", "what the bit means is missing");
    };
    let index = match object.get("statusListIndex") {
        Some(Value::String(digits)) if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok(),
        Some(number) => number.as_u64(),
        None => None,
    };
    let Some(index) = index else {
        return broken(pointer, "statusListIndex", "its place in the list is not a whole number");
    };
    // More bits per entry carry messages rather than yes or no; reading one bit of them would be a guess.
    match object.get("statusSize") {
        None => {}
        Some(size) if size.as_u64() == Some(1) => {}
        Some(_) => return broken(pointer, "statusSize", "statuses of more than one bit are not read yet"),
    }
    StatusEntry::Bitstring { purpose: Purpose::from_word(purpose), index, list: list.to_owned(), pointer }
}

fn broken(pointer: String, field: &str, what: &str) -> StatusEntry {
    let says = format!("The credential's status cannot be asked: {what} ({pointer}/{field}).");
    StatusEntry::Broken { pointer, problem: Problem { code: "status-entry-shape".into(), says } }
}

fn has_type(value: &Value, wanted: &str) -> bool {
    words(value.get("type")).contains(&wanted)
}

/// A string, or the strings of an array.
fn words(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// An identifier given plainly or as an object's `id`.
fn id_of(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value.get("id").and_then(Value::as_str))
}

fn not_decoded<T>(why: &str) -> Result<T, Problem> {
    problem("status-list-encoding", &format!("The status list's bits cannot be read (encodedList): {why}."))
}

fn problem<T>(code: &str, says: &str) -> Result<T, Problem> {
    Err(Problem { code: code.into(), says: says.into() })
}
