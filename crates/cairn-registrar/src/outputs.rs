//! The forms a credential is handed over in: exact JSON or JWT, baked pictures, the certificate, and the card that
//! social networks show.
//!
//! All of them carry what was signed at the award, to the byte. Only the JWT of a credential that was signed as JSON is
//! signed anew when it is asked for: a second statement by the issuer, with the same id, claims and places on the status
//! lists.

use cairn_credential::bake;
use cairn_credential::facts::Facts;
use cairn_credential::sign::sign_jwt;
use cairn_credential::verdict::Verdict;
use cairn_store::{Org, StoredCredential};
use jiff::Timestamp;
use serde_json::Value;

use crate::Office;
use crate::artwork;
use crate::certificate::{self, Attached, Picture, Words, card};
use crate::checking::Ask;
use crate::refusal::{Refusal, Trouble};
use crate::shapes::Became;

/// A credential as its public page knows it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Its row.
    pub credential: StoredCredential,
    /// Who awarded it.
    pub org: Org,
    /// What this site's verifier makes of it now.
    pub verdict: Verdict,
    /// What it says.
    pub facts: Facts,
}

/// A credential's signed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedForm {
    /// `application/vc` for JSON, `application/vc+jwt` for a JWT.
    pub media_type: &'static str,
    /// Exactly what was signed.
    pub text: String,
}

/// Whether a signed text is a compact JWT.
pub fn is_jwt(text: &str) -> bool {
    !text.trim_start().starts_with('{')
}

impl Office {
    /// The credential whose page is at an address; `None` when there is none.
    pub async fn find_by_public_id(&self, public_id: &str) -> Result<Option<StoredCredential>, Trouble> {
        Ok(self.desk.store.find_credential_by_public_id(public_id).await?)
    }

    /// The credential of an issuer with this `id`.
    pub async fn find_credential(&self, org_id: &str, id: &str) -> Result<Option<StoredCredential>, Trouble> {
        Ok(self.desk.store.find_credential(org_id, id).await?)
    }

    /// Address of a credential's page and of all its forms.
    pub fn page_of(&self, credential: &StoredCredential) -> String {
        format!("{}/credentials/{}", self.base_url, credential.public_id)
    }

    /// A credential with its issuer, and verified as of now. `not-found` once it was erased.
    pub async fn show_credential(&self, credential: &StoredCredential) -> Result<Shown, Trouble> {
        if credential.erased.is_some() {
            return Err(erased().into());
        }
        let org = self.find_org(&credential.org_id).await?;
        let org = org.ok_or_else(|| Trouble::fault("a credential's issuer is gone"))?;
        let items = self.open_file("credential", credential.signed_text.as_bytes());
        let ask = Ask { policy: self.policy(), require: Vec::new(), at: self.now() };
        let checked = self.check(items, &ask).await;
        let became = checked.report.items.into_iter().next().map(|item| item.became);
        let Some(Became::Credential { verdict, .. }) = became else {
            return Err(Trouble::fault(format!("the credential {} in the store cannot be read", credential.public_id)));
        };
        let facts = verdict.facts.clone().unwrap_or_default();
        Ok(Shown { credential: credential.clone(), org, verdict: *verdict, facts })
    }

    /// Exactly what was signed. `not-found` once it was erased.
    pub fn signed_form(&self, credential: &StoredCredential) -> Result<SignedForm, Trouble> {
        if credential.erased.is_some() {
            return Err(erased().into());
        }
        let media_type = if is_jwt(&credential.signed_text) { "application/vc+jwt" } else { "application/vc" };
        Ok(SignedForm { media_type, text: credential.signed_text.clone() })
    }

    /// The credential as a VC-JWT: as it was signed, else signed now by the issuer's key of now. `not-now` for one that
    /// was taken back.
    pub async fn jwt(&self, credential: &StoredCredential) -> Result<SignedForm, Trouble> {
        let signed = self.signed_form(credential)?;
        if is_jwt(&signed.text) {
            return Ok(signed);
        }
        stands(credential)?;
        let key = self.desk.signing_key(&credential.org_id).await?;
        let unsigned: Value = serde_json::from_str(&signed.text).map_err(|error| Trouble::fault(error.to_string()))?;
        if unsigned.pointer("/issuer/id").and_then(Value::as_str) != Some(key.controller()) {
            let says = "The issuer goes by another name now than when it signed this; take the JSON, which stands.";
            return Err(Refusal::new("not-now", says).into());
        }
        Ok(SignedForm { media_type: "application/vc+jwt", text: sign_jwt(&unsigned, &key).map_err(Trouble::fault)? })
    }

    /// The badge's picture as a PNG with the credential baked into it (OB 3.0 §5.3.1).
    pub async fn badge_png(&self, credential: &StoredCredential) -> Result<Vec<u8>, Trouble> {
        let signed = self.signed_form(credential)?;
        let plain = match self.picture_for(credential).await? {
            Picture::Png(bytes) => bytes,
            Picture::Svg(svg) => aside(move || card::rendered(&svg, 512, 512)).await?,
        };
        bake::bake_png(&plain, &signed.text).map_err(|problem| Trouble::fault(problem.says))
    }

    /// The badge's picture as an SVG with the credential baked into it (OB 3.0 §5.3.2). A picture that is a PNG stands
    /// whole inside the SVG.
    pub async fn badge_svg(&self, credential: &StoredCredential) -> Result<String, Trouble> {
        let signed = self.signed_form(credential)?;
        let plain = match self.picture_for(credential).await? {
            Picture::Svg(text) => text,
            Picture::Png(bytes) => card::framed(&bytes),
        };
        bake::bake_svg(&plain, &signed.text).map_err(|problem| Trouble::fault(problem.says))
    }

    /// The certificate (PDF/A-3a, PDF/UA-1). `not-now` for a credential that was taken back: nobody frames those.
    pub async fn certificate_pdf(&self, credential: &StoredCredential) -> Result<Vec<u8>, Trouble> {
        stands(credential)?;
        let signed = self.signed_form(credential)?;
        let shown = self.show_credential(credential).await?;
        let words = self.words(&shown).await?;
        let (name, media_type) = match is_jwt(&signed.text) {
            true => ("credential.jwt", "application/jwt"),
            false => ("credential.json", "application/json"),
        };
        let attached = Attached { name, media_type, text: signed.text };
        let made = credential.awarded;
        aside(move || certificate::pdf(&words, &attached, made)).await
    }

    /// The card that social networks show for the credential's page, as a PNG.
    pub async fn card_png(&self, credential: &StoredCredential) -> Result<Vec<u8>, Trouble> {
        let shown = self.show_credential(credential).await?;
        let words = self.words(&shown).await?;
        aside(move || card::png(&words)).await
    }

    /// A QR code that leads to the credential's page, as an SVG.
    pub fn code_svg(&self, credential: &StoredCredential) -> Result<String, Trouble> {
        certificate::code_svg(&self.page_of(credential)).map_err(Trouble::fault)
    }

    /// Where learners ask for an achievement.
    pub fn ask_page(&self, achievement_id: &str) -> String {
        format!("{}/ask/{achievement_id}", self.base_url)
    }

    /// A QR code that leads to where learners ask for an achievement, as an SVG: for a wall or a slide.
    pub fn ask_code_svg(&self, achievement_id: &str) -> Result<String, Trouble> {
        certificate::code_svg(&self.ask_page(achievement_id)).map_err(Trouble::fault)
    }

    /// The picture of a credential's achievement: the issuer's own, else one that is drawn from its words.
    pub async fn picture_for(&self, credential: &StoredCredential) -> Result<Picture, Trouble> {
        let shown = self.show_credential(credential).await?;
        self.picture_of(&shown).await
    }

    /// The picture of what is shown.
    pub async fn picture_of(&self, shown: &Shown) -> Result<Picture, Trouble> {
        let of = &shown.credential;
        // the version that was published says it, also where the site is reached without TLS and strangers' pictures
        // at such addresses count for nothing
        let version = self.find_version(&of.org_id, &of.achievement_id, &of.version).await?;
        let image = version.and_then(|version| version.facts.image);
        let own = image.as_deref().and_then(|url| url.strip_prefix(&self.base_url)?.strip_prefix("/pictures/"));
        if let Some(sha256) = own
            && let Some((media_type, bytes)) = self.picture(sha256).await?
        {
            match media_type.as_str() {
                "image/png" => return Ok(Picture::Png(bytes)),
                "image/svg+xml" => {
                    if let Ok(text) = String::from_utf8(bytes) {
                        return Ok(Picture::Svg(text));
                    }
                }
                _ => {}
            }
        }
        Ok(Picture::Svg(artwork::svg(&shown.facts.name, &shown.org.name)))
    }

    async fn words(&self, shown: &Shown) -> Result<Words, Trouble> {
        let achievement = shown.facts.achievement.as_ref();
        Ok(Words {
            recipient: shown.recipient(),
            achievement: shown.facts.name.clone(),
            description: achievement.and_then(|achievement| achievement.description.clone()),
            issuer: shown.facts.issuer.name.clone().unwrap_or_else(|| shown.org.name.clone()),
            awarded: day(shown.credential.awarded),
            until: shown.facts.valid_until.map(day),
            criteria: achievement.and_then(|achievement| achievement.criteria.clone()),
            results: results(&shown.facts),
            address: self.page_of(&shown.credential),
            picture: self.picture_of(shown).await?,
        })
    }
}

impl Shown {
    /// To whom it was awarded, where it says so.
    pub fn recipient(&self) -> Option<String> {
        let said = self.credential.recipient_name.clone().or_else(|| self.facts.subject.name.clone());
        said.filter(|name| !name.trim().is_empty())
    }
}

/// Results in words: what was judged, and how it went.
pub fn results(facts: &Facts) -> Vec<String> {
    let descriptions = facts.achievement.as_ref().map(|a| a.result_descriptions.as_slice()).unwrap_or_default();
    let one = |result: &cairn_credential::facts::ResultFact| {
        let description = descriptions.iter().find(|d| Some(&d.id) == result.description.as_ref());
        let level = result.achieved_level.as_ref().and_then(|id| {
            let levels = description.map(|d| d.levels.as_slice()).unwrap_or_default();
            levels.iter().find(|level| level.0 == *id).map(|level| level.1.clone())
        });
        let value = level.or_else(|| result.value.clone()).or_else(|| result.status.clone())?;
        Some(format!("{}: {value}", description.map_or("Result", |d| d.name.as_str())))
    };
    facts.results.iter().filter_map(one).collect()
}

fn day(at: Timestamp) -> String {
    at.strftime("%-d %B %Y").to_string()
}

fn erased() -> Refusal {
    Refusal::new("not-found", "This credential was erased here at its holder's wish. Copies of it still verify.")
}

/// A refusal for a credential that was taken back.
fn stands(credential: &StoredCredential) -> Result<(), Refusal> {
    match credential.status.as_deref() {
        Some("revoked") => {
            Err(Refusal::new("not-now", "This credential was revoked; it is not handed over in this form any more."))
        }
        Some("suspended") => Err(Refusal::new(
            "not-now",
            "This credential is suspended; it is not handed over in this form until that ends.",
        )),
        _ => Ok(()),
    }
}

/// Drawing keeps a processor busy: nobody else waits for it.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T, String> + Send + 'static) -> Result<T, Trouble> {
    crate::checking::aside(work).await.map_err(Trouble::fault)
}
