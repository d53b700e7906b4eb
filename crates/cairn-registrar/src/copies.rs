//! Copies of one credential in one question: a genuine one shows where another was altered.

use cairn_credential::compare;
use cairn_credential::verdict::{Altered, Genuine, Verdict};
use serde_json::Value;

use crate::checking::parsed;
use crate::shapes::{Became, CheckedItem};

/// A genuine copy among the items.
struct Copy {
    id: String,
    issuer: String,
    name: String,
    value: Value,
}

/// Says where altered credentials were altered, when a genuine copy of the same credential (same id, same issuer) is
/// among the items. `texts` are the items' exact texts. The answer "not genuine" itself never changes.
pub(crate) fn tell_apart(items: &mut [CheckedItem], texts: &[Option<String>]) {
    let altered = |verdict: &Verdict| verdict.genuine.is == Genuine::No { altered: Altered::SomewhereInTheSignedPart };
    let any = items.iter().any(|item| verdict_of(item).is_some_and(altered));
    if !any {
        return;
    }
    let genuine: Vec<Copy> = items.iter().zip(texts).filter_map(|(item, text)| copy(item, text.as_ref()?)).collect();
    for (item, text) in items.iter_mut().zip(texts) {
        let Became::Credential { verdict, .. } = &mut item.became else { continue };
        let (Some(facts), true, Some(text)) = (&verdict.facts, altered(verdict), text) else { continue };
        let same = genuine.iter().find(|copy| Some(&copy.id) == facts.id.as_ref() && copy.issuer == facts.issuer.id);
        let (Some(same), Some(value)) = (same, parsed(text)) else { continue };
        let pointers = compare(&value, &same.value);
        if !pointers.is_empty() {
            let how = format!("It was compared with the genuine copy in {}.", same.name);
            verdict.genuine.is = Genuine::No { altered: Altered::At { pointers, how } };
        }
    }
}

fn verdict_of(item: &CheckedItem) -> Option<&Verdict> {
    match &item.became {
        Became::Credential { verdict, .. } => Some(verdict),
        _ => None,
    }
}

fn copy(item: &CheckedItem, text: &str) -> Option<Copy> {
    let verdict = verdict_of(item).filter(|verdict| verdict.genuine.is == Genuine::Yes)?;
    let facts = verdict.facts.as_ref()?;
    let (id, issuer) = (facts.id.clone()?, facts.issuer.id.clone());
    Some(Copy { id, issuer, name: item.name.clone(), value: parsed(text)? })
}
