//! Pictures that the site keeps and serves under the hash of their bytes. What is served has been drawn here: composed,
//! or drawn anew from what somebody sent.

use cairn_domain::access::Act;
use cairn_domain::definition::{Composed, Picture};
use sha2::{Digest, Sha256};

use crate::Office;
use crate::access::Actor;
use crate::artwork::{self, Drawn};
use crate::refusal::{Refusal, Trouble};

/// A picture that is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// As a definition names it.
    pub picture: Picture,
    /// What to do when its colours cannot be told apart.
    pub advice: Option<String>,
}

impl Office {
    /// A picture's media type and bytes; `None` when the site has none of this SHA-256.
    pub async fn picture(&self, sha256: &str) -> Result<Option<(String, Vec<u8>)>, Trouble> {
        Ok(self.desk.store.find_picture(sha256).await?)
    }

    /// Draws a composed picture without keeping it.
    pub async fn preview_picture(&self, actor: &Actor, org_id: &str, of: Composed) -> Result<Drawn, Trouble> {
        actor.require(org_id, Act::Define)?;
        drawn(move || artwork::compose(&of)).await
    }

    /// Composes a picture and keeps it.
    pub async fn compose_picture(
        &self,
        actor: &Actor,
        org_id: &str,
        composed: Composed,
        alt: &str,
    ) -> Result<Kept, Trouble> {
        actor.require(org_id, Act::Define)?;
        let of = composed.clone();
        let drawn = drawn(move || artwork::compose(&of)).await?;
        let sha256 = self.keep_picture(actor, org_id, &drawn.png).await?;
        let picture = Picture { sha256, alt: alt.into(), composed: Some(composed) };
        Ok(Kept { picture, advice: drawn.advice })
    }

    /// Keeps a picture drawn anew from a PNG or SVG that somebody sends.
    pub async fn upload_picture(
        &self,
        actor: &Actor,
        org_id: &str,
        bytes: Vec<u8>,
        alt: &str,
    ) -> Result<Kept, Trouble> {
        actor.require(org_id, Act::Define)?;
        if bytes.is_empty() {
            return Err(Refusal::new("bad-picture", "The file is empty. Send a PNG or an SVG.").into());
        }
        let png = drawn(move || artwork::uploaded(&bytes)).await?;
        let sha256 = self.keep_picture(actor, org_id, &png).await?;
        Ok(Kept { picture: Picture { sha256, alt: alt.into(), composed: None }, advice: None })
    }

    async fn keep_picture(&self, actor: &Actor, org_id: &str, png: &[u8]) -> Result<String, Trouble> {
        let sha256: String = Sha256::digest(png).iter().map(|byte| format!("{byte:02x}")).collect();
        if self.desk.store.find_picture(&sha256).await?.is_some() {
            return Ok(sha256);
        }
        let mut tx = self.desk.store.begin().await?;
        tx.insert_picture(&sha256, "image/png", png, self.now()).await?;
        let object = ("picture", sha256.as_str());
        tx.insert_audit(&actor.audit(&self.outside, org_id, "picture.keep", object, None)).await?;
        tx.commit().await?;
        Ok(sha256)
    }

    /// The card that other sites show beside a link to an achievement's page: PNG, 1200 by 630 pixels.
    pub async fn achievement_card(&self, of: &crate::achievements::PublishedVersion) -> Result<Vec<u8>, Trouble> {
        let picture = match &of.definition.picture {
            Some(picture) => self.picture(&picture.sha256).await?.map(|(_, bytes)| bytes),
            None => None,
        };
        let issuer = of.facts.definer.name.clone().unwrap_or_default();
        let title = of.definition.name.clone();
        let mut below = vec![format!("{} · version {}", kind_in_words(&of.definition.kind), of.number)];
        if let Some(credit) = &of.definition.credit {
            let mut parts = Vec::new();
            parts.extend(credit.ects.map(|ects| format!("{ects} ECTS")));
            parts.extend(credit.eqf.map(|level| format!("EQF level {level}")));
            parts.extend(credit.hours.map(|hours| format!("{hours} hours")));
            below.extend((!parts.is_empty()).then(|| parts.join(" · ")));
        }
        drawn(move || artwork::card(picture.as_deref(), &issuer, &title, &below)).await
    }
}

/// Such as `Certificate of completion` for `CertificateOfCompletion`.
pub fn kind_in_words(kind: &str) -> String {
    let kind = kind.strip_prefix("ext:").unwrap_or(kind);
    if kind == "MicroCredential" {
        return "Microcredential".into();
    }
    let mut words = String::new();
    for c in kind.chars() {
        match c.is_uppercase() && !words.is_empty() {
            true => {
                words.push(' ');
                words.extend(c.to_lowercase());
            }
            false => words.push(c),
        }
    }
    words
}

/// Drawing takes some milliseconds of the processor; other requests do not wait for it.
async fn drawn<T: Send + 'static>(work: impl FnOnce() -> Result<T, Trouble> + Send + 'static) -> Result<T, Trouble> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Trouble::fault(error.to_string()))?
}
