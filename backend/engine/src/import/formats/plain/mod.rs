//! Our own formats, for what comes from anywhere else. A field is named as its column is.

mod activities;
mod outcomes;
mod parties;

pub use activities::{ACTIVITIES, ACTIVITY_TYPES, COSTS, TOUCHPOINTS};
pub use outcomes::{CASES, CONTRIBUTIONS, OBSERVATIONS, OUTCOMES};
pub use parties::{ACCOUNTS, LINKS, MEMBERS};

use valuemap_shared::activities::{PartyKind, PartyRef};

use crate::import::content::RowContent;
use crate::import::format::{Field, Format};
use crate::import::row::Row;
use crate::import::settings::FormatSettings;

/// Where records come from whose file does not say.
const SOURCE: &str = "csv";

const SOURCE_FIELD: Field = Field::new("source", &["source"]);
const MEMBER: Field = Field::new("member", &["member", "member key"]);
const MEMBER_SOURCE: Field = Field::new("member_source", &["member source"]);
const ACCOUNT: Field = Field::new("account", &["account", "account key"]);
const ACCOUNT_SOURCE: Field = Field::new("account_source", &["account source"]);

/// The member or the account that a row is about.
fn party(row: &mut Row<'_>) -> Option<PartyRef> {
    let member = row.party(PartyKind::Member, "member", "member_source");
    let account = row.party(PartyKind::Account, "account", "account_source");
    if member.is_some() && account.is_some() {
        row.problem("member", "name the member or the account, not both");
    }
    member.or(account)
}

fn required_party(row: &mut Row<'_>) -> Option<PartyRef> {
    let party = party(row);
    if party.is_none() {
        row.problem("member", "name the member or the account");
    }
    party
}
