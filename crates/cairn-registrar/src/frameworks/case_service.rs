//! What the CASE 1.1 service gives: frameworks that their owners publish, as the REST binding's objects.

use std::collections::HashMap;

use cairn_domain::framework::{Framework, Whole, case, uuid_of};
use cairn_store::{StoredFramework, StoredItem};
use serde_json::{Map, Value, json};

use super::exporting::{association, framework, item};
use crate::Office;
use crate::refusal::Trouble;

/// The lists of a CFPackage's CFDefinitions, and its rubrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Definitions {
    /// `CFItemTypes`.
    ItemTypes,
    /// `CFLicenses`.
    Licenses,
    /// `CFConcepts`.
    Concepts,
    /// `CFSubjects`.
    Subjects,
    /// `CFRubrics`.
    Rubrics,
    /// `CFAssociationGroupings`.
    AssociationGroupings,
}

impl Definitions {
    /// Its name on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Definitions::ItemTypes => "CFItemTypes",
            Definitions::Licenses => "CFLicenses",
            Definitions::Concepts => "CFConcepts",
            Definitions::Subjects => "CFSubjects",
            Definitions::Rubrics => "CFRubrics",
            Definitions::AssociationGroupings => "CFAssociationGroupings",
        }
    }

    /// Whether the binding answers with a list of one and all below it rather than with the object.
    fn is_set(self) -> bool {
        matches!(self, Definitions::ItemTypes | Definitions::Concepts | Definitions::Subjects)
    }
}

impl Office {
    /// All CFDocuments, of each framework its newest version, ordered by identifier.
    pub async fn case_documents(&self) -> Result<Vec<Value>, Trouble> {
        let mut newest: HashMap<String, Value> = HashMap::new();
        for stored in self.desk.store.list_served_frameworks().await? {
            let framework = framework(&stored)?;
            newest.insert(case::document_id(&framework), self.case_document_of(&stored, &framework));
        }
        let mut all: Vec<(String, Value)> = newest.into_iter().collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(all.into_iter().map(|(_, document)| document).collect())
    }

    /// One CFDocument.
    pub async fn case_document(&self, id: &str) -> Result<Option<Value>, Trouble> {
        let found = self.served_framework(id).await?;
        Ok(found.map(|(stored, framework)| self.case_document_of(&stored, &framework)))
    }

    /// One CFPackage.
    pub async fn case_package(&self, id: &str) -> Result<Option<Value>, Trouble> {
        let Some((stored, _)) = self.served_framework(id).await? else { return Ok(None) };
        let whole = self.all_of(&stored).await?;
        Ok(Some(case::write(&whole, &changed(&stored))))
    }

    /// One CFItem.
    pub async fn case_item(&self, id: &str) -> Result<Option<Value>, Trouble> {
        let Some((stored, found)) = self.served_item(id).await? else { return Ok(None) };
        Ok(Some(self.case_item_of(&stored, found)?))
    }

    /// A CFItem with all CFAssociations that begin or end at it.
    pub async fn case_item_associations(&self, id: &str) -> Result<Option<Value>, Trouble> {
        let Some((stored, found)) = self.served_item(id).await? else { return Ok(None) };
        let mut all = Vec::new();
        for one in self.desk.store.list_associations_of(&stored.id, &found.uri).await? {
            all.push(self.case_association_of(&stored, association(one)).await?);
        }
        Ok(Some(json!({"CFItem": self.case_item_of(&stored, found)?, "CFAssociations": all})))
    }

    /// One CFAssociation.
    pub async fn case_association(&self, id: &str) -> Result<Option<Value>, Trouble> {
        let id = id.to_ascii_lowercase();
        let Some(one) = self.desk.store.list_served_associations(&id).await?.into_iter().next() else {
            return Ok(None);
        };
        let Some(stored) = self.desk.store.find_framework(&one.framework_id).await? else { return Ok(None) };
        Ok(Some(self.case_association_of(&stored, association(one)).await?))
    }

    /// One thing of the CFDefinitions or one rubric, of whichever framework has it.
    pub async fn case_definition(&self, of: Definitions, id: &str) -> Result<Option<Value>, Trouble> {
        let id = uuid_of(id);
        for stored in self.desk.store.list_served_frameworks().await?.into_iter().rev() {
            let framework = framework(&stored)?;
            let list = match of {
                Definitions::Rubrics => framework.about.get("package:CFRubrics").cloned().unwrap_or_default(),
                _ => self.case_definitions(&stored, framework).await?.get(of.word()).cloned().unwrap_or_default(),
            };
            let all = list.as_array().map(Vec::as_slice).unwrap_or_default();
            let Some(found) = all.iter().find(|one| one["identifier"].as_str().is_some_and(|own| uuid_of(own) == id))
            else {
                continue;
            };
            return Ok(Some(if of.is_set() { json!({ of.word(): below(all, found) }) } else { found.clone() }));
        }
        Ok(None)
    }

    async fn case_definitions(&self, stored: &StoredFramework, framework: Framework) -> Result<Value, Trouble> {
        let own = framework.about.contains_key("package:CFDefinitions") || stored.kind == "case";
        if own {
            let none = Whole { framework, items: Vec::new(), associations: Vec::new() };
            return Ok(case::definitions(&none, &changed(stored)));
        }
        Ok(case::definitions(&self.all_of(stored).await?, &changed(stored)))
    }

    async fn served_framework(&self, id: &str) -> Result<Option<(StoredFramework, Framework)>, Trouble> {
        let id = id.to_ascii_lowercase();
        for stored in self.desk.store.list_served_frameworks().await?.into_iter().rev() {
            let framework = framework(&stored)?;
            if case::document_id(&framework) == id {
                return Ok(Some((stored, framework)));
            }
        }
        Ok(None)
    }

    async fn served_item(&self, id: &str) -> Result<Option<(StoredFramework, StoredItem)>, Trouble> {
        let id = id.to_ascii_lowercase();
        let Some(item) = self.desk.store.list_served_items(&id).await?.into_iter().next() else { return Ok(None) };
        Ok(self.desk.store.find_framework(&item.framework_id).await?.map(|stored| (stored, item)))
    }

    fn case_link(&self, place: &str, title: &str, identifier: &str) -> Value {
        let uri = format!("{}/ims/case/v1p1/{place}/{identifier}", self.base_url);
        json!({"title": title, "identifier": identifier, "uri": uri})
    }

    /// A CFDocument that stands alone names its package.
    fn case_document_of(&self, stored: &StoredFramework, framework: &Framework) -> Value {
        let mut document = case::write_document(framework, &changed(stored));
        document["CFPackageURI"] = self.case_link("CFPackages", &framework.title, &case::document_id(framework));
        document
    }

    /// A CFItem that stands alone names its document.
    fn case_item_of(&self, stored: &StoredFramework, found: StoredItem) -> Result<Value, Trouble> {
        let framework = framework(stored)?;
        let mut value = case::write_item(&framework, &item(found), &changed(stored));
        value["CFDocumentURI"] = self.case_link("CFDocuments", &framework.title, &case::document_id(&framework));
        Ok(value)
    }

    async fn case_association_of(
        &self,
        stored: &StoredFramework,
        one: cairn_domain::framework::Association,
    ) -> Result<Value, Trouble> {
        let framework = framework(stored)?;
        let mut named: HashMap<&str, (String, String)> = HashMap::new();
        for uri in [one.origin.as_str(), one.destination.as_str()] {
            let found = self.desk.store.list_items_by_uri(uri).await?;
            if let Some(item) = found.into_iter().find(|item| item.framework_id == stored.id) {
                named.insert(uri, (item.id, item.statement.chars().take(120).collect()));
            }
        }
        named.insert(&framework.uri, (case::document_id(&framework), framework.title.clone()));
        let mut value = case::write_association(&one, &named, &changed(stored));
        value["CFDocumentURI"] = self.case_link("CFDocuments", &framework.title, &case::document_id(&framework));
        Ok(value)
    }
}

fn changed(stored: &StoredFramework) -> String {
    stored.created.to_string()
}

/// What was asked for and all whose hierarchy code begins with its own.
fn below(all: &[Value], found: &Value) -> Vec<Value> {
    let code = found["hierarchyCode"].as_str().map(|code| format!("{code}.")).unwrap_or_default();
    let is_below =
        |one: &&Value| !code.is_empty() && one["hierarchyCode"].as_str().is_some_and(|c| c.starts_with(&code));
    std::iter::once(found).chain(all.iter().filter(is_below)).cloned().collect()
}

/// The fields that CFDocuments may be cut down to; everything else of `fields` is passed over.
pub fn only_fields(document: Value, fields: &[&str]) -> Value {
    match document {
        Value::Object(members) if !fields.is_empty() => {
            let kept: Map<String, Value> =
                members.into_iter().filter(|(name, _)| fields.contains(&name.as_str())).collect();
            Value::Object(kept)
        }
        other => other,
    }
}
