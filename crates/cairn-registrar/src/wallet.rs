//! A learner's home: badges from here and elsewhere, shares, everything to take along.
