//! An issuer's keys over time: new ones, retired ones, those that others may have, and the document that says so.
