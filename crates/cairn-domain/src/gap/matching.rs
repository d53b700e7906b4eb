//! How one credential or claim bears on one requirement: the one place where that is decided.

use crate::gap::{Kin, Kinship, Lacking, Reason, State, Tie, same_name};
use crate::level::{self, Degree};
use crate::requirement::{Kind, Requirement};
use crate::standing::{Claim, Currency, Held, Mastery, Ownership};

/// How a credential bears on a requirement; `None` when nothing ties the two.
pub(crate) fn credential(held: &Held, wanted: &Requirement, kin: &dyn Kin) -> Option<Reason> {
    let (tie, mut lacking) = tie(held, wanted, kin)?;
    if let (Some(has), Some(asked)) = (&held.level, &wanted.level)
        && level::meets(has, asked) == Some(false)
    {
        lacking.push(Lacking::LevelBelow { held: has.clone(), asked: asked.clone() });
    }
    let mut all = short_of_proof(held);
    all.extend(lacking);
    let definer = held.definer.clone().filter(|definer| *definer != held.issuer);
    Some(Reason {
        state: state(&all),
        item: Some(held.item),
        name: held.name.clone(),
        issuer: Some(held.issuer_name.clone().unwrap_or_else(|| held.issuer.clone())),
        definer,
        tie,
        lacking: all,
        criterion: held.criterion.clone(),
        results: held.results.clone(),
        evidence: held.evidence.clone(),
    })
}

/// How the learner's own words bear on a requirement: only the same thing, a higher degree or more years count.
pub(crate) fn claim(claim: &Claim, wanted: &Requirement, kin: &dyn Kin) -> Option<Reason> {
    let asked = &wanted.wanted.key;
    let meets = match wanted.wanted.kind {
        Kind::Degree => Degree::of_key(&claim.key)
            .zip(Degree::of_key(asked))
            .map_or(claim.key == *asked, |(has, asked)| has >= asked),
        Kind::Years => {
            level::years(&claim.key).zip(level::years(asked)).map_or(claim.key == *asked, |(has, asked)| has >= asked)
        }
        _ => claim.key == *asked || kin.kinship(&claim.key, asked) == Some(Kinship::Same),
    };
    meets.then(|| Reason {
        state: State::Claimed,
        item: None,
        name: claim.words.clone(),
        issuer: None,
        definer: None,
        tie: Tie::Claim { from: claim.from.clone() },
        lacking: Vec::new(),
        criterion: None,
        results: Vec::new(),
        evidence: Vec::new(),
    })
}

/// What of "proven" a credential lacks by itself, whatever is asked, in the order in which it is told.
pub(crate) fn short_of_proof(held: &Held) -> Vec<Lacking> {
    let genuine = match held.genuine {
        Some(true) => None,
        Some(false) => Some(Lacking::NotGenuine),
        None => Some(Lacking::GenuineUnknown),
    };
    let current = match &held.currency {
        Currency::Current => None,
        Currency::Expired { since } => Some(Lacking::Expired { since: Some(since.to_string()) }),
        Currency::Superseded => Some(Lacking::Expired { since: None }),
        Currency::Revoked => Some(Lacking::Revoked),
        Currency::Suspended => Some(Lacking::Suspended),
        Currency::NotYet => Some(Lacking::NotYet),
        Currency::Unknown => Some(Lacking::CurrentUnknown),
    };
    let own = match held.own {
        Ownership::Shown => None,
        Ownership::NameOnly => Some(Lacking::NotShown),
        Ownership::Unconfirmed => Some(Lacking::AddressUnconfirmed),
        Ownership::SomebodyElse => Some(Lacking::SomebodyElses),
    };
    let mastery = match held.mastery {
        Mastery::Assessed => None,
        Mastery::AttendanceOnly => Some(Lacking::AttendanceOnly),
        Mastery::Unsaid => Some(Lacking::AssessmentUnsaid),
    };
    [
        genuine,
        current,
        (!held.accepted_issuer).then_some(Lacking::IssuerUnknown),
        held.self_issued.then_some(Lacking::SelfIssued),
        (!held.entitled).then_some(Lacking::NotEntitled),
        own,
        mastery,
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The state that follows from what is lacking. Whatever cannot be told to be genuine, current and this person's is
/// worth the learner's word. An expired credential was proven only if nothing else is lacking; otherwise it never was.
pub(crate) fn state(lacking: &[Lacking]) -> State {
    let word_only = |lack: &Lacking| {
        matches!(
            lack,
            Lacking::NotGenuine
                | Lacking::GenuineUnknown
                | Lacking::Revoked
                | Lacking::Suspended
                | Lacking::NotYet
                | Lacking::CurrentUnknown
                | Lacking::SomebodyElses
        )
    };
    match lacking {
        [] => State::Proven,
        [Lacking::Expired { .. }] => State::Stale,
        _ if lacking.iter().any(|l| word_only(l) || matches!(l, Lacking::Expired { .. })) => State::Claimed,
        _ => State::Attested,
    }
}

/// How closely a tie binds; smaller is closer.
pub(crate) fn closeness(tie: &Tie) -> u8 {
    match tie {
        Tie::SameUri { .. } | Tie::NamedCertificate { .. } => 0,
        Tie::SameLabel { .. } => 1,
        Tie::NameOnly { .. } => 2,
        Tie::Narrower { .. } => 3,
        Tie::Broader { .. } => 4,
        Tie::Related { .. } => 5,
        Tie::Claim { .. } => 6,
    }
}

/// What ties a credential to a requirement most closely, and what that tie lacks.
fn tie(held: &Held, wanted: &Requirement, kin: &dyn Kin) -> Option<(Tie, Vec<Lacking>)> {
    match wanted.wanted.kind {
        Kind::Certificate => certificate(held, wanted, kin),
        Kind::Degree => degree(held, wanted).or_else(|| aligned(held, wanted, kin)),
        Kind::Years => years(held, wanted),
        Kind::Licence => certificate(held, wanted, kin)
            .filter(|(tie, _)| matches!(tie, Tie::NamedCertificate { .. }))
            .or_else(|| aligned(held, wanted, kin))
            .or_else(|| named(held, wanted, kin)),
        _ => aligned(held, wanted, kin).or_else(|| named(held, wanted, kin)),
    }
}

/// A named certificate, or a licence, is recognised by who defines it, never by its name alone and never by what it is aligned to:
/// anybody can write those. With the definer's address it is the certificate if the name fits too, or if the
/// achievement's own address is among the known ones and lies under the definer's.
fn certificate(held: &Held, wanted: &Requirement, kin: &dyn Kin) -> Option<(Tie, Vec<Lacking>)> {
    let names = kin.certificate_names(&wanted.wanted.key);
    let name_fits = same_name(&held.name, &wanted.wanted.label) || names.iter().any(|n| same_name(&held.name, n));
    let definer = web_address(held.definer.as_deref().unwrap_or(&held.issuer));
    for id in kin.certificate_ids(&wanted.wanted.key) {
        let known = web_address(&id);
        let by_definer = name_fits && under(&definer, &known);
        let by_achievement = held.achievement.as_deref().is_some_and(|achievement| under(achievement, &known))
            && (under(&known, &definer) || under(&definer, &known));
        if by_definer || by_achievement {
            return Some((Tie::NamedCertificate { by_id: id }, Vec::new()));
        }
    }
    name_fits.then(|| {
        let definer = match &held.definer {
            Some(definer) if *definer != held.issuer => definer.clone(),
            _ => held.issuer_name.clone().unwrap_or_else(|| held.issuer.clone()),
        };
        (Tie::NameOnly { name: held.name.clone() }, vec![Lacking::OtherDefiner { definer }])
    })
}

/// A degree by its `achievementType`: a higher one meets a lower one; a lower one is told with its level.
fn degree(held: &Held, wanted: &Requirement) -> Option<(Tie, Vec<Lacking>)> {
    let has = Degree::of_achievement_type(held.kind.as_deref()?)?;
    let asked = Degree::of_key(&wanted.wanted.key)?;
    let lacking = if has >= asked {
        Vec::new()
    } else {
        vec![Lacking::LevelBelow { held: has.name().into(), asked: asked.name().into() }]
    };
    Some((Tie::SameUri { pointer: "/credentialSubject/achievement/achievementType".into() }, lacking))
}

/// An alignment to a `years:` key that is high enough says so, and no more: the key is nobody's identifier.
fn years(held: &Held, wanted: &Requirement) -> Option<(Tie, Vec<Lacking>)> {
    let asked = level::years(&wanted.wanted.key)?;
    let found = held.alignments.iter().find(|a| level::years(&a.url).is_some_and(|has| has >= asked))?;
    let (name, pointer) = (found.name.clone(), found.pointer.clone());
    Some((Tie::SameLabel { name, pointer }, vec![Lacking::LabelOnly]))
}

/// By what the credential is aligned to: the closest of its alignments. Keys such as `licence:…` and `language:…` are
/// made here and identify nothing outside: an alignment to one is worth a label. A language is the ESCO skill of its
/// name.
fn aligned(held: &Held, wanted: &Requirement, kin: &dyn Kin) -> Option<(Tie, Vec<Lacking>)> {
    let key = &wanted.wanted.key;
    let ours = is_our_own(key);
    let esco_language = kin.label_key(&wanted.wanted.label).filter(|_| wanted.wanted.kind == Kind::Language);
    held.alignments
        .iter()
        .filter_map(|alignment| {
            let pointer = alignment.pointer.clone();
            let name = alignment.name.clone();
            if esco_language.as_ref().is_some_and(|esco| is_esco(esco) && same_address(&alignment.url, esco)) {
                return Some((Tie::SameUri { pointer }, Vec::new()));
            }
            if same_address(&alignment.url, key) {
                return Some(if ours {
                    (Tie::SameLabel { name, pointer }, vec![Lacking::LabelOnly])
                } else {
                    (Tie::SameUri { pointer }, Vec::new())
                });
            }
            match kin.kinship(&alignment.url, key).filter(|_| !ours || is_esco(&alignment.url)) {
                Some(Kinship::Same) => Some((Tie::SameUri { pointer }, Vec::new())),
                Some(Kinship::Narrower) => Some((Tie::Narrower { name, pointer }, vec![Lacking::NarrowerSkill])),
                Some(Kinship::Broader) => Some((Tie::Broader { name, pointer }, vec![Lacking::BroaderSkill])),
                Some(Kinship::Related) => Some((Tie::Related { name, pointer }, vec![Lacking::RelatedSkill])),
                // An ESCO address says which skill it is; a name beside it cannot make it another.
                None if is_esco(&alignment.url) => None,
                None => {
                    label_fits(&name, wanted, kin).then(|| (Tie::SameLabel { name, pointer }, vec![Lacking::LabelOnly]))
                }
            }
        })
        .min_by_key(|(tie, _)| closeness(tie))
}

/// By the achievement's own name, when it is exactly a label of what is wanted.
fn named(held: &Held, wanted: &Requirement, kin: &dyn Kin) -> Option<(Tie, Vec<Lacking>)> {
    label_fits(&held.name, wanted, kin).then(|| {
        let pointer = "/credentialSubject/achievement/name".to_owned();
        (Tie::SameLabel { name: held.name.clone(), pointer }, vec![Lacking::LabelOnly])
    })
}

fn label_fits(name: &str, wanted: &Requirement, kin: &dyn Kin) -> bool {
    same_name(name, &wanted.wanted.label) || kin.label_key(name).is_some_and(|key| key == wanted.wanted.key)
}

/// Whether a key is of our own making: no address, and no technology's name at O*NET.
fn is_our_own(key: &str) -> bool {
    !key.contains("://") && !key.starts_with("onet:")
}

fn is_esco(url: &str) -> bool {
    plain(url).starts_with("data.europa.eu/esco/skill/")
}

/// Whether an alignment's address is the key: the same URI (http or https, with or without a last slash), or O*NET
/// OnLine's page of the very technology.
fn same_address(url: &str, key: &str) -> bool {
    if url == key || (key.contains("://") && plain(url) == plain(key)) {
        return true;
    }
    let Some((scheme, name)) = key.split_once(':').filter(|(_, name)| !name.starts_with("//")) else {
        return false;
    };
    let written = match url.split_once(':') {
        Some((said, rest)) if said.eq_ignore_ascii_case(scheme) => Some(rest.to_owned()),
        _ if scheme == "onet" => onet_example(url),
        _ => None,
    };
    written.is_some_and(|written| same_name(&percent_decoded(&written), name))
}

/// The technology named by an address such as `https://www.onetonline.org/search/tech/example?e=Docker`.
fn onet_example(url: &str) -> Option<String> {
    let (page, query) = plain(url).split_once('?')?;
    let host = page.split('/').next()?;
    if host != "www.onetonline.org" && host != "onetonline.org" {
        return None;
    }
    query.split('&').find_map(|pair| pair.strip_prefix("e=")).map(|name| name.replace('+', " "))
}

/// An address without its scheme and last slash.
fn plain(url: &str) -> &str {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or(url);
    rest.strip_suffix('/').unwrap_or(rest)
}

/// `%20` and the like read as what they stand for; broken escapes stay as written.
fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |i: usize| bytes.get(i).and_then(|b| char::from(*b).to_digit(16));
        match (bytes[at], hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A `did:web` read as the https address it stands for (did:web method, §3.2); anything else without its scheme.
fn web_address(id: &str) -> String {
    match id.strip_prefix("did:web:") {
        Some(rest) => rest.split('#').next().unwrap_or(rest).replace(':', "/").replace("%3A", ":"),
        None => id.to_owned(),
    }
}

/// Whether `address` is `root` or lies under it, at a border between parts: `a.org/x1` does not lie under `a.org/x`.
fn under(address: &str, root: &str) -> bool {
    let (address, root) = (plain(address), plain(root));
    !root.is_empty()
        && address
            .strip_prefix(root)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']) || root.ends_with('/'))
}
