//! Letters: written into the outbox with the act that gives rise to them, sent by SMTP, tried again.

use cairn_store::Letter;

use crate::issuing::Desk;

/// What a letter says.
#[derive(Debug, Clone, Default)]
pub struct Writing {
    /// To whom.
    pub to: String,
    /// Its kind: `sign-in`, `add-address`, `invitation`, `award`, `claim`, `decision`, `token-expiry`, …
    pub kind: &'static str,
    /// Subject.
    pub subject: String,
    /// Paragraphs of plain text.
    pub paragraphs: Vec<String>,
    /// What to press, and where it leads.
    pub link: Option<(String, String)>,
    /// Why they get it, in a sentence.
    pub why: String,
}

impl Desk {
    /// The letter, ready to be put into the outbox by the transaction that gives rise to it (`tx.insert_letter`).
    pub fn letter(&self, writing: Writing) -> Letter {
        let mut words = writing.paragraphs.join("\n\n");
        if let Some((label, address)) = &writing.link {
            words += &format!("\n\n{label}:\n{address}");
        }
        words += &format!("\n\n-- \n{}\n", writing.why);
        Letter {
            id: self.outside.id(),
            to: writing.to,
            kind: writing.kind.into(),
            subject: writing.subject,
            words,
            html: None,
            created: self.outside.now(),
        }
    }
}
