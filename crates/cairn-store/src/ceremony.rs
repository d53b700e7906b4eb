//! What lies between the two halves of a passkey or single sign-on exchange.
