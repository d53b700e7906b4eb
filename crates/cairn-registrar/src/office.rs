//! Everything a face needs, in one place.

use std::path::{Path, PathBuf};

use cairn_credential::Policy;
use cairn_credential::bundle::Bundle;
use cairn_credential::intake::{self, Item, Limits};
use cairn_credential::trust::TrustList;
use cairn_store::Store;
use jiff::Timestamp;

use crate::advisor::Advisor;
use crate::checking::{self, Ask, Checked};
use crate::demo::{self, Demo};
use crate::evidence::Files;
use crate::gather::Gatherer;
use crate::issuing::Desk;
use crate::keyring::{Keyring, Passphrase};
use crate::outside::Outside;
use crate::packs::Packs;
use crate::post::Post;
use crate::refusal::{Refusal, Trouble};
use crate::sealing::{self, Seal};
use crate::sharing::{self, Share};

/// Something that the site publishes under its own address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Such as `application/json`.
    pub media_type: String,
    /// Exactly as it was signed.
    pub text: String,
}

/// What a site is opened with.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// `sqlite:PATH` or `postgres://…`.
    pub database: String,
    /// File with the key that seals signing keys; made when absent.
    pub key_file: PathBuf,
    /// The passphrase that seals signing keys instead of a file.
    pub key_passphrase: Option<Passphrase>,
    /// The address under which the world sees the site.
    pub base_url: String,
    /// Trust lists that the site's checks use.
    pub trust_lists: Vec<TrustList>,
    /// Where files lie: `file:DIR`, `s3://BUCKET/PREFIX?…` or `memory:`.
    pub files: String,
    /// The mail server: `smtp://…` or `smtps://…`; letters wait in the outbox without one.
    pub smtp: Option<String>,
    /// From whom letters come.
    pub mail_from: Option<String>,
    /// Whether identity providers may lie in a private network and be reached by `http:`.
    pub allow_private_network: bool,
}

/// A site's office.
#[derive(Debug, Clone)]
pub struct Office {
    /// Store, keyring, clock and chance.
    pub desk: Desk,
    /// Clock and chance, the same as the desk's.
    pub outside: Outside,
    /// Reads ads, judges gaps, plans.
    pub advisor: Advisor,
    /// The way out; answers the site's own addresses from the store.
    pub gatherer: Gatherer,
    /// The sample data, on a demo.
    pub demo: Option<Demo>,
    /// Trust lists that the site's checks use; on the demo the sample one.
    pub trust_lists: Vec<TrustList>,
    /// Such as `https://badges.example.edu`, without a slash at its end.
    pub base_url: String,
    /// Where evidence and uploaded files lie.
    pub files: Files,
    /// What it was opened with.
    pub settings: Settings,
    /// The way to the mail server.
    pub post: Post,
    /// The way to identity providers, whose addresses owners give.
    pub providers: Gatherer,
}

impl Office {
    /// Opens a site: its database (`sqlite:PATH` or `postgres://…`, brought up to date) and its key file (made when
    /// absent).
    pub async fn open(settings: Settings) -> Result<Office, Trouble> {
        let outside = Outside::system();
        let store = Store::open(&settings.database).await?;
        let seal = Seal::new(&settings.key_file, settings.key_passphrase.as_ref());
        let keyring = sealing::unlock(&store, &seal, &outside).await?;
        sharing::purge(&store, &outside).await?;
        let mut office = Office::new(store, keyring, outside, &settings.base_url, Gatherer::online())?;
        office.trust_lists = settings.trust_lists.clone();
        if settings.allow_private_network {
            office.providers = Gatherer::closed_network();
        }
        office.files = Files::open(&settings.files)?;
        office.settings = settings;
        Ok(office)
    }

    /// Opens a site for acts that need no keys, such as printing a link: no key file is read or made.
    pub async fn open_without_keys(settings: Settings) -> Result<Office, Trouble> {
        let outside = Outside::system();
        let store = Store::open(&settings.database).await?;
        let mut office =
            Office::new(store, Keyring::fresh(&outside), outside, &settings.base_url, Gatherer::offline())?;
        office.files = Files::open(&settings.files)?;
        office.settings = settings;
        Ok(office)
    }

    /// An office for work on a site's tables alone, such as imports: it has none of the site's keys.
    pub async fn without_keys(database: &str) -> Result<Office, Trouble> {
        let outside = Outside::system();
        let keyring = Keyring::fresh(&outside);
        Office::new(Store::open(database).await?, keyring, outside, "http://localhost", Gatherer::offline())
    }

    /// A seeded site on a database in `folder`, whose keys are gone with the process.
    pub async fn demo(base_url: &str, folder: &Path) -> Result<Office, Trouble> {
        let database = format!("sqlite:{}", folder.join("demo.sqlite").display());
        Office::seeded(&database, base_url, Outside::system(), Gatherer::online()).await
    }

    /// A seeded site in memory.
    pub async fn demo_in_memory(base_url: &str) -> Result<Office, Trouble> {
        Office::seeded("sqlite::memory:", base_url, Outside::system(), Gatherer::online()).await
    }

    /// A seeded site with its own clock, chance and way out: what tests start from.
    pub async fn seeded(
        database: &str,
        base_url: &str,
        outside: Outside,
        gatherer: Gatherer,
    ) -> Result<Office, Trouble> {
        let store = Store::open(database).await?;
        let keyring = Keyring::fresh(&outside);
        let mut office = Office::new(store, keyring, outside, base_url, gatherer)?;
        let demo = demo::seed(&office.desk, Packs::builtin()).await?;
        office.trust_lists = vec![demo.trust_list.clone()];
        office.demo = Some(demo);
        office.seed_people().await?;
        Ok(office)
    }

    /// Now, by the office's clock.
    pub fn now(&self) -> Timestamp {
        self.outside.now()
    }

    /// The site's policy: its trust lists, a status of at most 24 hours, nobody known.
    pub fn policy(&self) -> Policy {
        Policy { trust_lists: self.trust_lists.clone(), ..Policy::default() }
    }

    /// What is published at a path of the site (`/status/<id>`, `/issuers/<slug>/did.json`); `None` when nothing is.
    pub async fn published(&self, path: &str) -> Result<Option<Published>, Trouble> {
        if let Some(slug) = path.strip_prefix("/issuers/").and_then(|rest| rest.strip_suffix("/did.json")) {
            let found = self.desk.did_document(slug).await?;
            return Ok(found.map(|text| Published { media_type: "application/did+json".into(), text }));
        }
        let Some(id) = path.strip_prefix("/status/") else { return Ok(None) };
        let found = self.desk.status_list(id).await?;
        Ok(found.map(|text| Published { media_type: "application/json".into(), text }))
    }

    /// Opens a dropped file.
    pub fn open_file(&self, name: &str, bytes: &[u8]) -> Vec<Item> {
        intake::open(name, bytes, Limits::default())
    }

    /// All badges of a sample learner as one bundle with the status lists of this moment: it verifies where the demo
    /// cannot be reached. `None` when there is no such learner.
    pub async fn demo_bundle(&self, learner: &str) -> Option<Bundle> {
        let learner = self.demo.as_ref()?.learner(learner)?;
        let files = learner.files.iter().flat_map(|file| self.open_file(&file.name, &file.bytes)).collect();
        let ask = Ask { policy: self.policy(), require: Vec::new(), at: self.now() };
        let checked = self.check(files, &ask).await;
        let all: Vec<usize> = (0..checked.report.items.len()).collect();
        Some(sharing::bundle(&checked, &all, Some(format!("Sample badges of {}", learner.name)), self.now()))
    }

    /// Checks what was dropped.
    pub async fn check(&self, items: Vec<Item>, ask: &Ask) -> Checked {
        checking::check(items, ask, &self.gatherer, |_, _| ()).await
    }

    /// Deletes shares whose time is over. How many they were.
    pub async fn purge_shares(&self) -> Result<u64, Trouble> {
        sharing::purge(&self.desk.store, &self.desk.outside).await
    }

    /// Keeps a bundle behind a new token until a time; the token is told once.
    pub async fn share(&self, bundle: &Bundle, until: Timestamp) -> Result<String, Trouble> {
        sharing::share(&self.desk.store, &self.desk.outside, bundle, until, None).await
    }

    /// What a token opens, and counts the opening; `None` for one that never was or is over.
    pub async fn find_share(&self, token: &str) -> Result<Option<Share>, Trouble> {
        sharing::find_share(&self.desk.store, &self.desk.outside, token).await
    }

    /// Ends a share. False for a token that never was.
    pub async fn end_share(&self, token: &str) -> Result<bool, Trouble> {
        sharing::end_share(&self.desk.store, &self.desk.outside, token).await
    }

    fn new(
        store: Store,
        keyring: Keyring,
        outside: Outside,
        base_url: &str,
        gatherer: Gatherer,
    ) -> Result<Office, Trouble> {
        let base_url = base_url.trim_end_matches('/').to_owned();
        if !base_url.starts_with("http://") && !base_url.starts_with("https://") {
            let says = format!("The site's address `{base_url}` begins with neither https:// nor http://.");
            return Err(Refusal::new("base-url", says).into());
        }
        let desk = Desk { store, keyring, outside, base_url: base_url.clone() };
        let providers = gatherer.clone();
        let gatherer = gatherer.with_own_origin(&base_url, desk.clone());
        let outside = desk.outside.clone();
        Ok(Office {
            desk,
            outside,
            advisor: Advisor::builtin(),
            gatherer,
            demo: None,
            trust_lists: Vec::new(),
            files: Files::open("memory:")?,
            settings: Settings { base_url: base_url.clone(), files: "memory:".into(), ..Settings::default() },
            post: Post::default(),
            providers,
            base_url,
        })
    }
}
