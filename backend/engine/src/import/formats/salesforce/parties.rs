//! Salesforce's accounts, contacts and leads. A lead that was converted is one person with the contact that it became.

use valuemap_shared::activities::PartyRef;

use crate::activities::unsaid::Attribute;
use crate::import::content::RowContent;
use crate::import::format::{Field, Format, FormatOption, Only};
use crate::import::formats::parties::{company, customer_since, linked, person};
use crate::import::formats::salesforce::{DELETED, is_deleted, salesforce_id};
use crate::import::row::Row;
use crate::import::settings::FormatSettings;

const FIRST_NAME: Field = Field::new("first_name", &["FirstName", "First Name"]).says(Attribute::Name);
const LAST_NAME: Field = Field::new("last_name", &["LastName", "Last Name"]).says(Attribute::Name);
const NAME: Field = Field::new("name", &["Name", "Full Name"]).says(Attribute::Name);
const EMAIL: Field = Field::new("email", &["Email"])
    .if_missing("No column is `Email`: people are not joined with what other systems know by an address");

/// Beside a campaign they are the ids of a campaign member.
const BESIDE_NO_CAMPAIGN: &[Only] = &[
    Only::Without("Id", &["CampaignId"]),
    Only::Without("Contact ID", &["CampaignId"]),
    Only::Without("Lead ID", &["CampaignId"]),
];

pub const ACCOUNTS: Format = Format {
    name: "salesforce-accounts",
    about: "Accounts exported from Salesforce, and since when they are customers",
    source: "salesforce",
    fields: &[
        Field::new("id", &["Id", "Account ID", "Account Id (18)"]),
        Field::new("name", &["Name", "Account Name"]).says(Attribute::Name),
        Field::new("type", &["Type", "Account Type"]),
        Field::new("since", &["Customer Since", "Customer_Since__c", "Customer Since Date", "Became a Customer Date"])
            .if_missing(
                "No column is `Customer Since`: accounts that are new come in as prospects, not as customers; where a column \
                 has the day under another name, say --map since=COLUMN",
            ),
        DELETED,
    ],
    required: &[&["id"], &["name"]],
    options: &[FormatOption::Source],
    is_plain: false,
    read: |row, settings| {
        let id = id_of(row, "id", ACCOUNT);
        let since = customer_since(row, "type");
        if is_deleted(row) {
            return RowContent::skipped("the account is deleted");
        }
        RowContent::of(company(row, PartyRef::account(&settings.source, &id?), since))
    },
};

pub const CONTACTS: Format = Format {
    name: "salesforce-contacts",
    about: "Contacts exported from Salesforce: members, and the accounts that they belong to",
    source: "salesforce",
    fields: &[
        Field::new("id", &["Id", "Contact ID", "Contact Id (18)"]).only(BESIDE_NO_CAMPAIGN),
        FIRST_NAME,
        LAST_NAME,
        NAME,
        EMAIL,
        Field::new("account", &["AccountId", "Account ID"]).if_missing(
            "No column is `Account ID` (a report's `Account Name` does not tell two of one name apart): contacts are linked to \
             no account, and no activity can be credited with what it buys; add the column to the report",
        ),
        DELETED,
    ],
    required: &[&["id"], &["email", "name", "first_name", "last_name"]],
    options: &[FormatOption::Source],
    is_plain: false,
    read: |row, settings| {
        let id = id_of(row, "id", CONTACT);
        let account = row.text("account").and_then(|_| id_of(row, "account", ACCOUNT));
        if is_deleted(row) {
            return RowContent::skipped("the contact is deleted");
        }
        let accounts = account.iter().map(|account| PartyRef::account(&settings.source, account)).collect();
        let records = person(row, PartyRef::member(&settings.source, &id?), accounts);
        Some(RowContent { records, ..RowContent::default() })
    },
};

pub const LEADS: Format = Format {
    name: "salesforce-leads",
    about: "Leads exported from Salesforce: members, one with the contacts that they became",
    source: "salesforce",
    fields: &[
        Field::new("id", &["Id", "Lead ID", "Lead Id (18)"]).only(BESIDE_NO_CAMPAIGN),
        FIRST_NAME,
        LAST_NAME,
        NAME,
        EMAIL,
        Field::new("status", &["Status", "Lead Status"]),
        Field::new("converted", &["IsConverted", "Converted"]),
        Field::new("contact", &["ConvertedContactId", "Converted Contact ID"]).if_missing(
            "No column is `ConvertedContactId`: a lead that was converted and its contact stay two persons, unless they have \
             the same e-mail address",
        ),
        Field::new("account", &["ConvertedAccountId", "Converted Account ID"]),
        DELETED,
    ],
    required: &[&["id"], &["email", "name", "first_name", "last_name"], &["status", "converted", "contact"]],
    options: &[FormatOption::Source],
    is_plain: false,
    read: lead,
};

fn lead(row: &mut Row<'_>, settings: &FormatSettings) -> Option<RowContent> {
    let id = id_of(row, "id", LEAD);
    let contact = row.text("contact").and_then(|_| id_of(row, "contact", CONTACT));
    let account = row.text("account").and_then(|_| id_of(row, "account", ACCOUNT));
    if is_deleted(row) {
        return RowContent::skipped("the lead is deleted");
    }
    let is_converted = row.flag("converted").unwrap_or(contact.is_some());
    if !is_converted && contact.is_some() {
        row.problem("converted", "it says that the lead was not converted, and the row names a contact that it became");
    }
    if is_converted && contact.is_none() {
        row.note("Leads that were converted into contacts that the file does not name: they stay persons of their own");
    }
    let lead = PartyRef::member(&settings.source, &id?);
    let contact = contact.map(|contact| PartyRef::member(&settings.source, &contact));
    let account = account.map(|account| PartyRef::account(&settings.source, &account));
    let mut records = person(row, lead.clone(), Vec::new());
    records.extend(contact.clone().map(|contact| linked(&lead, contact)));
    records.extend(account.map(|account| linked(contact.as_ref().unwrap_or(&lead), account)));
    Some(RowContent { records, ..RowContent::default() })
}

/// The first three characters of an id say of what it is.
type Prefix = (&'static str, &'static str);

const ACCOUNT: Prefix = ("001", "an account");
const CONTACT: Prefix = ("003", "a contact");
const LEAD: Prefix = ("00Q", "a lead");

/// The id of something of a kind; the row's own has to be there.
fn id_of(row: &mut Row<'_>, field: &str, (prefix, what): Prefix) -> Option<String> {
    if field == "id" {
        row.own_text("id");
    }
    let id = salesforce_id(row, field)?;
    if !id.starts_with(prefix) {
        row.problem(field, format!("`{id}` is not the id of {what}: those begin with {prefix}"));
        return None;
    }
    Some(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::testing::{check, check_notes};

    #[test]
    fn accounts_are_customers_by_their_type_and_a_day() {
        let header = "Id,Name,Type,Customer Since";
        let account = |cells: &str, expected: &[&str]| {
            check(&ACCOUNTS, header, &format!("001A0000006Vm9u,Acme,{cells}"), &[], expected);
        };
        account("Customer - Direct,2025-03-01", &["account salesforce/001A0000006Vm9uIAC `Acme` since 2025-03-01"]);
        account("Prospect,2025-03-01", &["account salesforce/001A0000006Vm9uIAC `Acme`"]);
        account("Customer,", &["account salesforce/001A0000006Vm9uIAC `Acme`"]);
        account("Customer,soon", &["Customer Since: `soon` is not a date like 2026-05-31 or 2026-05-31 14:20"]);
        let note = "Accounts that are `Customer`, and no day says since when: what is known of them stays, and new ones come \
                    in as prospects";
        check_notes(&ACCOUNTS, "Account ID,Account Name,Type", "001A0000006Vm9u,Acme,Customer", &[note]);
        check(
            &ACCOUNTS,
            "Id,Name",
            "701A0000001XyzA,Spring webinar",
            &[],
            &["Id: `701A0000001XyzAIAS` is not the id of an account: those begin with 001"],
        );
    }

    #[test]
    fn contacts_are_members_of_their_account() {
        let header = "Contact ID,First Name,Last Name,Email,Account ID,IsDeleted";
        let row = "003A0000001XyzA,Kim,Example,kim@one.example,001A0000006Vm9u,0";
        let expected = [
            "member salesforce/003A0000001XyzAIAS `Kim Example` with an address",
            "link member salesforce/003A0000001XyzAIAS to account salesforce/001A0000006Vm9uIAC by import",
        ];
        check(&CONTACTS, header, row, &[], &expected);
        check(&CONTACTS, header, "003A0000001XyzA,Kim,,,,true", &[], &["skip the contact is deleted"]);
    }

    #[test]
    fn a_lead_that_was_converted_is_one_with_its_contact() {
        let header = "Id,Name,Email,Status,IsConverted,ConvertedContactId,ConvertedAccountId";
        let lead = |cells: &str, expected: &[&str]| {
            check(&LEADS, header, &format!("00QA0000001XyzA,Kim,kim@one.example,{cells}"), &[], expected);
        };
        let kim = "member salesforce/00QA0000001XyzAMAS `Kim` with an address";
        lead("Working,0,,", &[kim]);
        lead(
            "Qualified,1,003A0000001XyzA,001A0000006Vm9u",
            &[
                kim,
                "link member salesforce/00QA0000001XyzAMAS to member salesforce/003A0000001XyzAIAS by import",
                "link member salesforce/003A0000001XyzAIAS to account salesforce/001A0000006Vm9uIAC by import",
            ],
        );
        lead(
            "Working,0,003A0000001XyzA,",
            &["IsConverted: it says that the lead was not converted, and the row names a contact that it became"],
        );
        let note =
            "Leads that were converted into contacts that the file does not name: they stay persons of their own";
        check_notes(&LEADS, header, "00QA0000001XyzA,Kim,,Qualified,true,,", &[note]);
    }
}
