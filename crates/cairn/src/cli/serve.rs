//! `cairn demo` and `cairn serve`.

use std::io::IsTerminal;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, bail};
use cairn_credential::trust;
use cairn_registrar::{Office, Settings};
use clap::Args;
use tokio::net::TcpListener;

use super::{FINE, input};
use crate::config::{self, SiteConfig};
use crate::web;

/// How many ports after the wanted one are tried.
const PORTS_TRIED: u16 = 50;

/// Serve a seeded site on a temporary database.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Port to listen on; the next free one is taken when it is in use, any free one for 0
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
}

/// A temporary folder that goes when the demo ends.
struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    fn new() -> anyhow::Result<TemporaryFolder> {
        let path = std::env::temp_dir().join(format!("cairn-demo-{}", std::process::id()));
        std::fs::create_dir_all(&path).with_context(|| format!("{} could not be made", path.display()))?;
        Ok(TemporaryFolder(path))
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs the demo until interrupted.
pub async fn demo(args: DemoArgs) -> anyhow::Result<u8> {
    start_log("warn");
    let listener = bind(args.port).await?;
    let address = listener.local_addr()?;
    let base_url = format!("http://{address}");
    let folder = TemporaryFolder::new()?;
    println!("Cairn demo: signing the sample learners' badges …");
    let office = Office::demo(&base_url, &folder.0).await.map_err(|trouble| anyhow::anyhow!("{trouble}"))?;
    println!("Cairn is ready: {base_url}/");
    println!("Everything here is sample data in a temporary folder; it goes when you press Ctrl-C.");
    tokio::select! {
        served = web::serve(Arc::new(office), listener, web::Options::default()) => served?,
        () = terminated() => {}
    }
    Ok(FINE)
}

/// Ends when the process is asked to end by other means than Ctrl-C, so that the demo takes its folder with it.
async fn terminated() {
    #[cfg(unix)]
    if let Ok(mut signal) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        signal.recv().await;
        return;
    }
    std::future::pending::<()>().await;
}

/// Serves a site until interrupted.
pub async fn serve(config: SiteConfig) -> anyhow::Result<u8> {
    start_log("warn,cairn=info,cairn_registrar=info");
    if !(config.database.starts_with("sqlite:") || config.database.starts_with("postgres")) {
        bail!("--database {} is neither sqlite:PATH nor postgres://…", config.database);
    }
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("{} cannot be listened on; choose another --listen", config.listen))?;
    let address = listener.local_addr()?;
    let base_url = config.base_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let mut lists = Vec::new();
    for file in &config.trust {
        let name = file.display().to_string();
        let text = input::read_text(&name, 8 << 20)?;
        lists.push(trust::read(&text).map_err(|says| anyhow::anyhow!("{name}: {says}"))?);
    }
    let settings = Settings {
        database: config.database.clone(),
        key_file: config.key_file.clone(),
        key_passphrase: config.passphrase()?,
        base_url: base_url.clone(),
        trust_lists: lists,
        files: config.files.clone(),
        smtp: config.smtp.clone(),
        mail_from: config.mail_from.clone(),
        allow_private_network: config.allow_private_network,
    };
    let office = Office::open(settings).await.map_err(|trouble| anyhow::anyhow!("{trouble}"))?;
    if !office.check_post().map_err(|refusal| anyhow::anyhow!("{refusal}"))? {
        println!("No mail server is set (--smtp): letters wait, `cairn letters` lists them.");
    }
    println!("Cairn is ready: {base_url}/");
    web::serve(
        Arc::new(office),
        listener,
        web::Options { posts_a_minute: config.posts_a_minute, trusted_proxy: config.trusted_proxy },
    )
    .await?;
    Ok(FINE)
}

/// The wanted port on this machine, or the next free one.
async fn bind(port: u16) -> anyhow::Result<TcpListener> {
    for candidate in port..=port.saturating_add(PORTS_TRIED) {
        let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), candidate);
        if let Ok(listener) = TcpListener::bind(address).await {
            return Ok(listener);
        }
    }
    bail!("no free port from {port} to {}; choose another with --port", port.saturating_add(PORTS_TRIED))
}

fn start_log(unless_told: &str) {
    tracing_subscriber::fmt()
        .with_env_filter(config::log_filter(unless_told))
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
}
