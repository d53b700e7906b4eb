//! Names beside the taxonomies: certificates that ads ask for by name, and role titles. They come from packs.

/// Names beside the taxonomies.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Vocabulary {
    /// Certificates that ads ask for by name.
    pub certificates: Vec<Named>,
    /// Licences beyond the built-in ones.
    pub licences: Vec<Named>,
    /// Roles and their titles.
    pub roles: Vec<Named>,
    /// Tools beyond O*NET's list, such as `Epic`; the id is the whole key, such as `onet:Epic Systems`.
    pub tools: Vec<Named>,
}

/// One named thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// Its id in the pack; for mentions the key is `cert:` or `licence:` and this.
    pub id: String,
    /// Its usual name.
    pub name: String,
    /// Other names and abbreviations.
    pub also: Vec<String>,
}
