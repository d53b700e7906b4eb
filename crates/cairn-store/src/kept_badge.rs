//! Badges from elsewhere that learners keep here.
