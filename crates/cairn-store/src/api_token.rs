//! API tokens of an organisation.
