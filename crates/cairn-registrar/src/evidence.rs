//! Files: evidence and uploaded lists, in a folder or any object store, named by their SHA-256. The only file that
//! knows the object store.

use std::sync::Arc;

use bytes::Bytes;
use cairn_domain::access::Act;
use cairn_store::{StoredCredential, StoredEvidence};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use sha2::{Digest, Sha256};
use url::Url;

use crate::Office;
use crate::access::Actor;
use crate::refusal::{Refusal, Trouble};

pub use cairn_store::StoredEvidence as Evidence;

/// The largest file that is taken, in bytes.
pub const LARGEST_FILE: u64 = 25 << 20;

/// A place where files lie. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    prefix: String,
}

/// A file that is arriving: hashed as it comes.
#[derive(Debug)]
pub struct Incoming {
    hash: Sha256,
    chunks: Vec<Bytes>,
    size: u64,
    most: u64,
}

/// A file that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFile {
    /// Where it lies.
    pub key: String,
    /// Lower-case hex SHA-256.
    pub sha256: String,
    /// Size in bytes.
    pub size: u64,
    /// As its first bytes tell, from a small closed list; what is unknown is `application/octet-stream`.
    pub media_type: &'static str,
}

impl Files {
    /// Opens `file:DIR` (made when absent), `memory:`, or `s3://BUCKET/PREFIX?endpoint=…&region=…`. Keys of S3 come
    /// from the usual `AWS_` variables.
    pub fn open(place: &str) -> Result<Files, Refusal> {
        let cannot = |why: String| {
            let shown = place.split('?').next().unwrap_or_default();
            Refusal::new("files-place", format!("The place for files, {shown}, cannot be used: {why}"))
        };
        // acts that touch no files are begun without a place
        if place.is_empty() || place == "memory:" {
            return Ok(Files { store: Arc::new(InMemory::new()), prefix: String::new() });
        }
        if let Some(folder) = place.strip_prefix("file:") {
            std::fs::create_dir_all(folder).map_err(|error| cannot(error.to_string()))?;
            let store = LocalFileSystem::new_with_prefix(folder).map_err(|error| cannot(error.to_string()))?;
            return Ok(Files { store: Arc::new(store), prefix: String::new() });
        }
        let url = Url::parse(place).map_err(|error| cannot(error.to_string()))?;
        if url.scheme() != "s3" {
            return Err(cannot("write file:DIR, s3://BUCKET/PREFIX?endpoint=… or memory:".into()));
        }
        let mut builder = AmazonS3Builder::from_env().with_bucket_name(url.host_str().unwrap_or_default());
        for (name, value) in url.query_pairs() {
            builder = match name.as_ref() {
                "endpoint" => {
                    let plain = value.starts_with("http://");
                    builder.with_endpoint(value).with_allow_http(plain)
                }
                "region" => builder.with_region(value),
                other => return Err(cannot(format!("it has an unknown part `{other}`"))),
            };
        }
        // the one provider; that it is there already is no fault
        let _ = rustls::crypto::ring::default_provider().install_default();
        let store = builder.build().map_err(|error| cannot(error.to_string()))?;
        Ok(Files { store: Arc::new(store), prefix: url.path().trim_matches('/').to_owned() })
    }

    /// Keeps a whole file of an organisation. Nothing half-written is ever seen under its name.
    pub async fn put(&self, org_id: &str, incoming: Incoming) -> Result<KeptFile, Trouble> {
        let sha256: String = incoming.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let key = format!("{org_id}/{}/{sha256}", &sha256[..2]);
        let mut head = Vec::with_capacity(4096);
        for chunk in &incoming.chunks {
            head.extend_from_slice(&chunk[..chunk.len().min(4096 - head.len())]);
        }
        let kept = KeptFile { sha256, size: incoming.size, media_type: media_type(&head), key };
        let payload: PutPayload = incoming.chunks.into_iter().collect();
        self.store.put(&self.path(&kept.key), payload).await.map_err(|error| {
            tracing::error!(fault = %error, "A file could not be kept: {error}");
            let says = "The file could not be kept: there is no room for it, or its place cannot be written to. \
                        Nothing was changed. Tell whoever runs this site, and send it again later.";
            Refusal::new("files-unwritable", says)
        })?;
        Ok(kept)
    }

    /// A kept file, checked against its hash (the last part of its key); `None` when it is not there any more.
    pub async fn get(&self, key: &str) -> Result<Option<Bytes>, Trouble> {
        let fault = |error: object_store::Error| Trouble::fault(format!("a file could not be read: {error}"));
        let found = match self.store.get(&self.path(key)).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(fault(error)),
        };
        let bytes = found.bytes().await.map_err(fault)?;
        let sha256: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        if !key.ends_with(&sha256) {
            return Err(Trouble::fault(format!("the file {key} is not what was kept: its hash differs")));
        }
        Ok(Some(bytes))
    }

    /// Deletes a file. One that is gone already is fine.
    pub async fn delete(&self, key: &str) -> Result<(), Trouble> {
        match self.store.delete(&self.path(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(Trouble::fault(format!("a file could not be deleted: {error}"))),
        }
    }

    fn path(&self, key: &str) -> Path {
        match self.prefix.as_str() {
            "" => Path::from(key),
            prefix => Path::from(format!("{prefix}/{key}")),
        }
    }
}

impl Incoming {
    /// A file that may have so many bytes.
    pub fn new(most: u64) -> Incoming {
        Incoming { hash: Sha256::new(), chunks: Vec::new(), size: 0, most }
    }

    /// A file that is there as a whole.
    pub fn whole(bytes: impl Into<Bytes>, most: u64) -> Result<Incoming, Refusal> {
        let mut one = Incoming::new(most);
        one.add(bytes.into())?;
        Ok(one)
    }

    /// The next bytes. A refusal when they are too many.
    pub fn add(&mut self, chunk: Bytes) -> Result<(), Refusal> {
        self.size += chunk.len() as u64;
        if self.size > self.most {
            let says = format!("A file may have {} MB at most. Send a smaller one, or a link to it.", self.most >> 20);
            return Err(Refusal::new("too-large", says));
        }
        self.hash.update(&chunk);
        self.chunks.push(chunk);
        Ok(())
    }

    /// Whether nothing has come.
    pub fn is_empty(&self) -> bool {
        self.size == 0
    }
}

impl Office {
    /// A piece of evidence and its file, for its learner and for members who decide on it or keep the records.
    pub async fn evidence_file(
        &self,
        actor: &Actor,
        org_id: &str,
        evidence_id: &str,
    ) -> Result<(StoredEvidence, Bytes), Trouble> {
        let nothing = || Refusal::new("not-found", "There is nothing here that you may see.");
        let found = self.desk.store.find_evidence(org_id, evidence_id).await?;
        let may = actor.may(org_id, Act::Assess) || actor.may(org_id, Act::Records);
        let own = |one: &StoredEvidence| one.person_id.is_some() && one.person_id.as_deref() == actor.person_id();
        let one = found.filter(|one| may || own(one)).ok_or_else(nothing)?;
        let Some(key) = one.object_key.clone().filter(|_| one.erased.is_none()) else { return Err(nothing().into()) };
        let bytes = self.files.get(&key).await?.ok_or_else(|| Trouble::fault("a file of evidence is gone"))?;
        Ok((one, bytes))
    }

    /// Keeps a piece of evidence for a direct award that is yet to be made.
    pub async fn add_evidence(&self, actor: &Actor, org_id: &str, given: Given) -> Result<StoredEvidence, Trouble> {
        actor.require(org_id, Act::Award)?;
        let one = self.keep_evidence(actor, org_id, given).await?;
        let mut tx = self.desk.store.begin().await?;
        tx.insert_evidence(&one).await?;
        let detail = serde_json::json!({"kind": one.kind, "sha256": one.sha256});
        let object = ("evidence", one.evidence_id.as_str());
        tx.insert_audit(&actor.audit(&self.outside, org_id, "evidence.add", object, Some(detail))).await?;
        tx.commit().await?;
        Ok(one)
    }

    /// A piece of evidence that one has added and that no award rests on yet.
    pub async fn loose_evidence(
        &self,
        actor: &Actor,
        org_id: &str,
        evidence_id: &str,
    ) -> Result<Option<StoredEvidence>, Trouble> {
        actor.require(org_id, Act::Award)?;
        let found = self.desk.store.find_evidence(org_id, evidence_id).await?;
        let own = |one: &StoredEvidence| one.person_id.as_deref() == actor.person_id();
        Ok(found.filter(|one| own(one) && one.credential_id.is_none() && one.request_id.is_none()))
    }

    /// Puts a file where it belongs and makes the row for a piece of evidence, which is yet to be inserted.
    pub(crate) async fn keep_evidence(
        &self,
        actor: &Actor,
        org_id: &str,
        given: Given,
    ) -> Result<StoredEvidence, Trouble> {
        let mut one = StoredEvidence {
            org_id: org_id.into(),
            evidence_id: self.outside.id(),
            wanted: given.wanted,
            person_id: actor.person_id().map(str::to_owned),
            created: self.now(),
            ..StoredEvidence::default()
        };
        match given.what {
            GivenWhat::File { name, incoming } => {
                if incoming.is_empty() {
                    return Err(Refusal::new("empty-file", format!("The file {} is empty.", file_name(&name))).into());
                }
                let kept = self.files.put(org_id, incoming).await?;
                one.kind = "file".into();
                one.name = file_name(&name);
                one.media_type = Some(kept.media_type.into());
                one.bytes = kept.size;
                one.sha256 = kept.sha256;
                one.object_key = Some(kept.key);
            }
            GivenWhat::Link(link) => {
                let link = link.trim();
                let fine = Url::parse(link).is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
                if !fine || link.len() > 2_000 {
                    let says = "A link begins with https:// and names a place on the web.";
                    return Err(Refusal::new("bad-link", says).into());
                }
                one.kind = "link".into();
                one.name = link.chars().take(200).collect();
                one.bytes = link.len() as u64;
                one.sha256 = crate::issuing::sha256(link);
                one.url = Some(link.into());
            }
            GivenWhat::Text(words) => {
                let words = words.trim();
                if words.is_empty() || words.chars().count() > 20_000 {
                    let says = "A text has 1 to 20,000 characters. Send a longer one as a file.";
                    return Err(Refusal::new("bad-text", says).into());
                }
                one.kind = "text".into();
                one.name = "Text".into();
                one.bytes = words.len() as u64;
                one.sha256 = crate::issuing::sha256(words);
                one.words = Some(words.into());
            }
        }
        Ok(one)
    }

    /// Whether somebody may see that a credential rests on evidence, and download it.
    pub fn may_see_evidence(&self, actor: &Actor, of: &StoredCredential) -> bool {
        let holder = of.person_id.is_some() && of.person_id.as_deref() == actor.person_id();
        holder || actor.may(&of.org_id, Act::Assess) || actor.may(&of.org_id, Act::Records)
    }
}

/// A piece of evidence as it is given.
#[derive(Debug)]
pub struct Given {
    /// Which of the definition's wanted pieces it is.
    pub wanted: Option<String>,
    /// The piece.
    pub what: GivenWhat,
}

/// What is given.
#[derive(Debug)]
pub enum GivenWhat {
    /// A file.
    File {
        /// As its owner calls it.
        name: String,
        /// Its bytes.
        incoming: Incoming,
    },
    /// An address. What binds it is the address itself, not what lies there.
    Link(String),
    /// Words.
    Text(String),
}

/// Whether a browser may show it in its own window: nothing in it can run.
pub fn shows_inline(media_type: &str) -> bool {
    matches!(media_type, "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "application/pdf" | "text/plain")
}

fn file_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control() && !matches!(c, '"' | '<' | '>')).take(120).collect();
    if name.trim().is_empty() { "file".into() } else { name }
}

/// What the first bytes tell.
fn media_type(head: &[u8]) -> &'static str {
    match head {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        [b'%', b'P', b'D', b'F', b'-', ..] => "application/pdf",
        [b'P', b'K', 3, 4, ..] => "application/zip",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "video/mp4",
        _ if is_text(head) => "text/plain",
        _ => "application/octet-stream",
    }
}

/// UTF-8 without control characters; a character that is cut off at the end of the head is fine.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or("\0"),
        Err(_) => return false,
    };
    !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_kinds_of_files() {
        assert_eq!(file_name("C:\\temp\\work \"1\".pdf"), "work 1.pdf");
        assert_eq!(file_name("../../etc/passwd"), "passwd");
        assert_eq!(file_name("\n"), "file");
        assert_eq!(media_type(b"%PDF-1.7"), "application/pdf");
        assert_eq!(media_type("<html>ü".as_bytes()), "text/plain");
        assert_eq!(media_type(&"ü".as_bytes()[..1]), "text/plain");
        assert_eq!(media_type(b"MZ\0\0"), "application/octet-stream");
    }

    #[tokio::test]
    async fn a_file_comes_back_and_a_changed_one_is_noticed() {
        let folder = std::env::temp_dir().join(format!("cairn-files-{}", std::process::id()));
        let files = Files::open(&format!("file:{}", folder.display())).unwrap();
        let kept = files.put("org", Incoming::whole(&b"work"[..], 10).unwrap()).await.unwrap();
        assert_eq!((kept.size, kept.media_type), (4, "text/plain"));
        assert_eq!(files.get(&kept.key).await.unwrap().unwrap(), &b"work"[..]);
        std::fs::write(folder.join(&kept.key), b"bent").unwrap();
        assert!(files.get(&kept.key).await.is_err());
        files.delete(&kept.key).await.unwrap();
        assert!(files.get(&kept.key).await.unwrap().is_none());
        assert_eq!(Incoming::whole(&b"work"[..], 3).unwrap_err().code, "too-large");
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(Files::open("ftp://x").unwrap_err().code, "files-place");
        let s3 = Files::open("s3://bucket/some/where?endpoint=http://127.0.0.1:1&region=x").unwrap();
        assert_eq!(s3.path("org/a").to_string(), "some/where/org/a");
    }
}
