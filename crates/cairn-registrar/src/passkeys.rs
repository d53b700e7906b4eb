//! Passkeys (WebAuthn Level 3): adding one, signing in by one.
