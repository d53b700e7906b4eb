//! Evidence: files in an object store, links, words; bound by hash.
