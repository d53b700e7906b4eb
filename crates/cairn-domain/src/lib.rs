//! cairn-domain
