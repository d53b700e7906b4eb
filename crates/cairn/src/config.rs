//! Configuration: what a site needs to know that is no choice of a single visitor.
//!
//! Each setting is a flag of `cairn serve` and an environment variable; nothing else reads the environment.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context;
use cairn_registrar::keyring::Passphrase;
use clap::Args;

/// Settings of a running site.
#[derive(Debug, Clone, Args)]
pub struct SiteConfig {
    /// Where the data is kept: `sqlite:PATH` or `postgres://…`
    #[arg(long, env = "CAIRN_DATABASE", value_name = "URL")]
    pub database: String,
    /// Address and port to listen on
    #[arg(long, env = "CAIRN_LISTEN", value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// The address under which the world sees this site, such as https://badges.example.edu
    #[arg(long, env = "CAIRN_BASE_URL", value_name = "URL")]
    pub base_url: Option<String>,
    /// File with the 32-byte key that seals signing keys (made when absent); keep a copy of it apart from the database
    #[arg(long, env = "CAIRN_KEY_FILE", value_name = "FILE", default_value = "cairn.key")]
    pub key_file: PathBuf,
    /// File with a passphrase that seals signing keys instead of the key file (or the passphrase itself in
    /// CAIRN_KEY_PASSPHRASE)
    #[arg(long, env = "CAIRN_KEY_PASSPHRASE_FILE", value_name = "FILE")]
    pub key_passphrase_file: Option<PathBuf>,
    /// Behind a proxy: visitors are told apart by the last hop of X-Forwarded-For. Only when the proxy sets it
    #[arg(long, env = "CAIRN_TRUSTED_PROXY")]
    pub trusted_proxy: bool,
    /// POSTs a minute from one address; 0 for no limit, also for API tokens (600 requests a minute each)
    #[arg(long, env = "CAIRN_POSTS_A_MINUTE", value_name = "COUNT", default_value_t = 240)]
    pub posts_a_minute: u32,
    /// Where evidence and uploaded files lie: `file:DIR`, or `s3://BUCKET/PREFIX?endpoint=…` with the usual AWS_
    /// variables
    #[arg(long, env = "CAIRN_FILES", value_name = "PLACE", default_value = "file:cairn-files")]
    pub files: String,
    /// The mail server: smtp://USER:PASSWORD@HOST:PORT (STARTTLS), smtps:// (TLS), smtp+plain:// (no encryption, for a
    /// server on this machine). Without one, letters wait
    #[arg(long, env = "CAIRN_SMTP", value_name = "URL", hide_env_values = true)]
    pub smtp: Option<String>,
    /// From whom letters come, such as "Cairn <badges@example.edu>"
    #[arg(long, env = "CAIRN_MAIL_FROM", value_name = "ADDRESS")]
    pub mail_from: Option<String>,
    /// For closed networks and tests: identity providers (single sign-on) may lie on private addresses and be reached
    /// by http:. Addresses that visitors give are not fetched from there all the same
    #[arg(long, env = "CAIRN_ALLOW_PRIVATE_NETWORK")]
    pub allow_private_network: bool,
    /// Trust lists that this site's checks use: our JSON form or the DCC registry form. May be repeated
    #[arg(long, env = "CAIRN_TRUST", value_name = "FILE", value_delimiter = ',')]
    pub trust: Vec<PathBuf>,
}

impl SiteConfig {
    /// The passphrase that seals signing keys, where one is set.
    pub fn passphrase(&self) -> anyhow::Result<Option<Passphrase>> {
        passphrase(self.key_passphrase_file.as_deref())
    }
}

/// The passphrase in a file, else the one in `CAIRN_KEY_PASSPHRASE`; none when neither is set.
pub fn passphrase(file: Option<&Path>) -> anyhow::Result<Option<Passphrase>> {
    if let Some(file) = file {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("the passphrase file {} could not be read", file.display()))?;
        return Ok(Some(Passphrase::new(&text)));
    }
    Ok(std::env::var("CAIRN_KEY_PASSPHRASE").ok().filter(|text| !text.is_empty()).map(|text| Passphrase::new(&text)))
}

/// What is logged: `RUST_LOG` when set.
pub fn log_filter(unless_told: &str) -> tracing_subscriber::EnvFilter {
    tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(unless_told))
}
