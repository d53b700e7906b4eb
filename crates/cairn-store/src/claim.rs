//! Links by which a recipient makes a credential theirs.
