//! The log's leaves: a salted hash per award and change of status.
