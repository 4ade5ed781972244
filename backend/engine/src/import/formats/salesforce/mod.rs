//! Salesforce's exports: of the data export service, the data loader or a report.

mod campaign_members;
mod opportunities;
mod parties;
mod status_words;
mod statuses;

pub use campaign_members::CAMPAIGN_MEMBERS;
pub use opportunities::OPPORTUNITIES;
pub use parties::{ACCOUNTS, CONTACTS, LEADS};

use crate::import::format::Field;
use crate::import::row::Row;

const DELETED: Field = Field::new("deleted", &["IsDeleted", "Deleted"]);

fn is_deleted(row: &mut Row<'_>) -> bool {
    row.flag("deleted") == Some(true)
}

/// An id in its long form. The short form leaves out three characters that say which of the others are capital
/// letters, so both mean the same record.
fn salesforce_id(row: &mut Row<'_>, field: &str) -> Option<String> {
    let text = row.text(field)?;
    if is_of_nothing(text) {
        if matches!(field, "id" | "campaign") {
            row.problem(field, "it is the id that Salesforce writes for nothing");
        }
        return None;
    }
    match long_id(text) {
        Ok(id) => Some(id),
        Err(reason) => {
            row.problem(field, reason);
            None
        }
    }
}

/// Whether an id is the one that the data loader writes into empty cells: `000000000000000AAA`.
fn is_of_nothing(text: &str) -> bool {
    text.len() >= 15 && text.strip_suffix("AAA").unwrap_or(text).bytes().all(|byte| byte == b'0')
}

fn long_id(text: &str) -> Result<String, String> {
    let shown: String = text.chars().take(40).collect();
    if !matches!(text.len(), 15 | 18) || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(format!("`{shown}` is not a Salesforce id: those have 15 or 18 letters and digits"));
    }
    let (short, suffix) = text.split_at(15);
    let mut id = short.to_owned();
    for part in short.as_bytes().chunks(5) {
        let capitals = part.iter().enumerate().filter(|(_, byte)| byte.is_ascii_uppercase());
        let number = capitals.fold(0_u8, |number, (index, _)| number | 1 << index);
        id.push(char::from(if number < 26 { b'A' + number } else { b'0' + number - 26 }));
    }
    if !suffix.is_empty() && !id[15..].eq_ignore_ascii_case(suffix) {
        return Err(format!("`{shown}` is not as Salesforce wrote it: capital letters were changed on the way"));
    }
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_ids_are_the_same() {
        let long = "001A0000006Vm9uIAC";
        assert_eq!(long_id("001A0000006Vm9u"), Ok(long.to_owned()));
        assert_eq!(long_id(long), Ok(long.to_owned()));
        assert_eq!(long_id("001A0000006Vm9uiac"), Ok(long.to_owned()));
        assert!(long_id("001a0000006vm9uIAC").unwrap_err().contains("capital letters were changed"));
        assert!(long_id("Acme").unwrap_err().contains("not a Salesforce id"));
    }
}
