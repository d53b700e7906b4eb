//! Frameworks: imported, exported, searched, compared.
