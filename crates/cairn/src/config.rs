//! Configuration: what a site needs to know that is no choice of a single visitor.
//!
//! Each setting is a flag of `cairn serve` and an environment variable; nothing else reads the environment.

use std::net::SocketAddr;
use std::path::PathBuf;

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
    /// Behind a proxy: visitors are told apart by the last hop of X-Forwarded-For. Only when the proxy sets it
    #[arg(long, env = "CAIRN_TRUSTED_PROXY")]
    pub trusted_proxy: bool,
    /// Trust lists that this site's checks use: our JSON form or the DCC registry form. May be repeated
    #[arg(long, env = "CAIRN_TRUST", value_name = "FILE", value_delimiter = ',')]
    pub trust: Vec<PathBuf>,
}

/// What is logged: `RUST_LOG` when set.
pub fn log_filter(unless_told: &str) -> tracing_subscriber::EnvFilter {
    tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(unless_told))
}
