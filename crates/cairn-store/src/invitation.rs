//! Invitations into an organisation.
