//! Awards and what becomes of them: why, revoked, suspended, reinstated, superseded.
