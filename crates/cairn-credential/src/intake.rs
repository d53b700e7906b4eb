//! What people drop on us: files of any kind in, credentials, claims and refusals out.
//!
//! One bad file never takes the others with it: every entry of a folder or zip gets an [`Item`] of its own.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One thing that was found in what was dropped.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// File name, with the path inside an archive behind `!/`, such as `badges.zip!/aws.png`.
    pub name: String,
    /// What it turned out to be.
    pub what: What,
}

/// What a dropped thing turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A credential, exactly as it was signed: JSON text or a compact JWT.
    Credential {
        /// The exact text.
        text: String,
        /// What it was wrapped in.
        container: Container,
    },
    /// A presentation: JSON text or a compact JWT. Its credentials are verified inside it.
    Presentation {
        /// The exact text.
        text: String,
    },
    /// A bundle: credentials and what was gathered for them.
    Bundle(Box<crate::bundle::Bundle>),
    /// Something that counts as the learner's own word: plain text, a PDF certificate.
    Claim {
        /// Text the skill reader may read; empty when none can be had (a PDF).
        text: String,
        /// One sentence saying why it is only a claim.
        why: String,
    },
    /// Could not be read, or cannot be read yet.
    Unread(Problem),
}

/// What a credential was wrapped in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Container {
    /// A JSON file.
    Json,
    /// A compact JWT as text.
    Jwt,
    /// A baked PNG.
    Png,
    /// A baked SVG.
    Svg,
    /// Inside a Cairn bundle.
    Bundle,
}

/// Why a thing could not be read: what is wrong, where, what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// Stable kebab-case code, such as `png-truncated`, `not-read-yet`.
    pub code: String,
    /// One or two sentences.
    pub says: String,
}

/// Limits on what is taken in. Sizes in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// One file.
    pub file: usize,
    /// All that an archive unpacks to, together.
    pub unpacked: usize,
    /// Entries of an archive.
    pub entries: usize,
    /// Nesting of a JSON document.
    pub depth: usize,
}

impl Default for Limits {
    /// 8 MB a file, 64 MB unpacked, 500 entries, 64 levels.
    fn default() -> Self {
        Limits { file: 8 << 20, unpacked: 64 << 20, entries: 500, depth: 64 }
    }
}

/// Opens one dropped file. Never fails as a whole: what cannot be read is an item that says so.
pub fn open(name: &str, bytes: &[u8], limits: Limits) -> Vec<Item> {
    let _ = (bytes, limits);
    vec![Item {
        name: name.into(),
        what: What::Unread(Problem { code: "not-read-yet".into(), says: "not written".into() }),
    }]
}
