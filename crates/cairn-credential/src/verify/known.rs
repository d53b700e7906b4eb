//! Does the checker know this issuer, and may it give this achievement?

use super::asked::{Ask, Checks};
use crate::did::origin;
use crate::facts::Facts;
use crate::trust::{TrustList, TrustedIssuer};
use crate::verdict::{AsOf, Current, Entitled, Genuine, Known, Nested, NestedRole};

/// Identifiers are compared as written: a list names an issuer, not what looks like it.
fn on_list<'a>(id: &str, ask: Ask<'a>) -> Option<(&'a TrustList, &'a TrustedIssuer)> {
    let lists = ask.policy.trust_lists.iter();
    let mut found = lists.flat_map(|list| list.issuers.iter().map(move |issuer| (list, issuer)));
    found.find(|(_, issuer)| !id.is_empty() && issuer.id == id)
}

pub(super) fn judge_known(facts: &Facts, nested: &[Nested], ask: Ask, checks: &mut Checks) -> AsOf<Known> {
    let issuer = &facts.issuer;
    let as_of = ask.now;
    if facts.subject.id.as_ref().is_some_and(|subject| *subject == issuer.id) {
        checks.warned(
            "self-issued",
            "/issuer",
            "Its issuer and its subject are the same: it is the holder's own word.",
        );
    }
    if let Some((list, entry)) = on_list(&issuer.id, ask) {
        let name = entry.name.as_deref().unwrap_or(&entry.id);
        let says = format!("Its issuer is on the list “{}” as {name}.", list.name);
        checks.passed("issuer-on-list", "/issuer", says).with("list", &list.name).with("issuer", &issuer.id);
        if let (Some(listed), Some(claimed)) = (&entry.name, &issuer.name)
            && listed.trim().to_lowercase() != claimed.trim().to_lowercase()
        {
            let says = format!("It calls its issuer “{claimed}”; the list calls the same issuer “{listed}”.");
            checks.warned("issuer-name-differs", "/issuer/name", says);
        }
        return AsOf { is: Known::OnList { list: list.name.clone(), name: entry.name.clone() }, as_of };
    }
    for endorsement in nested.iter().filter(|nested| nested.role == NestedRole::Endorsement) {
        let verdict = &endorsement.verdict;
        let Some(theirs) = &verdict.facts else { continue };
        // only words about the issuer itself count: ids of badges and achievements are free for anybody to copy; and
        // only words that are an endorsement: a badge that the issuer once earned vouches for nothing it issues
        let is_endorsement = theirs.types.iter().any(|kind| kind == "EndorsementCredential");
        let about_issuer = is_endorsement && theirs.subject.id.as_deref() == Some(issuer.id.as_str());
        let good = verdict.genuine.is == Genuine::Yes && verdict.current.is == Current::Yes;
        if let Some((list, entry)) = on_list(&theirs.issuer.id, ask).filter(|_| about_issuer && good) {
            let by = entry.name.clone().unwrap_or_else(|| entry.id.clone());
            let says = format!("{by}, on the list “{}”, vouches for its issuer by a signed endorsement.", list.name);
            checks.passed("issuer-vouched-for", &endorsement.pointer, says).with("list", &list.name);
            let as_of = verdict.genuine.as_of.min(verdict.current.as_of);
            return AsOf { is: Known::VouchedFor { by, list: list.name.clone() }, as_of };
        }
    }
    let says = match ask.policy.trust_lists.is_empty() {
        true => "No list of known issuers was given, so there is only the issuer's own word for who it is.",
        false => "Its issuer is on none of the lists given; there is only its own word for who it is.",
    };
    checks.warned("issuer-unknown", "/issuer", says).with("issuer", &issuer.id);
    AsOf { is: Known::SelfAsserted, as_of }
}

pub(super) fn judge_entitled(facts: &Facts, ask: Ask, checks: &mut Checks) -> AsOf<Entitled> {
    let answer = |is| AsOf { is, as_of: ask.now };
    let pointer = "/credentialSubject/achievement";
    let Some(achievement) = &facts.achievement else {
        return answer(Entitled::DefinedIt);
    };
    let issuer = &facts.issuer;
    let definer = achievement.definer.name.clone().unwrap_or_else(|| achievement.definer.id.clone());
    if achievement.definer.id != issuer.id {
        let says = format!("{definer} defined this achievement, and nobody says that this issuer may give it.");
        checks
            .warned("definer-other", &format!("{pointer}/creator"), says)
            .with("definer", &achievement.definer.id)
            .with("issuer", &issuer.id);
        return answer(Entitled::NobodySays);
    }
    let home = origin(&with_small_scheme(&achievement.id));
    if home.is_some() && home != origin(&with_small_scheme(&issuer.id)) {
        let host = home.unwrap_or_default();
        let says = format!(
            "The achievement's address lies at {host}, which is not the issuer's own, so that it defined it is its own word only."
        );
        checks
            .warned("definition-elsewhere", &format!("{pointer}/id"), says)
            .with("definition", &achievement.id)
            .with("issuer", &issuer.id);
        return answer(Entitled::NobodySays);
    }
    let says = format!("Its issuer, {definer}, defined this achievement itself.");
    checks.passed("definer-is-issuer", pointer, says).with("definer", &achievement.definer.id);
    answer(Entitled::DefinedIt)
}

/// Schemes and method names are the same in capital letters (RFC 3986 §3.1): `HTTPS://` must not pass for no address.
fn with_small_scheme(id: &str) -> String {
    let end = if id.get(..4).is_some_and(|did| did.eq_ignore_ascii_case("did:")) {
        id.match_indices(':').nth(1).map_or(id.len(), |(at, _)| at)
    } else {
        id.find(':').unwrap_or(0)
    };
    format!("{}{}", id[..end].to_ascii_lowercase(), &id[end..])
}
