//! Our own formats, for what comes from anywhere else. A field is named as its column is.

mod activities;
mod outcomes;
mod parties;

pub use activities::{ACTIVITIES, ACTIVITY_TYPES, COSTS, TOUCHPOINTS};
pub use outcomes::{CASES, CONTRIBUTIONS, OBSERVATIONS, OUTCOMES};
pub use parties::{ACCOUNTS, LINKS, MEMBERS};

use valuemap_shared::activities::{IdentityLink, LinkMethod, PartyKind, PartyRef, Record, Reference, Role, address_of};

use crate::activities::unsaid::Attribute;
use crate::import::content::RowContent;
use crate::import::format::{Field, Format};
use crate::import::row::Row;
use crate::import::settings::FormatSettings;

/// Where records come from whose file does not say.
const SOURCE: &str = "csv";

const SOURCE_FIELD: Field = Field::new("source", &["source"]);
const MEMBER: Field = Field::new("member", &["member", "member key"]).says(Attribute::Party);
const MEMBER_SOURCE: Field = Field::new("member_source", &["member source"]);
const ACCOUNT: Field = Field::new("account", &["account", "account key"]).says(Attribute::Party);
const EMAIL: Field = Field::new("email", &["email", "e-mail", "email address"]);
const ACCOUNT_SOURCE: Field = Field::new("account_source", &["account source"]);

/// Whom a row is about, and what it says of them beside.
struct Whom {
    party: Option<PartyRef>,
    /// The link to the address that is in the same row.
    link: Option<Record>,
}

/// The member or the account that a row is about. An address beside a member's key is theirs, and without one it is the
/// member.
fn whom(row: &mut Row<'_>) -> Whom {
    let member = row.party(PartyKind::Member, "member", "member_source");
    let account = row.party(PartyKind::Account, "account", "account_source");
    if member.is_some() && account.is_some() {
        row.problem("member", "name the member or the account, not both");
    }
    let address = row.address("email").map(|address| PartyRef::with_address(&address));
    if address.is_none() && row.text("email").is_some() {
        row.problem("email", "it is not an e-mail address");
    }
    let by_key = member.clone().filter(|member| address_of(&member.reference.key).is_none());
    let link = by_key.zip(address.clone()).map(|(member, address)| linked(member, address, LinkMethod::EmailMatch));
    Whom { party: member.or(account).or(address), link }
}

/// Whom a row is known by.
fn required_whom(row: &mut Row<'_>) -> Whom {
    let whom = whom(row);
    let is_named = ["member", "account", "email"].iter().any(|field| row.text(field).is_some());
    if !is_named {
        row.problem("member", "name the member or the account");
        row.missing_key = Some(row.problems.len() - 1);
    }
    whom
}

/// What a touchpoint without a key is known by: there is one of each activity, party and role.
pub fn touch_key(activity: &Reference, party: &PartyRef, role: Role) -> String {
    format!("{}/{}/{}/{role}", activity.key, party.kind, party.reference.key)
}

/// That two parties belong together, as a row says.
fn linked(from: PartyRef, to: PartyRef, method: LinkMethod) -> Record {
    Record::Link(IdentityLink { from, to, method, confidence: 1.0, valid_from: None, valid_until: None })
}
