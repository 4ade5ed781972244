//! HubSpot's exports of contacts and of companies.

use valuemap_shared::activities::{PartyKind, PartyRef};

use crate::activities::unsaid::Attribute;
use crate::import::columns::normalised;
use crate::import::content::RowContent;
use crate::import::format::{Field, Format, FormatOption};
use crate::import::formats::parties::{company, customer_since, person};
use crate::import::row::Row;

pub const CONTACTS: Format = Format {
    name: "hubspot-contacts",
    about: "Contacts exported from HubSpot: members, and the companies that they belong to",
    source: "hubspot",
    fields: &[
        Field::new("id", &["Record ID", "Record ID - Contact", "Contact ID", "hs_object_id"]),
        Field::new("first_name", &["First Name"]).says(Attribute::Name),
        Field::new("last_name", &["Last Name"]).says(Attribute::Name),
        Field::new("email", &["Email", "Email Address"]).if_missing(
            "No column is `Email`: contacts are not joined with what other systems know by an address",
        ),
        Field::new(
            "account",
            &[
                "Associated Company IDs",
                "Associated Company ID",
                "Associated Companies IDs",
                "Associated Company IDs (Primary)",
                "Primary Associated Company ID",
            ],
        )
        .if_missing(
            "No column is `Associated Company IDs`: contacts are linked to no company, and no activity can be credited with \
             what it buys",
        ),
        Field::new("company", &["Associated Company", "Associated Company (Primary)", "Company Name"]),
        Field::new("stage", &["Lifecycle Stage"]),
    ],
    required: &[&["id"], &["email", "first_name", "last_name"]],
    options: &[FormatOption::Source],
    is_plain: false,
    read: |row, _| contact(row),
};

pub const COMPANIES: Format = Format {
    name: "hubspot-companies",
    about: "Companies exported from HubSpot: accounts, and since when they are customers",
    source: "hubspot",
    fields: &[
        Field::new("id", &["Record ID", "Record ID - Company", "Company ID", "hs_object_id"]),
        Field::new("name", &["Company name", "Name"]).says(Attribute::Name),
        Field::new("stage", &["Lifecycle Stage"]),
        Field::new(
            "since",
            &["Became a Customer Date", "Date entered Customer (Lifecycle Stage Pipeline)", "Close Date"],
        )
        .if_missing(
            "No column is `Became a Customer Date`: companies that are new come in as prospects, not as customers",
        ),
    ],
    required: &[&["id"], &["name"]],
    options: &[FormatOption::Source],
    is_plain: false,
    read: |row, _| {
        let reference = row.own_reference("id");
        let since = customer_since(row, "stage");
        RowContent::of(company(row, PartyRef { kind: PartyKind::Account, reference: reference? }, since))
    },
};

fn contact(row: &mut Row<'_>) -> Option<RowContent> {
    let reference = row.own_reference("id");
    let accounts = row.parties(PartyKind::Account, "account", "source");
    if accounts.is_empty() && row.text("company").is_some() {
        row.note("Contacts whose company has a name and no id, and who are linked to none");
    } else if accounts.is_empty() && row.text("stage").map(normalised).as_deref() == Some("customer") {
        row.note("Contacts who are customers by their stage and belong to no company: only what they buy says so");
    }
    let member = PartyRef { kind: PartyKind::Member, reference: reference? };
    Some(RowContent { records: person(row, member, accounts), ..RowContent::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::testing::{check, check_notes};

    #[test]
    fn contacts_are_members_of_their_companies() {
        let header =
            "Record ID - Contact,First Name,Last Name,Email,Associated Company,Associated Company IDs,Create Date";
        let link = |company: &str| format!("link member hubspot/51 to account hubspot/{company} by import");
        let kim = "member hubspot/51 `Kim Example` with an address";
        check(
            &CONTACTS,
            header,
            "51,Kim,Example,Kim@one.example,One GmbH,771;772,2025-03-02 11:00",
            &[],
            &[kim, &link("771"), &link("772")],
        );
        check(&CONTACTS, header, "52,,Muster,,,,", &[], &["member hubspot/52 `Muster`"]);
        check(&CONTACTS, header, ",Kim,,kim@one.example,,,", &[], &["Record ID - Contact: it must not be empty"]);
    }

    #[test]
    fn what_is_known_of_a_contact_by_half_is_counted() {
        let header = "Record ID,Email,Associated Company,Associated Company IDs,Lifecycle Stage";
        let notes = |row: &str, expected: &[&str]| check_notes(&CONTACTS, header, row, expected);
        notes("1,kim@one.example,One GmbH,771,Customer", &[]);
        notes(
            "1,by phone,,771,",
            &["People whose e-mail address cannot be read as one, and who are known by their id alone"],
        );
        notes("1,,One GmbH,,", &["Contacts whose company has a name and no id, and who are linked to none"]);
        notes(
            "1,,,,customer",
            &["Contacts who are customers by their stage and belong to no company: only what they buy says so"],
        );
    }

    #[test]
    fn a_company_is_a_customer_since_the_day_that_says_so() {
        let header = "Record ID,Company name,Lifecycle Stage,Create Date,Became a Customer Date";
        let company = |cells: &str, expected: &str, notes: &[&str]| {
            let row = format!("771,One GmbH,{cells}");
            check(&COMPANIES, header, &row, &[], &[&format!("account hubspot/771 `One GmbH`{expected}")]);
            check_notes(&COMPANIES, header, &row, notes);
        };
        company("Customer,2025-02-01 09:00,2025-03-01 10:00", " since 2025-03-01", &[]);
        company("Evangelist,,2025-03-01 10:00", " since 2025-03-01", &[]);
        company(",,2025-03-01", " since 2025-03-01", &[]);
        company("Lead,2025-02-01 09:00,", "", &[]);
        let unknown = "Accounts that are `customer`, and no day says since when: what is known of them stays, and new ones \
                       come in as prospects";
        company("customer,2025-02-01 09:00,", "", &[unknown]);
        let former = "Accounts that are `Former customer`, of which it is not certain that they are customers: the day on \
                      which they became one is left out, unless --value \"stage:Former customer=customer\" says that they \
                      are";
        company("Former customer,,2025-03-01", "", &[former]);
    }
}
