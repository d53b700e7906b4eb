//! Every page as a typed struct; `samples` (in tests) fills each with sample data.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::art::Art;
use super::assets;
use super::caller::Caller;
use super::gap::{GapView, PayView};
use super::plan::PlanView;
use super::view::{BadgeCard, ItemView, Linked};
use super::words::BasisView;

/// Renders a page.
pub fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(fault = %error, "A page could not be rendered: {error}");
            (StatusCode::INTERNAL_SERVER_ERROR, "This page could not be made. That was us, not you.").into_response()
        }
    }
}

/// Where in the site a page stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Here {
    /// The front page.
    Home,
    /// Verify.
    Verify,
    /// The catalogue.
    Catalogue,
    /// About.
    About,
    /// A learner's home.
    Wallet,
    /// An organisation's inner pages.
    Org,
    /// A person's own account, and signing in.
    Account,
    /// Anywhere else.
    Elsewhere,
}

/// The frame of a page.
#[derive(Debug, Clone)]
pub struct Chrome {
    /// Title.
    pub title: String,
    /// Class of the current place.
    pub here: &'static str,
    /// Whether this is the demonstration.
    pub sample: bool,
    /// Address of the style sheet.
    pub css: String,
    /// Address of the script.
    pub js: String,
    /// Who is signed in, by name.
    pub who: Option<String>,
    /// Their organisations.
    pub orgs: Vec<OrgLink>,
    /// The organisation in whose inner pages this one is, and which of them.
    pub org: Option<OrgPlace>,
    /// More for the page's head, made by the page itself and already safe: metadata of public pages.
    pub head: String,
}

/// An organisation in a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgLink {
    /// Its place on the site.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// A place among an organisation's inner pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgPlace {
    /// The organisation's place on the site.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Which of its pages: `home`, `achievements`, `awards`, `requests`, `batches`, `people`, `keys`, `tokens`,
    /// `settings`, `audit`.
    pub here: &'static str,
}

impl Chrome {
    /// The frame of a page.
    pub fn new(title: impl Into<String>, here: Here, sample: bool) -> Chrome {
        let here = match here {
            Here::Home => "home",
            Here::Verify => "verify",
            Here::Catalogue => "catalogue",
            Here::About => "about",
            Here::Wallet => "wallet",
            Here::Org => "org",
            Here::Account => "account",
            Here::Elsewhere => "",
        };
        Chrome {
            title: title.into(),
            here,
            sample,
            css: assets::address("cairn.css"),
            js: assets::address("cairn.js"),
            who: None,
            orgs: Vec::new(),
            org: None,
            head: String::new(),
        }
    }

    /// The frame as whoever asks sees it.
    pub fn seen_by(mut self, caller: &Caller) -> Chrome {
        self.who = caller.name.clone();
        self.orgs = caller.orgs.clone();
        self
    }

    /// The frame among an organisation's inner pages.
    pub fn in_org(mut self, slug: &str, name: &str, here: &'static str) -> Chrome {
        self.org = Some(OrgPlace { slug: slug.into(), name: name.into(), here });
        self
    }
}

/// A sentence above the page.
#[derive(Debug, Clone)]
pub struct Notice {
    /// `good`, `warn` or `bad`.
    pub tone: &'static str,
    /// The sentence.
    pub says: String,
}

/// A sample learner to borrow from.
#[derive(Debug, Clone)]
pub struct LearnerCard {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Industry.
    pub industry: String,
    /// Who they are.
    pub story: String,
    /// How many badges they have.
    pub badges: usize,
}

/// Ads or roles of one industry: id and title.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its name.
    pub industry: String,
    /// Id and title.
    pub ads: Vec<(String, String)>,
}

/// An ad on the desk.
#[derive(Debug, Clone)]
pub struct AdLine {
    /// Its place.
    pub n: usize,
    /// Its name.
    pub name: String,
    /// How long it is.
    pub told: String,
}

/// The budget form as it was filled in.
#[derive(Debug, Clone, Default)]
pub struct BudgetForm {
    /// Hours.
    pub hours: String,
    /// Money.
    pub money: String,
    /// Its currency.
    pub currency: String,
    /// The day.
    pub by: String,
    /// Hours a week.
    pub weekly: String,
    /// Currencies to choose from.
    pub currencies: Vec<String>,
    /// A rate's other currency.
    pub rate_from: String,
    /// The rate.
    pub rate: String,
    /// Its day.
    pub rate_date: String,
    /// Whether the rate's fields stand open.
    pub rate_open: bool,
}

/// The front page: the main job.
#[derive(Debug, Template)]
#[template(path = "home.html")]
pub struct HomePage {
    /// The frame.
    pub chrome: Chrome,
    /// Sentences above it.
    pub notices: Vec<Notice>,
    /// Whether there is anything on the desk.
    pub has_desk: bool,
    /// When it will be forgotten.
    pub kept_told: String,
    /// The learner of the one-click sample: id, name.
    pub first_learner_id: String,
    /// Their first name.
    pub first_learner_name: String,
    /// All sample learners.
    pub learners: Vec<LearnerCard>,
    /// What was dropped.
    pub badges: Vec<BadgeCard>,
    /// How many, in words.
    pub badges_told: String,
    /// Own words.
    pub claims: Option<String>,
    /// Whose words these are.
    pub claims_whose: String,
    /// The address that was given.
    pub address: String,
    /// Ads on the desk.
    pub ads: Vec<AdLine>,
    /// Sample ads.
    pub sample_ads: Vec<Group>,
    /// Roles.
    pub roles: Vec<Group>,
    /// How far the requirements are met.
    pub gap: Option<GapView>,
    /// The budget form.
    pub budget: BudgetForm,
    /// The way.
    pub plan: Option<PlanView>,
    /// Why there is none.
    pub plan_refused: Option<String>,
    /// What can be shared.
    pub shareable: Vec<BadgeCard>,
    /// A purpose to begin with.
    pub purpose: String,
    /// A day to begin with.
    pub until: String,
}

/// Verify, with or without results.
#[derive(Debug, Template)]
#[template(path = "verify.html")]
pub struct VerifyPage {
    /// The frame.
    pub chrome: Chrome,
    /// One sentence over the results.
    pub headline: String,
    /// The moment for which they were judged.
    pub at: String,
    /// The trust lists in words.
    pub lists: String,
    /// What went wrong as a whole.
    pub notice: Option<String>,
    /// The results.
    pub results: Vec<ItemView>,
}

/// One badge of the desk with its verdict.
#[derive(Debug, Template)]
#[template(path = "badge.html")]
pub struct BadgePage {
    /// The frame.
    pub chrome: Chrome,
    /// The verdict, or why there is none.
    pub item: ItemView,
}

/// What an employer opens.
#[derive(Debug, Template)]
#[template(path = "share.html")]
pub struct SharePage {
    /// The frame.
    pub chrome: Chrome,
    /// Whether the visitor made it.
    pub mine: bool,
    /// Its token, by which its maker ends it.
    pub token: String,
    /// Its address.
    pub link: String,
    /// How many credentials.
    pub count_told: String,
    /// For whom or what.
    pub purpose: Option<String>,
    /// When it was put together.
    pub created: String,
    /// The moment for which its badges were judged.
    pub checked: String,
    /// When it goes away.
    pub until: String,
    /// Address of the file.
    pub file: String,
    /// Name of the file.
    pub file_name: String,
    /// Its size in words.
    pub size: String,
    /// What is in it.
    pub badges: Vec<BadgeCard>,
}

/// An offer in a list.
#[derive(Debug, Clone)]
pub struct OfferCard {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Provider.
    pub provider: String,
    /// Industry.
    pub industry: String,
    /// Kind.
    pub kind: &'static str,
    /// Price.
    pub price: String,
    /// Hours.
    pub hours: String,
    /// The first things that it proves.
    pub proves: Vec<String>,
    /// How many more.
    pub more: usize,
    /// What it covers of a role, on a role's page.
    pub covers: String,
    /// All words, in lower case, for filtering.
    pub words: String,
}

/// A role in a list.
#[derive(Debug, Clone)]
pub struct RoleCard {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Industry.
    pub industry: String,
    /// One sentence.
    pub summary: String,
    /// Pay.
    pub pay: String,
    /// Whom the pay is for.
    pub pay_what: String,
    /// All words, in lower case, for filtering.
    pub words: String,
}

/// The catalogue.
#[derive(Debug, Template)]
#[template(path = "catalogue.html")]
pub struct CataloguePage {
    /// The frame.
    pub chrome: Chrome,
    /// Search words.
    pub q: String,
    /// Industry searched in.
    pub industry: String,
    /// Kind searched for.
    pub kind: String,
    /// Industries: id and name.
    pub industries: Vec<(String, String)>,
    /// Kinds: code and words.
    pub kinds: Vec<(&'static str, &'static str)>,
    /// How many were found.
    pub told: String,
    /// Roles.
    pub roles: Vec<RoleCard>,
    /// Offers.
    pub offers: Vec<OfferCard>,
}

/// A challenge route's figures.
#[derive(Debug, Clone)]
pub struct ChallengeView {
    /// Hours.
    pub hours: String,
    /// Price.
    pub price: String,
    /// Basis of the price.
    pub basis: BasisView,
}

/// One offer.
#[derive(Debug, Template)]
#[template(path = "offer.html")]
pub struct OfferPage {
    /// The frame.
    pub chrome: Chrome,
    /// Name.
    pub name: String,
    /// Industry.
    pub industry: String,
    /// Kind.
    pub kind: &'static str,
    /// Provider.
    pub provider: String,
    /// The provider's page.
    pub provider_url: Option<String>,
    /// The offer's page.
    pub url: Option<String>,
    /// What it proves.
    pub proves: Vec<Linked>,
    /// Roles that ask for it: id, title, what of it.
    pub roles: Vec<(String, String, String)>,
    /// Price.
    pub price: String,
    /// Its basis.
    pub price_basis: BasisView,
    /// Hours.
    pub hours: String,
    /// Their basis.
    pub hours_basis: BasisView,
    /// By assessment alone.
    pub challenge: Option<ChallengeView>,
    /// How it is assessed.
    pub assessed: String,
    /// How long it is valid.
    pub validity: String,
    /// What must come before it: name, and id when it is in the catalogue.
    pub prerequisites: Vec<(String, Option<String>)>,
}

/// One thing that a role asks for.
#[derive(Debug, Clone)]
pub struct RoleLine {
    /// Label.
    pub label: String,
    /// Address, for taxonomy entries.
    pub url: Option<String>,
    /// Kind.
    pub kind: &'static str,
    /// Required or preferred.
    pub importance: &'static str,
    /// 1 to 5.
    pub weight: u32,
}

/// One role.
#[derive(Debug, Template)]
#[template(path = "role.html")]
pub struct RolePage {
    /// The frame.
    pub chrome: Chrome,
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Industry.
    pub industry: String,
    /// One sentence.
    pub summary: String,
    /// O*NET-SOC code.
    pub onet: Option<String>,
    /// Pay.
    pub pay: PayView,
    /// What it asks for.
    pub requires: Vec<RoleLine>,
    /// Offers that cover some of it.
    pub offers: Vec<OfferCard>,
}

/// About.
#[derive(Debug, Template)]
#[template(path = "about.html")]
pub struct AboutPage {
    /// The frame.
    pub chrome: Chrome,
    /// States and what they mean.
    pub states: Vec<(&'static str, &'static str)>,
    /// Packs: name, version, summary.
    pub packs: Vec<(String, String, String)>,
    /// Sample learners: name, and their files' names and addresses.
    pub samples: Vec<(String, Vec<(String, String)>)>,
}

/// One end of the API.
#[derive(Debug, Clone)]
pub struct ApiEnd {
    /// Anchor.
    pub id: &'static str,
    /// Method.
    pub method: &'static str,
    /// Path.
    pub path: &'static str,
    /// What it does.
    pub says: &'static str,
    /// Members of its body.
    pub members: Vec<(&'static str, &'static str)>,
    /// A command to try.
    pub example: &'static str,
}

/// The API in words.
#[derive(Debug, Template)]
#[template(path = "api.html")]
pub struct ApiPage {
    /// The frame.
    pub chrome: Chrome,
    /// The ends.
    pub ends: Vec<ApiEnd>,
}

/// What went wrong.
#[derive(Debug, Template)]
#[template(path = "problem.html")]
pub struct ProblemPage {
    /// The frame.
    pub chrome: Chrome,
    /// Status line.
    pub status: String,
    /// Heading.
    pub heading: String,
    /// What is wrong, where, what to do.
    pub says: String,
    /// Where to go.
    pub back: String,
    /// What that is called.
    pub back_to: String,
}
