//! The only room with SQL: SQLite and PostgreSQL behind one set of functions.
//!
//! Functions are named `find_ list_ insert_ update_`. Those that write take a [`Tx`], so that an act is one
//! transaction; those that only read take the [`Store`]. Moments come from the caller.
#![warn(missing_docs)]

mod achievement;
mod connect;
mod credential;
mod fault;
mod org;
mod rows;
mod share;
mod status_list;

pub use achievement::AchievementVersion;
pub use connect::{Store, Tx};
pub use credential::StoredCredential;
pub use fault::StoreFault;
pub use org::{IssuerKey, Org};
pub use share::StoredShare;
pub use status_list::{StoredStatusList, TakenIndex};
