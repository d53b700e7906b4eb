//! The only room with SQL: SQLite and PostgreSQL behind one set of functions.
//!
//! Functions are named `find_ list_ insert_ update_`. Those that write take a [`Tx`], so that an act is one
//! transaction; those that only read take the [`Store`]. Moments come from the caller.
#![warn(missing_docs)]

mod achievement;
mod api_token;
mod audit;
mod award_event;
pub mod backup;
mod batch;
mod ceremony;
mod claim;
mod connect;
mod credential;
mod definition;
mod erasure;
mod evidence;
mod fault;
mod figures;
mod framework;
mod idempotency;
mod invitation;
mod kept_badge;
mod letter;
mod log;
mod member;
mod org;
mod passkey;
mod person;
mod picture;
mod request;
mod rows;
mod seal;
mod session;
mod share;
mod sign_in_link;
mod single_sign_on;
mod site;
mod status_list;

pub use achievement::AchievementVersion;
pub use api_token::ApiToken;
pub use audit::{AuditEntry, AuditFilter};
pub use award_event::AwardEvent;
pub use batch::{BatchProblem, Lease, StoredBatch};
pub use ceremony::Ceremony;
pub use claim::StoredClaim;
pub use connect::{Store, Tx};
pub use credential::{CredentialFilter, StoredCredential};
pub use definition::StoredAchievement;
pub use evidence::StoredEvidence;
pub use fault::StoreFault;
pub use figures::Figures;
pub use framework::{StoredAssociation, StoredCrosswalk, StoredFramework, StoredItem};
pub use idempotency::{Answer, KeptAnswer};
pub use invitation::Invitation;
pub use kept_badge::KeptBadge;
pub use letter::{Letter, LetterState, Letters};
pub use log::{LogLeaf, NewLeaf};
pub use member::Member;
pub use org::{IssuerKey, Org};
pub use passkey::StoredPasskey;
pub use person::{Person, PersonEmail};
pub use request::StoredRequest;
pub use seal::StoredSeal;
pub use session::Session;
pub use share::StoredShare;
pub use sign_in_link::SignInLink;
pub use single_sign_on::{SingleSignOn, SsoIdentity};
pub use site::Site;
pub use status_list::{StoredStatusList, TakenIndex};
