//! The audit: read by those who answer for an organisation, and taken along as a file.

use std::fmt::Write;

use cairn_domain::access::Act;
pub use cairn_store::AuditEntry;
use cairn_store::AuditFilter;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::Office;
use crate::access::Actor;
use crate::refusal::{Refusal, Trouble};

/// Most entries of one export.
const MOST: usize = 200_000;
/// Entries read at a time.
const AT_A_TIME: u32 = 1_000;

/// Which entries are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked(AuditFilter);

impl Asked {
    /// From what was typed: an act or its family (`key`), an object's id, a day in UTC; empty for any.
    pub fn read(act: &str, object: &str, day: &str) -> Result<Asked, Refusal> {
        let some = |text: &str| Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned);
        let mut filter = AuditFilter { act: some(act), object_id: some(object), ..AuditFilter::default() };
        if let Some(day) = some(day) {
            let bad = || Refusal::new("bad-day", "Give the day as year, month and day, such as 2026-11-23.");
            let day: Date = day.parse().map_err(|_| bad())?;
            let start = |day: Date| day.to_zoned(TimeZone::UTC).map(|start| start.timestamp()).map_err(|_| bad());
            filter.since = Some(start(day)?);
            filter.before = Some(start(day.checked_add(1.day()).map_err(|_| bad())?)?);
        }
        Ok(Asked(filter))
    }
}

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Comma-separated (RFC 4180).
    Csv,
    /// One JSON object a line.
    JsonLines,
}

impl Office {
    /// Entries of an organisation's audit, newest first: those before the entry `after` when one is given.
    pub async fn audit(
        &self,
        actor: &Actor,
        org_id: &str,
        asked: &Asked,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, Trouble> {
        actor.require(org_id, Act::Audit)?;
        Ok(self.desk.store.list_audit_where(org_id, &asked.0, after, limit).await?)
    }

    /// The acts that stand in an organisation's audit.
    pub async fn audit_acts(&self, actor: &Actor, org_id: &str) -> Result<Vec<String>, Trouble> {
        actor.require(org_id, Act::Audit)?;
        Ok(self.desk.store.list_audit_acts(org_id).await?)
    }

    /// Who acted, for those who may read the audit: a person's name, a token's label.
    pub async fn actor_name(&self, kind: &str, org_id: &str, id: &str) -> Result<String, Trouble> {
        if kind == "token" {
            let found = self.desk.store.list_api_tokens(org_id).await?.into_iter().find(|token| token.id == id);
            return Ok(found.map_or_else(|| "an API token".into(), |token| format!("API token “{}”", token.label)));
        }
        let name = self.desk.store.find_person(id).await?.filter(|person| person.left.is_none());
        let name = name.map(|person| person.name).filter(|name| !name.is_empty());
        Ok(name.unwrap_or_else(|| "somebody who has left".into()))
    }

    /// The whole audit of an organisation as a file, newest first.
    pub async fn export_audit(&self, actor: &Actor, org_id: &str, form: Form) -> Result<String, Trouble> {
        actor.require(org_id, Act::Audit)?;
        let mut text = match form {
            Form::Csv => "id,at,actor_kind,actor_id,act,object_kind,object_id,detail\r\n".to_owned(),
            Form::JsonLines => String::new(),
        };
        let mut after: Option<String> = None;
        let mut count = 0;
        while count < MOST {
            let some = self.desk.store.list_audit(org_id, after.as_deref(), AT_A_TIME).await?;
            count += some.len();
            let Some(last) = some.last() else { break };
            after = Some(last.id.clone());
            some.iter().for_each(|entry| write_entry(&mut text, entry, form));
        }
        Ok(text)
    }
}

fn write_entry(text: &mut String, entry: &AuditEntry, form: Form) {
    match form {
        Form::Csv => {
            let at = entry.at.to_string();
            let fields: [&str; 8] = [
                &entry.id,
                &at,
                &entry.actor_kind,
                entry.actor_id.as_deref().unwrap_or_default(),
                &entry.act,
                &entry.object_kind,
                &entry.object_id,
                entry.detail.as_deref().unwrap_or_default(),
            ];
            let line: Vec<String> = fields.iter().map(|field| csv_field(field)).collect();
            text.push_str(&line.join(","));
            text.push_str("\r\n");
        }
        Form::JsonLines => {
            // writing to a text cannot fail
            let _ = writeln!(text, "{}", shown(entry));
        }
    }
}

/// An entry as JSON.
pub fn shown(entry: &AuditEntry) -> Value {
    let detail = entry.detail.as_deref().and_then(|detail| serde_json::from_str::<Value>(detail).ok());
    json!({
        "id": entry.id,
        "at": entry.at.to_string(),
        "actorKind": entry.actor_kind,
        "actorId": entry.actor_id,
        "act": entry.act,
        "objectKind": entry.object_kind,
        "objectId": entry.object_id,
        "detail": detail,
    })
}

/// A field of a CSV file (RFC 4180); one that a spreadsheet would take for a formula gets an apostrophe before it.
fn csv_field(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}
