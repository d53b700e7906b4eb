//! Two versions of a framework side by side.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use cairn_domain::framework::diff::{Named, diff};

use super::Line;
use crate::web::app::App;
use crate::web::caller::Caller;
use crate::web::pages::{Chrome, Here, page};
use crate::web::problem::Problem;

/// The difference of two versions.
#[derive(Debug, Clone, Template)]
#[template(path = "frameworks-compare.html")]
pub struct ComparePage {
    /// The frame.
    pub chrome: Chrome,
    /// The new one.
    pub new: Line,
    /// The old one.
    pub old: Line,
    /// How many are new, changed, moved, gone.
    pub counts: [usize; 4],
    /// Associations that came and went.
    pub associations: (usize, usize),
    /// What is new.
    pub added: Vec<Named>,
    /// What is gone.
    pub removed: Vec<Named>,
    /// What changed: the item, and field by field the words.
    pub changed: Vec<(Named, Vec<FieldView>)>,
    /// What hangs elsewhere: the item, from where, to where.
    pub moved: Vec<(Named, String, String)>,
    /// How many lines are left out.
    pub more: usize,
}

/// One field with the words that stayed, went and came.
#[derive(Debug, Clone)]
pub struct FieldView {
    /// Its name.
    pub name: String,
    /// The words.
    pub words: Vec<Words>,
}

/// Words that stayed (`same`), went (`gone`) or came (`new`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// `same`, `gone` or `new`.
    pub tone: &'static str,
    /// The words.
    pub says: String,
}

/// Lines of each list that are shown.
const SHOWN: usize = 300;

/// `GET /frameworks/{id}/compare/{other}`.
pub async fn compare(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, other)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (new, new_whole) = app.office.whole_framework(&caller.actor, &id).await?;
    let (old, old_whole) = app.office.whole_framework(&caller.actor, &other).await?;
    let work = move || {
        let found = diff(&old_whole, &new_whole);
        let named = |uris: &[String]| {
            let name = |uri: &String| {
                let item = new_whole.items.iter().chain(&old_whole.items).find(|item| item.uri == *uri);
                item.map_or_else(|| "the top".to_owned(), |item| item.statement.clone())
            };
            if uris.is_empty() { "the top".to_owned() } else { uris.iter().map(name).collect::<Vec<_>>().join(", ") }
        };
        let moved: Vec<_> =
            found.moved.iter().take(SHOWN).map(|one| (one.item.clone(), named(&one.from), named(&one.to))).collect();
        (found, moved)
    };
    let (found, moved) = tokio::task::spawn_blocking(work).await.map_err(|error| Problem::fault(&error))?;
    let counts = [found.added.len(), found.changed.len(), found.moved.len(), found.removed.len()];
    let changed = found.changed.into_iter().take(SHOWN).map(|one| {
        let view = |field: cairn_domain::framework::diff::Field| FieldView {
            name: field.name,
            words: words(&field.old, &field.new),
        };
        (one.item, one.fields.into_iter().map(view).collect())
    });
    Ok(page(&ComparePage {
        chrome: Chrome::new(format!("What changed in {}", new.title), Here::Catalogue, app.is_demo()).seen_by(&caller),
        new: Line::from(&new),
        old: Line::from(&old),
        associations: (found.associations_added.len(), found.associations_removed.len()),
        added: found.added.into_iter().take(SHOWN).collect(),
        removed: found.removed.into_iter().take(SHOWN).collect(),
        changed: changed.collect(),
        moved,
        more: counts.iter().map(|count| count.saturating_sub(SHOWN)).sum(),
        counts,
    }))
}

/// Texts up to so many words are compared word by word.
const MOST_WORDS: usize = 300;

/// Word by word, by the longest row of words that both have.
fn words(old: &str, new: &str) -> Vec<Words> {
    let (a, b): (Vec<&str>, Vec<&str>) = (old.split_whitespace().collect(), new.split_whitespace().collect());
    let mut out: Vec<Words> = Vec::new();
    let mut push = |tone: &'static str, word: &str| match out.last_mut().filter(|last| last.tone == tone) {
        Some(last) => {
            last.says.push(' ');
            last.says.push_str(word);
        }
        None => out.push(Words { tone, says: word.to_owned() }),
    };
    if a.len() > MOST_WORDS || b.len() > MOST_WORDS {
        a.iter().for_each(|word| push("gone", word));
        b.iter().for_each(|word| push("new", word));
        return out;
    }
    let mut common = vec![vec![0u16; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i][j] = if a[i] == b[j] { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            push("same", a[i]);
            (i, j) = (i + 1, j + 1);
        } else if i < a.len() && (j == b.len() || common[i + 1][j] >= common[i][j + 1]) {
            push("gone", a[i]);
            i += 1;
        } else {
            push("new", b[j]);
            j += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_stayed_went_and_came() {
        let told: Vec<(&str, String)> =
            words("weld thick steel", "weld thin steel well").into_iter().map(|one| (one.tone, one.says)).collect();
        let expected = [("same", "weld"), ("gone", "thick"), ("new", "thin"), ("same", "steel"), ("new", "well")];
        assert_eq!(told, expected.map(|(tone, says)| (tone, says.to_owned())));
        assert!(words("", "").is_empty());
    }
}
