//! `cairn samples`: the demo's badges, ads and trust list as files.

use std::path::{Path, PathBuf};

use anyhow::Context;
use cairn_credential::bundle::{self, Bundle};
use cairn_credential::gathered::Got;
use cairn_registrar::Office;
use cairn_registrar::packs::Packs;
use clap::Args;

use super::FINE;

/// Write sample badges, job ads and a trust list to a folder.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  cairn samples ./try\n  cairn gap --ad ./try/ads/cloud-engineer-tidewater.txt --badges ./try/maya.cairn.json --trust ./try/trust.json --holder maya@learner.example"
)]
pub struct SamplesArgs {
    /// The folder; made when absent, files in it with the same names are replaced
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
}

/// Runs it.
pub async fn run(args: SamplesArgs) -> anyhow::Result<u8> {
    let office =
        Office::demo_in_memory("https://demo.cairn.example").await.map_err(|trouble| anyhow::anyhow!("{trouble}"))?;
    let demo = office.demo.as_ref().context("the demo has no samples")?;
    for learner in &demo.learners {
        let folder = args.folder.join(&learner.id);
        for file in &learner.files {
            write(&folder.join(&file.name), &file.bytes)?;
        }
        write(&args.folder.join(format!("{}-claims.txt", learner.id)), learner.claims.as_bytes())?;
        let bundle = office.demo_bundle(&learner.id).await.context("a sample learner has no bundle")?;
        let file = args.folder.join(format!("{}.cairn.json", learner.id));
        write(&file, bundle::write(&bundle).as_bytes())?;
        write_status_lists(&args.folder.join("status"), &bundle)?;
        println!(
            "{}: {} badges of {}, as files too in {}",
            file.display(),
            learner.files.len(),
            learner.address,
            folder.display()
        );
    }
    for pack in &Packs::builtin().packs {
        for ad in &pack.ads {
            write(&args.folder.join("ads").join(format!("{}.txt", ad.id)), ad.text.as_bytes())?;
        }
    }
    println!(
        "The single files name a status address that exists only in the demo; use the .cairn.json bundles offline."
    );
    write(&args.folder.join("trust.json"), demo.trust_json().as_bytes())?;
    println!(
        "{}: job ads; {}: who the samples' issuers are",
        args.folder.join("ads").display(),
        args.folder.join("trust.json").display()
    );
    Ok(FINE)
}

/// The signed status lists that the badges name, one file each: the samples' own address leads nowhere.
fn write_status_lists(folder: &Path, bundle: &Bundle) -> anyhow::Result<()> {
    for (url, document) in &bundle.gathered.by_url {
        if let (Some((_, id)), Got::Text(text)) = (url.rsplit_once("/status/"), &document.got) {
            write(&folder.join(format!("{id}.json")), text.as_bytes())?;
        }
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).with_context(|| format!("{} could not be made", parent.display()))?;
    }
    std::fs::write(path, bytes).with_context(|| format!("{} could not be written", path.display()))
}
