//! Claims: a recipient makes a credential theirs by a link.
