//! The forms in which a credential is handed over, and what its page shows.
