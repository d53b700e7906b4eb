//! Links in letters: to sign in, to add an address.
