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
    form: Form,
    value: Value,
}

/// How a credential is written. A JWT's claims name things that the JSON does not have, and the other way round, so
/// only copies of one form are compared.
#[derive(PartialEq, Clone, Copy)]
enum Form {
    Json,
    Jwt,
}

impl Form {
    fn of(text: &str) -> Form {
        if text.trim_start().starts_with('{') { Form::Json } else { Form::Jwt }
    }
}

/// Says where altered credentials were altered, when a genuine copy of the same credential (same id, same issuer, same
/// form) is among the items. `texts` are the items' exact texts. The answer "not genuine" itself never changes.
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
        let form = Form::of(text);
        let same = genuine
            .iter()
            .find(|copy| copy.form == form && Some(&copy.id) == facts.id.as_ref() && copy.issuer == facts.issuer.id);
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
    Some(Copy { id, issuer, name: item.name.clone(), form: Form::of(text), value: parsed(text)? })
}

#[cfg(test)]
mod tests {
    use cairn_credential::facts::{Achievement, Facts, Party};
    use cairn_credential::gathered::Gathered;
    use cairn_credential::intake::Container;
    use cairn_credential::policy::Policy;
    use cairn_credential::sign::{SigningKey, open_badge, sign_data_integrity, sign_jwt};
    use cairn_credential::verify;
    use jiff::Timestamp;

    use super::*;

    fn now() -> Timestamp {
        "2026-06-01T12:00:00Z".parse().unwrap()
    }

    fn item(text: &str) -> CheckedItem {
        let verdict = verify(text, &Gathered::default(), now(), &Policy::default());
        let became = Became::Credential {
            container: Container::Json,
            verdict: Box::new(verdict),
            ok: false,
            falls_short: Vec::new(),
        };
        CheckedItem { name: "copy".into(), became }
    }

    /// Where the first was altered, as told by the others.
    fn told(texts: &[&str]) -> Option<Vec<String>> {
        let mut items: Vec<CheckedItem> = texts.iter().map(|text| item(text)).collect();
        let texts: Vec<Option<String>> = texts.iter().map(|text| Some((*text).to_owned())).collect();
        tell_apart(&mut items, &texts);
        match &verdict_of(&items[0]).unwrap().genuine.is {
            Genuine::No { altered: Altered::At { pointers, .. } } => Some(pointers.clone()),
            Genuine::No { .. } => None,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn only_like_is_compared_with_like() {
        let key = SigningKey::did_key(&[1; 32]);
        let issuer = Party { id: key.controller().into(), name: None, url: None };
        let unsigned = open_badge(
            &Facts {
                id: Some("urn:uuid:2c8a3a0e-0000-4000-8000-000000000001".into()),
                name: "Welding".into(),
                issuer: issuer.clone(),
                achievement: Some(Achievement {
                    id: "urn:uuid:2c8a3a0e-0000-4000-8000-000000000002".into(),
                    name: "Welding".into(),
                    description: Some("Welds.".into()),
                    criteria: Some("Weld a plate.".into()),
                    definer: issuer,
                    ..Achievement::default()
                }),
                valid_from: Some("2026-01-01T00:00:00Z".parse().unwrap()),
                ..Facts::default()
            },
            &[],
        );
        let json = sign_data_integrity(&unsigned, &key, now(), "assertionMethod").unwrap();
        let jwt = sign_jwt(&unsigned, &key).unwrap();
        let altered = json.replace("Welds.", "Welds all.");
        let place = "/credentialSubject/achievement/description";
        assert_eq!(told(&[&altered, &json]), Some(vec![place.to_owned()]));
        assert_eq!(told(&[&altered, &jwt, &json]), Some(vec![place.to_owned()]));
        assert_eq!(told(&[&altered, &jwt]), None);
        let (head, signature) = jwt.rsplit_once('.').unwrap();
        let forged = format!("{head}.AAAA{}", &signature[4..]);
        assert_eq!(told(&[&forged, &json]), None);
    }
}
