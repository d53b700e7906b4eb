//! Roles and invitations.
