//! Checking what packs say: that ids lead somewhere, labels are the taxonomy's, figures and dates make sense.

use std::collections::{BTreeMap, BTreeSet};

use crate::gap::same_name;
use crate::level::Degree;
use crate::money::{Basis, Figure, Money, is_currency_code};
use crate::pack::{Pack, PackOffer, PackProblem, PackTaxonomy, PackWanted, SampleBadge, SampleLearner, SampleState};

/// Checks `pack` beside `others` (which may hold the certificates, tools and offers it names).
///
/// Each problem names its place and says what to do. An empty answer is a sound pack. `others` are not checked
/// themselves, except that ids must be unique among all.
pub fn check(pack: &Pack, others: &[Pack], taxonomy: &dyn PackTaxonomy) -> Vec<PackProblem> {
    let mut checker = Checker { all: std::iter::once(pack).chain(others).collect(), taxonomy, problems: Vec::new() };
    checker.head(pack);
    checker.certificates(pack);
    checker.roles(pack);
    checker.offers(pack);
    checker.circles(pack);
    checker.ads(pack);
    checker.issuers(pack);
    for learner in &pack.learners {
        checker.learner(pack, learner);
    }
    checker.unique(pack, others);
    checker.problems
}

struct Checker<'a> {
    all: Vec<&'a Pack>,
    taxonomy: &'a dyn PackTaxonomy,
    problems: Vec<PackProblem>,
}

impl Checker<'_> {
    fn say(&mut self, place: &str, says: impl Into<String>) {
        self.problems.push(PackProblem::new(place, says));
    }

    fn head(&mut self, pack: &Pack) {
        self.id("the pack", &pack.id);
        for (what, text) in [("name", &pack.name), ("version", &pack.version), ("summary", &pack.summary)] {
            self.text("the pack", what, text);
        }
    }

    fn certificates(&mut self, pack: &Pack) {
        for certificate in &pack.certificates {
            let place = format!("certificate \"{}\"", certificate.id);
            self.id(&place, &certificate.id);
            self.text(&place, "name", &certificate.name);
            self.text(&place, "definer", &certificate.definer);
            certificate.also.iter().for_each(|name| self.text(&place, "also", name));
            for id in &certificate.ids {
                if !id.starts_with("https://") && !id.starts_with("did:") {
                    self.say(&place, format!("\"{id}\" is not an address. Use an https:// address or a DID."));
                }
            }
        }
        for tool in &pack.tools {
            let place = format!("tool \"{}\"", tool.name);
            self.text(&place, "name", &tool.name);
            tool.also.iter().for_each(|name| self.text(&place, "also", name));
        }
    }

    fn roles(&mut self, pack: &Pack) {
        for role in &pack.roles {
            let place = format!("role \"{}\"", role.id);
            self.id(&place, &role.id);
            self.text(&place, "title", &role.title);
            self.text(&place, "summary", &role.summary);
            self.text(&place, "pay.what", &role.pay.what);
            self.price(&format!("{place}, pay"), &role.pay.figure);
            if role.esco.as_ref().is_some_and(|uri| !uri.starts_with("http://data.europa.eu/esco/occupation/")) {
                self.say(
                    &place,
                    "esco is not the URI of an ESCO occupation (http://data.europa.eu/esco/occupation/…).",
                );
            }
            if role.onet.as_ref().is_some_and(|code| !is_soc(code)) {
                self.say(&place, "onet is not an O*NET-SOC code such as 15-1244.00.");
            }
            if role.requires.is_empty() {
                self.say(&place, "It requires nothing. Give at least one requirement.");
            }
            let mut seen = BTreeSet::new();
            for (at, entry) in role.requires.iter().enumerate() {
                let place = format!("{place}, requirement {}", at + 1);
                self.wanted(&place, &entry.wanted);
                if !(1..=5).contains(&entry.weight) {
                    self.say(&place, format!("The weight is {}; it must be 1 to 5.", entry.weight));
                }
                if let Some(wanted) = entry.wanted.wanted()
                    && !seen.insert(wanted.key)
                {
                    self.say(&place, format!("\"{}\" is asked for twice. Keep one.", entry.wanted.label));
                }
            }
        }
    }

    fn offers(&mut self, pack: &Pack) {
        for offer in &pack.offers {
            let place = format!("offer \"{}\"", offer.id);
            self.id(&place, &offer.id);
            self.text(&place, "name", &offer.name);
            self.text(&place, "provider.name", &offer.provider.name);
            self.web(&place, "provider.url", &offer.provider.url);
            self.web(&place, "url", &offer.url);
            if offer.proves.is_empty() {
                self.say(&place, "It proves nothing. Name at least one thing that it proves.");
            }
            for (at, wanted) in offer.proves.iter().enumerate() {
                self.wanted(&format!("{place}, proves {}", at + 1), wanted);
            }
            self.basis(&format!("{place}, hours"), &offer.hours.basis);
            self.price(&format!("{place}, price"), &offer.price);
            if let Some(challenge) = &offer.challenge {
                self.basis(&format!("{place}, challenge hours"), &challenge.hours.basis);
                self.price(&format!("{place}, challenge price"), &challenge.price);
                if !offer.assessment.mastery {
                    self.say(
                        &place,
                        "It can be challenged but its assessment asks for no mastery. One of the two is wrong.",
                    );
                }
            }
            if offer.valid_months == Some(0) {
                self.say(&place, "valid_months is 0. Leave it out when the credential does not expire.");
            }
            self.prerequisites(&place, offer);
        }
    }

    fn prerequisites(&mut self, place: &str, offer: &PackOffer) {
        for what in &offer.prerequisites {
            let known = match what.split_once(':') {
                None => self.all.iter().any(|pack| pack.offers.iter().any(|other| other.id == *what)),
                Some(("cert", id)) => self.all.iter().any(|pack| pack.certificates.iter().any(|c| c.id == id)),
                Some(("degree", _)) => Degree::of_key(what).is_some(),
                Some(("licence", id)) => is_kebab(id),
                Some(_) => false,
            };
            if !known {
                let says = format!(
                    "The prerequisite \"{what}\" is no offer's id in any pack, and no key: cert: and a certificate's id, \
                     licence: and an id, or degree: and associate, bachelor, master or doctorate."
                );
                self.say(place, says);
            }
        }
    }

    /// Offers that come before themselves.
    fn circles(&mut self, pack: &Pack) {
        let offers: BTreeMap<&str, &PackOffer> =
            self.all.iter().flat_map(|pack| &pack.offers).map(|offer| (offer.id.as_str(), offer)).collect();
        let mut found = Vec::new();
        for offer in &pack.offers {
            // Only a prerequisite that a single offer can meet forces the order.
            let mut todo: Vec<&str> = forced(offer, &offers);
            let mut seen = BTreeSet::new();
            while let Some(id) = todo.pop() {
                if id == offer.id {
                    let says = "Its prerequisites lead back to itself. Nobody could begin; take one of them out.";
                    found.push((format!("offer \"{}\"", offer.id), says));
                    break;
                }
                if seen.insert(id) {
                    todo.extend(offers.get(id).into_iter().flat_map(|offer| forced(offer, &offers)));
                }
            }
        }
        found.into_iter().for_each(|(place, says)| self.say(&place, says));
    }

    fn ads(&mut self, pack: &Pack) {
        for ad in &pack.ads {
            let place = format!("ad \"{}\"", ad.id);
            self.id(&place, &ad.id);
            self.text(&place, "title", &ad.title);
            self.text(&place, "employer", &ad.employer);
            self.text(&place, "text", &ad.text);
            if !self.all.iter().any(|pack| pack.roles.iter().any(|role| role.id == ad.role)) {
                self.say(&place, format!("The role \"{}\" is in no pack.", ad.role));
            }
        }
    }

    fn issuers(&mut self, pack: &Pack) {
        for issuer in &pack.issuers {
            let place = format!("issuer \"{}\"", issuer.id);
            self.id(&place, &issuer.id);
            self.text(&place, "name", &issuer.name);
            self.web(&place, "url", &issuer.url);
            if !reserved(&issuer.url) {
                self.say(
                    &place,
                    "A sample issuer's url must end in .example, .test or .invalid, so that it is nobody's.",
                );
            }
        }
    }

    fn learner(&mut self, pack: &Pack, learner: &SampleLearner) {
        let place = format!("learner \"{}\"", learner.id);
        self.id(&place, &learner.id);
        self.text(&place, "name", &learner.name);
        self.text(&place, "story", &learner.story);
        if !learner.address.contains('@') || !reserved(&learner.address) {
            self.say(
                &place,
                "A sample learner's address must be a mail address that ends in .example, .test or .invalid.",
            );
        }
        let mut seen = BTreeSet::new();
        for badge in &learner.badges {
            let place = format!("{place}, badge \"{}\"", badge.id);
            if !seen.insert(&badge.id) {
                self.say(
                    &place,
                    "Another badge of this learner has the same id. Badges' ids are the stems of their files.",
                );
            }
            self.badge(pack, &place, badge);
        }
    }

    fn badge(&mut self, pack: &Pack, place: &str, badge: &SampleBadge) {
        self.id(place, &badge.id);
        for (what, text) in [
            ("name", &badge.name),
            ("description", &badge.description),
            ("criteria", &badge.criteria),
            ("achievement_type", &badge.achievement_type),
        ] {
            self.text(place, what, text);
        }
        let known = pack.issuers.iter().chain(self.all.iter().flat_map(|p| &p.issuers)).any(|i| i.id == badge.issuer);
        if !known && badge.state != SampleState::SelfIssued {
            self.say(place, format!("The issuer \"{}\" is in no pack.", badge.issuer));
        }
        for (at, wanted) in badge.aligned.iter().enumerate() {
            self.wanted(&format!("{place}, aligned {}", at + 1), wanted);
        }
        if let Some(result) = &badge.result {
            self.text(place, "result.criterion", &result.criterion);
            for (what, level) in [("required", &result.required), ("achieved", &result.achieved)] {
                if !result.levels.contains(level) {
                    self.say(
                        place,
                        format!("The {what} level \"{level}\" is not among its levels: {}.", result.levels.join(", ")),
                    );
                }
            }
        }
        let awarded = self.date(place, "awarded", &badge.awarded);
        let until = badge.until.as_ref().and_then(|until| self.date(place, "until", until));
        if awarded.zip(until).is_some_and(|(awarded, until)| until <= awarded) {
            self.say(place, "until is not after awarded.");
        }
        if badge.state == SampleState::Expired && badge.until.is_none() {
            self.say(place, "An expired badge needs the day until which it was valid: until = \"YYYY-MM-DD\".");
        }
    }

    /// Ids that must be unique: offers, roles, certificates, ads, issuers, learners; among all packs.
    fn unique(&mut self, pack: &Pack, others: &[Pack]) {
        type Ids = fn(&Pack) -> Vec<&str>;
        let kinds: [(&str, Ids); 7] = [
            ("offer", |p| p.offers.iter().map(|x| x.id.as_str()).collect()),
            ("role", |p| p.roles.iter().map(|x| x.id.as_str()).collect()),
            ("certificate", |p| p.certificates.iter().map(|x| x.id.as_str()).collect()),
            ("tool", |p| p.tools.iter().map(|x| x.name.as_str()).collect()),
            ("ad", |p| p.ads.iter().map(|x| x.id.as_str()).collect()),
            ("issuer", |p| p.issuers.iter().map(|x| x.id.as_str()).collect()),
            ("learner", |p| p.learners.iter().map(|x| x.id.as_str()).collect()),
        ];
        if others.iter().any(|other| other.id == pack.id) {
            self.say("the pack", format!("Another pack has the id \"{}\" too. Give it another.", pack.id));
        }
        for (kind, ids) in kinds {
            let mut seen: BTreeSet<&str> = BTreeSet::new();
            for id in ids(pack) {
                let place = format!("{kind} \"{id}\"");
                if !seen.insert(id) {
                    self.say(&place, format!("This pack has this {kind} twice. Keep one or rename it."));
                } else if kind != "tool"
                    && let Some(other) = others.iter().find(|other| ids(other).contains(&id))
                {
                    self.say(&place, format!("The pack \"{}\" has this {kind} too. Keep one or rename it.", other.id));
                }
            }
        }
    }

    fn wanted(&mut self, place: &str, wanted: &PackWanted) {
        self.text(place, "label", &wanted.label);
        let keys = wanted.keys();
        if keys.len() != 1 {
            let says = format!(
                "It has {} of the keys skill, tool, certificate, licence, degree, years, language; give exactly one.",
                keys.len()
            );
            return self.say(place, says);
        }
        if let Some(uri) = &wanted.skill {
            match self.taxonomy.skill_label(uri) {
                None => self.say(
                    place,
                    format!(
                        "The skill \"{uri}\" (\"{}\") is not in ESCO. Look it up with `cairn skills rank`.",
                        wanted.label
                    ),
                ),
                Some(label) if label != wanted.label => {
                    self.say(place, format!("The label is \"{}\", but ESCO calls {uri} \"{label}\". Write label = \"{label}\", or use the skill that is meant.", wanted.label));
                }
                Some(_) => {}
            }
        }
        if let Some(name) = &wanted.tool {
            let named = self.all.iter().any(|pack| pack.tools.iter().any(|tool| same_name(&tool.name, name)));
            if !named && !self.taxonomy.tool(name) {
                self.say(place, format!("The tool \"{name}\" is no O*NET technology and no [[tool]] of a pack. Add a [[tool]] or use O*NET's name."));
            }
        }
        if let Some(id) = &wanted.certificate
            && !self.all.iter().any(|pack| pack.certificates.iter().any(|c| c.id == *id))
        {
            self.say(place, format!("The certificate \"{id}\" is in no pack. Add a [[certificate]] with this id."));
        }
        if let Some(id) = &wanted.licence {
            self.id(place, id);
        }
        if let Some(degree) = &wanted.degree
            && Degree::of_key(&format!("degree:{degree}")).is_none()
        {
            self.say(place, format!("\"{degree}\" is no degree. Use associate, bachelor, master or doctorate."));
        }
        if wanted.years.is_some_and(|years| years == 0 || years > 60) {
            self.say(place, "years must be 1 to 60.");
        }
        if let Some(code) = &wanted.language
            && !(code.len() == 2 && code.bytes().all(|b| b.is_ascii_lowercase()))
        {
            self.say(place, format!("\"{code}\" is no language code. Use two small letters of ISO 639-1, such as de."));
        }
    }

    fn id(&mut self, place: &str, id: &str) {
        if !is_kebab(id) {
            self.say(
                place,
                format!("The id \"{id}\" is not kebab-case. Use small letters, digits and single hyphens."),
            );
        }
    }

    fn text(&mut self, place: &str, what: &str, text: &str) {
        if text.trim().is_empty() {
            self.say(place, format!("{what} is empty."));
        }
    }

    fn web(&mut self, place: &str, what: &str, url: &str) {
        let host = url.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
        if !host.contains('.') || url.contains(char::is_whitespace) {
            self.say(place, format!("{what} is \"{url}\", which is not an https:// address."));
        }
    }

    fn date(&mut self, place: &str, what: &str, text: &str) -> Option<jiff::civil::Date> {
        let date = text.parse().ok().filter(|_| text.len() == 10);
        if date.is_none() {
            self.say(place, format!("{what} is \"{text}\", which is not a date. Write it as YYYY-MM-DD."));
        }
        date
    }

    fn price(&mut self, place: &str, figure: &Figure<Money>) {
        if !is_currency_code(&figure.value.currency) {
            self.say(
                place,
                format!(
                    "\"{}\" is not a currency code. Use three capital letters, such as USD.",
                    figure.value.currency
                ),
            );
        }
        if figure.value.minor < 0 {
            self.say(place, "The amount is below zero. Give minor units, such as 39500 for 395.00.");
        }
        self.basis(place, &figure.basis);
    }

    fn basis(&mut self, place: &str, basis: &Basis) {
        match basis {
            Basis::Source { name, address, .. } => {
                self.text(place, "basis.source.name", name);
                self.web(place, "basis.source.address", address);
            }
            Basis::Estimate { how } => self.text(place, "basis.estimate.how", how),
        }
    }
}

/// Offers that must come before this one, there being no other way to meet its prerequisites.
fn forced<'a>(offer: &'a PackOffer, offers: &BTreeMap<&'a str, &'a PackOffer>) -> Vec<&'a str> {
    let mut before = Vec::new();
    for what in &offer.prerequisites {
        match what.strip_prefix("cert:") {
            None => before.push(what.as_str()),
            Some(id) => {
                let mut giving = offers
                    .values()
                    .filter(|other| other.proves.iter().any(|proof| proof.certificate.as_deref() == Some(id)));
                if let (Some(only), None) = (giving.next(), giving.next()) {
                    before.push(&only.id);
                }
            }
        }
    }
    before
}

/// Whether an address lies under a name that is reserved for examples (RFC 2606 §2).
fn reserved(address: &str) -> bool {
    let rest = address.strip_prefix("https://").unwrap_or(address);
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    [".example", ".test", ".invalid"].iter().any(|end| host.ends_with(end))
}

fn is_kebab(id: &str) -> bool {
    !id.is_empty()
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !id.starts_with('-')
        && !id.ends_with('-')
        && !id.contains("--")
}

fn is_soc(code: &str) -> bool {
    let pattern = "00-0000.00";
    code.len() == pattern.len()
        && code.bytes().zip(pattern.bytes()).all(|(c, p)| if p == b'0' { c.is_ascii_digit() } else { c == p })
}
