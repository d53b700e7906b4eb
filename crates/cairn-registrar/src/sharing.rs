//! Sharing: chosen credentials and all that is needed to check them, in one file.

use cairn_credential::bundle::{Bundle, Bundled};
use cairn_credential::gathered::{Gathered, Got};
use cairn_credential::needs;
use jiff::Timestamp;

use crate::checking::Checked;

/// A bundle of the chosen items (indexes into the report) with what was gathered for them, and nothing else.
pub fn bundle(checked: &Checked, chosen: &[usize], purpose: Option<String>, created: Timestamp) -> Bundle {
    let mut credentials = Vec::new();
    let mut gathered = Gathered::default();
    for index in chosen {
        let Some(Some(text)) = checked.texts.get(*index) else { continue };
        let name = checked.report.items.get(*index).map_or("credential", |item| file_name(&item.name));
        credentials.push(Bundled { name: name.into(), text: text.clone() });
        take_needed(text, &checked.gathered, &mut gathered);
    }
    Bundle::new(created, purpose, credentials, gathered)
}

/// Only what this credential needs: a bundle must not tell what else its maker was looking at.
fn take_needed(text: &str, all: &Gathered, into: &mut Gathered) {
    let mut mine = Gathered::default();
    for _ in 0..5 {
        let needed: Vec<_> =
            needs(text, &mine).into_iter().filter(|need| !mine.by_url.contains_key(&need.url)).collect();
        let mut grew = false;
        for need in needed {
            if let Some(fetched) = all.by_url.get(&need.url) {
                mine.by_url.insert(need.url, fetched.clone());
                grew = true;
            }
        }
        if !grew {
            break;
        }
    }
    into.by_url.extend(mine.by_url.into_iter().filter(|(_, fetched)| !matches!(fetched.got, Got::Failed(_))));
}

/// The last part of a path, so that a bundle does not tell how its maker's disk is arranged.
fn file_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().filter(|last| !last.is_empty()).unwrap_or(name)
}
