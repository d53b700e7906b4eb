//! Frameworks: published sets of competencies, read from and written to the forms in which they travel.
