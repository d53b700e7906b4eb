//! cairn-registrar
