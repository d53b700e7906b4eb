//! What every page shares: the office, the desks, the guard. The only file of the pages that calls the office.

use std::sync::Arc;

use cairn_credential::intake::Item;
use cairn_credential::policy::{Address, Binding, Holder, Policy};
use cairn_credential::trust::TrustList;
use cairn_domain::plan::Budget;
use cairn_registrar::access::Actor;
use cairn_registrar::checking::{self, Ask, Checked};
use cairn_registrar::demo::DemoLearner;
use cairn_registrar::packs::Packs;
use cairn_registrar::refusal::{Refusal, Trouble};
use cairn_registrar::shapes::{GapReport, PlanReport, Require, VerifyReport};
use cairn_registrar::{Office, sharing};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::Options;
use super::desk::Desks;
use super::guard::Guard;
use super::pages::OrgLink;
use super::problem::{Problem, status_of};

/// What every page shares.
pub struct App {
    /// The office.
    pub office: Arc<Office>,
    /// What visitors have laid out.
    pub desks: Desks,
    /// Rates and limits.
    pub guard: Guard,
}

/// Whom the checker takes for whom.
#[derive(Debug, Clone, Default)]
pub struct Checker {
    /// Trust lists of the checker's own; `None` for this site's.
    pub lists: Option<Vec<TrustList>>,
    /// Addresses of whoever shows the badges.
    pub addresses: Vec<Address>,
    /// Answers that must be good, besides genuine and current.
    pub require: Vec<Require>,
    /// The moment for which to judge; `None` for now.
    pub at: Option<Timestamp>,
    /// How old a status may be; `None` for the usual.
    pub oldest_status: Option<SignedDuration>,
}

impl App {
    /// Everything that the pages need, around an office.
    pub fn new(office: Arc<Office>, options: &Options) -> App {
        App { office, desks: Desks::default(), guard: Guard::new(options) }
    }

    /// The moment.
    pub fn now(&self) -> Timestamp {
        self.office.outside.now()
    }

    /// Today, in UTC.
    pub fn today(&self) -> Date {
        self.now().to_zoned(jiff::tz::TimeZone::UTC).date()
    }

    /// A token that nobody guesses: 256 bits in hexadecimal.
    pub fn token(&self) -> String {
        self.office.outside.bytes::<32>().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether this is the demonstration.
    pub fn is_demo(&self) -> bool {
        self.office.demo.is_some()
    }

    /// The packs.
    pub fn packs(&self) -> &'static Packs {
        Packs::builtin()
    }

    /// The sample learners; none outside the demonstration.
    pub fn learners(&self) -> &[DemoLearner] {
        self.office.demo.as_ref().map(|demo| demo.learners.as_slice()).unwrap_or_default()
    }

    /// The lists by which this site checks when a visitor brings none.
    pub fn lists(&self) -> Vec<TrustList> {
        self.office.trust_lists.clone()
    }

    /// Checks what was dropped.
    pub async fn check(&self, items: Vec<Item>, checker: &Checker) -> Checked {
        let policy = Policy {
            trust_lists: checker.lists.clone().unwrap_or_else(|| self.lists()),
            oldest_status: checker.oldest_status.unwrap_or(Policy::default().oldest_status),
            binding: Binding::Production,
            holder: Holder { addresses: checker.addresses.clone(), challenge: None, domain: None },
        };
        let ask = Ask { policy, require: checker.require.clone(), at: checker.at.unwrap_or_else(|| self.now()) };
        checking::check(items, &ask, &self.office.gatherer, |_, _| {}).await
    }

    /// The organisations in which somebody has a role, by name.
    pub async fn orgs_of(&self, actor: &Actor) -> Vec<OrgLink> {
        let mut ids: Vec<&str> = actor.roles.iter().map(|member| member.org_id.as_str()).collect();
        ids.dedup();
        let mut links = Vec::new();
        for id in ids {
            if let Ok(Some(org)) = self.office.find_org(id).await {
                links.push(OrgLink { slug: org.slug, name: org.name });
            }
        }
        links.sort_by(|a, b| a.name.cmp(&b.name));
        links
    }

    /// Fetches a credential.
    pub async fn fetch(&self, url: &str) -> Result<Vec<u8>, Refusal> {
        self.office.gatherer.fetch_url(url).await
    }

    /// Holds what was checked against ads or a role.
    pub async fn gap(
        self: &Arc<Self>,
        ads: Vec<(String, String)>,
        role: Option<String>,
        credentials: VerifyReport,
        claims: Vec<(String, String)>,
    ) -> Result<GapReport, Problem> {
        let app = Arc::clone(self);
        let work = move || app.office.advisor.gap(ads, role.as_deref(), credentials, claims);
        match tokio::task::spawn_blocking(work).await {
            Ok(result) => result.map_err(|refusal| Problem::cannot(refusal.says)),
            Err(error) => Err(Problem::fault(&error)),
        }
    }

    /// Looks for the way; a refusal is an answer too.
    pub async fn plan(
        self: &Arc<Self>,
        gap: GapReport,
        budget: Budget,
    ) -> Result<Result<PlanReport, Refusal>, Problem> {
        let app = Arc::clone(self);
        let work = move || app.office.advisor.plan(gap, budget, Some(app.today()));
        tokio::task::spawn_blocking(work).await.map_err(|error| Problem::fault(&error))
    }

    /// One file of chosen things.
    pub async fn bundle(
        &self,
        checked: Arc<Checked>,
        chosen: Vec<usize>,
        purpose: Option<String>,
    ) -> Result<cairn_credential::bundle::Bundle, Problem> {
        let now = self.now();
        let work = move || sharing::bundle(&checked, &chosen, purpose, now);
        tokio::task::spawn_blocking(work).await.map_err(|error| Problem::fault(&error))
    }
}

impl From<Trouble> for Problem {
    fn from(trouble: Trouble) -> Problem {
        match trouble {
            Trouble::Refusal(refusal) => refusal.into(),
            Trouble::Fault(fault) => Problem::fault(&fault),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        Problem { status: status_of(refusal.code), says: refusal.says }
    }
}
