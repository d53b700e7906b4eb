//! Is it this person's?

use sha2::{Digest, Sha256};

use super::asked::{Ask, Checks};
use crate::facts::{Facts, Identifier};
use crate::keys::hex;
use crate::verdict::{AsOf, Whose};

pub(super) fn judge_whose(facts: &Facts, ask: Ask, checks: &mut Checks) -> AsOf<Whose> {
    let is = find(facts, ask, checks);
    AsOf { is, as_of: ask.now }
}

fn find(facts: &Facts, ask: Ask, checks: &mut Checks) -> Whose {
    let subject = &facts.subject;
    let addresses = &ask.policy.holder.addresses;
    let mut matching: Vec<_> = addresses.iter().filter(|address| names(facts, &address.value)).collect();
    matching.sort_by_key(|address| !address.confirmed);
    let confirmed = matching.first().is_some_and(|address| address.confirmed);
    if confirmed {
        let says = "It is made out to a confirmed address of this person.";
        checks.passed("address-matches", "/credentialSubject", says);
    }
    if let Some(id) = subject.id.as_ref().filter(|id| ask.shown_by.contains(id)) {
        let says = "It was shown with the key that it names as its subject.";
        checks.passed("shown-by-key", "/credentialSubject/id", says).with("key of", id);
        return Whose::ShownByKey;
    }
    if !matching.is_empty() {
        if !confirmed {
            let says = "It is made out to an address that this person gave; nobody has confirmed that it is theirs.";
            checks.warned("address-unconfirmed", "/credentialSubject", says);
        }
        return Whose::AddressMatches { confirmed };
    }
    let has_addresses = subject.identifiers.iter().any(is_address) || mailbox(facts).is_some();
    if !addresses.is_empty() && has_addresses {
        let says = "It is made out to another address than those given.";
        checks.warned("address-differs", "/credentialSubject", says);
    }
    if let Some(name) = &subject.name {
        let says = format!("It bears the name {name}, and nothing that could be checked against this person.");
        checks.warned("name-only", "/credentialSubject", says);
        return Whose::NameOnly;
    }
    let says = match (&subject.id, has_addresses) {
        (Some(_), _) => "It names its subject by a key or address of which nobody showed that it is theirs.",
        (None, true) => "It is made out to an address, and none was given to compare with.",
        (None, false) => "It does not say whose it is.",
    };
    checks.warned("holder-not-shown", "/credentialSubject", says);
    Whose::NobodyShowed
}

/// Whether the badge is made out to this address, hashed or plain.
fn names(facts: &Facts, address: &str) -> bool {
    let trimmed = address.trim();
    if trimmed.is_empty() {
        return false;
    }
    let spellings = [trimmed.to_owned(), trimmed.to_lowercase()];
    if mailbox(facts).is_some_and(|mailbox| mailbox.eq_ignore_ascii_case(trimmed)) {
        return true;
    }
    facts.subject.identifiers.iter().filter(|identifier| is_address(identifier)).any(|identifier| {
        if !identifier.hashed {
            return identifier.value.trim().eq_ignore_ascii_case(trimmed);
        }
        let Some(theirs) = identifier.value.strip_prefix("sha256$") else { return false };
        let salt = identifier.salt.as_deref().unwrap_or_default();
        spellings
            .iter()
            .any(|spelling| theirs.eq_ignore_ascii_case(&hex(&Sha256::digest(format!("{spelling}{salt}").as_bytes()))))
    })
}

/// A person may be told apart by an address or number, not by a name.
fn is_address(identifier: &Identifier) -> bool {
    !identifier.value.is_empty() && !identifier.kind.to_ascii_lowercase().ends_with("name")
        || identifier.kind == "userName"
}

fn mailbox(facts: &Facts) -> Option<&str> {
    facts.subject.id.as_deref()?.strip_prefix("mailto:")
}
