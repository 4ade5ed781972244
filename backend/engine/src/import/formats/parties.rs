//! What the people and companies of CRMs have in common, whichever CRM they come from.

use chrono::NaiveDate;
use valuemap_shared::activities::{IdentityLink, LinkMethod, Party, PartyRef, Record};

use crate::import::columns::normalised;
use crate::import::row::Row;

/// Stages and types of companies that are customers for certain. Organisations add others of their own, of which only they
/// know what they mean.
const CUSTOMERS: [&str; 4] = ["customer", "customerdirect", "customerchannel", "evangelist"];

/// The longest name that a person is recorded with.
const LONGEST_NAME: usize = 200;

/// The day on which a company became a customer, where it is one by its stage or type, or has none. `None` leaves what is
/// known, and is noted where the row says half of it.
pub fn customer_since(row: &mut Row<'_>, stage_field: &str) -> Option<NaiveDate> {
    let since = row.day("since");
    let Some(stage) = row.text(stage_field) else { return since };
    let shown: String = stage.chars().take(60).collect();
    let is_customer = CUSTOMERS.contains(&normalised(stage).as_str());
    match (is_customer, row.text("since")) {
        (true, None) => row.note(format!(
            "Accounts that are `{shown}`, and no day says since when: what is known of them stays, and new ones come in as \
             prospects"
        )),
        (false, Some(_)) => row.note(format!(
            "Accounts that are `{shown}`, of which it is not certain that they are customers: the day on which they became \
             one is left out, unless --value \"{stage_field}:{shown}=customer\" says that they are"
        )),
        _ => {}
    }
    since.filter(|_| is_customer)
}

/// A person, of the fields `name` or `first_name` and `last_name`, and `email`, and the links to where they work.
pub fn person(row: &mut Row<'_>, member: PartyRef, accounts: Vec<PartyRef>) -> Vec<Record> {
    let parts = ["first_name", "last_name"].map(|field| row.title(field));
    let whole = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let whole = whole.chars().take(LONGEST_NAME).collect::<String>();
    let name = row.title("name").or(Some(whole).filter(|name| !name.is_empty()));
    let email = row.address("email");
    if email.is_none() && row.text("email").is_some() {
        row.note("People whose e-mail address cannot be read as one, and who are known by their id alone");
    }
    let links: Vec<Record> = accounts.into_iter().map(|account| linked(&member, account)).collect();
    let person = Party { party: member, name, is_staff: false, since: None, until: None, audience: None, email };
    std::iter::once(Record::Party(person)).chain(links).collect()
}

/// That a CRM says of two parties that they belong together, or are one.
pub fn linked(from: &PartyRef, to: PartyRef) -> Record {
    Record::Link(IdentityLink {
        from: from.clone(),
        to,
        method: LinkMethod::Import,
        confidence: 1.0,
        valid_from: None,
        valid_until: None,
    })
}

/// A company, of the field `name`.
pub fn company(row: &Row<'_>, account: PartyRef, since: Option<NaiveDate>) -> Record {
    let name = row.title("name");
    Record::Party(Party { party: account, name, is_staff: false, since, until: None, audience: None, email: None })
}
