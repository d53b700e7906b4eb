//! The log's leaves, in order.
