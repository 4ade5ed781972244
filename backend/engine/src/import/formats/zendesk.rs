//! Zendesk's export of tickets. What they say stays there: subjects are not read.

use valuemap_shared::activities::{IdentityLink, LinkMethod, PartyKind, PartyRef, Record, RecordKind, SupportCase};

use crate::activities::unsaid::Attribute;
use crate::import::columns::normalised;
use crate::import::content::RowContent;
use crate::import::format::{Field, Format, FormatOption};
use crate::import::row::Row;
use crate::import::settings::FormatSettings;

pub const TICKETS: Format = Format {
    name: "zendesk-tickets",
    about: "Tickets exported from Zendesk: they become support cases",
    source: "zendesk",
    fields: &[
        Field::new("id", &["Id", "Ticket ID"]),
        Field::new("requester", &["Requester id", "Requester ID"]).says(Attribute::Party),
        Field::new("requester_email", &["Requester email", "Requester e-mail"]).says(Attribute::Party),
        Field::new("organization_id", &["Organization id", "Ticket organization ID"]).says(Attribute::Party),
        Field::new("organization", &["Organization", "Organization name", "Ticket organization name"])
            .says(Attribute::Party),
        Field::new("opened", &["Created at", "Ticket created - Timestamp", "Ticket created - Date"]),
        Field::new("solved", &["Solved at", "Ticket solved - Timestamp", "Ticket solved - Date"])
            .says(Attribute::SolvedAt),
        Field::new("status", &["Status", "Ticket status"]),
        Field::new("channel", &["Via", "Channel", "Ticket channel"]).says(Attribute::Channel),
        Field::new("tags", &["Tags", "Ticket tags"]).if_missing(
            "No column is `Tags`: tickets that were merged into others cannot be told, and count beside them",
        ),
    ],
    required: &[
        &["id"],
        &["opened"],
        &["status"],
        &["requester", "requester_email", "organization_id", "organization"],
    ],
    options: &[FormatOption::Source],
    is_plain: false,
    read: ticket,
};

fn ticket(row: &mut Row<'_>, _: &FormatSettings) -> Option<RowContent> {
    let reference = row.own_reference("id");
    let said = row.required("status")?;
    let status = normalised(said);
    if GONE.contains(&status.as_str()) {
        let skipped = Some(format!("the ticket is {status}"));
        return Some(RowContent { withdrawn: Some((RecordKind::Case, reference?)), skipped, ..RowContent::default() });
    }
    if !AT_WORK.contains(&status.as_str()) && !DONE.contains(&status.as_str()) {
        let shown: String = said.chars().take(60).collect();
        row.note(format!("Tickets of the status `{shown}`, which is not known and counts as a case"));
    }
    let opened_at = row.required_time("opened");
    // A ticket that was opened again may still say when it was solved.
    let solved_at = row.time("solved").filter(|_| !AT_WORK.contains(&status.as_str()));
    let party = |row: &mut Row<'_>, kind, field| row.party(kind, field, "source");
    let (requester, addressed) =
        (party(row, PartyKind::Member, "requester"), party(row, PartyKind::Member, "requester_email"));
    let same = requester
        .as_ref()
        .zip(row.address("requester_email"))
        .map(|(requester, address)| linked(requester, &PartyRef::with_address(&address), LinkMethod::EmailMatch));
    let member = requester.or(addressed);
    let account = party(row, PartyKind::Account, "organization_id");
    let account = account.or_else(|| row.party_of_name(PartyKind::Account, "organization", "source"));
    if member.is_none() && account.is_none() && row.problems.is_empty() {
        row.note("Tickets without a requester and an organisation, which count and are of nobody");
    }
    // A ticket that was merged into another is none for good, whichever export of it comes later.
    let withdrawn = is_merged(row.text("tags").unwrap_or_default());
    if withdrawn {
        row.note("Tickets that were merged into others, which stay on record and do not count");
    }
    let mut records = Vec::with_capacity(3);
    records.extend(same);
    if let (Some(member), Some(account)) = (&member, &account) {
        records.push(linked(member, account, LinkMethod::Import));
    }
    records.push(Record::Case(SupportCase {
        reference: reference?,
        party: member.or(account),
        opened_at: opened_at?,
        solved_at,
        channel: row.title("channel"),
        withdrawn,
    }));
    Some(RowContent { records, ..RowContent::default() })
}

/// Tickets that are none, unless they are restored.
const GONE: [&str; 3] = ["deleted", "spam", "suspended"];
const AT_WORK: [&str; 5] = ["new", "open", "pending", "hold", "onhold"];
const DONE: [&str; 3] = ["solved", "closed", "archived"];

/// Whether a ticket has the tag that Zendesk gives to those that it merges into others.
fn is_merged(tags: &str) -> bool {
    tags.split([' ', ',', ';']).any(|tag| tag.trim_matches(['"', '[', ']']) == "closed_by_merge")
}

fn linked(from: &PartyRef, to: &PartyRef, method: LinkMethod) -> Record {
    Record::Link(IdentityLink {
        from: from.clone(),
        to: to.clone(),
        method,
        confidence: 1.0,
        valid_from: None,
        valid_until: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::testing::check;

    const HEADER: &str = "Id,Requester id,Requester email,Organization,Created at,Solved at,Status,Via,Subject";

    #[test]
    fn tickets_are_cases_of_their_requester() {
        let row =
            "4711,38,nina@example.com,Acme,2026-05-30 09:15:00 +0200,2026-05-31 10:00:00 +0200,Solved,Web form,Help";
        check(
            &TICKETS,
            HEADER,
            row,
            &[],
            &[
                "link member zendesk/38 to member email/nina@example.com by email_match",
                "link member zendesk/38 to account zendesk/Acme by import",
                "case zendesk/4711 of member zendesk/38 from 2026-05-30T07:15:00Z to 2026-05-31T08:00:00Z by Web form",
            ],
        );
        let row = "4711,,,Acme,2026-05-30,2026-05-31,Open,,Help";
        let case = "case zendesk/4711 of account zendesk/Acme from 2026-05-30T00:00:00Z";
        check(&TICKETS, HEADER, row, &[], &[case]);
        let solved = format!("{case} to 2026-05-31T00:00:00Z");
        for status in ["Archived", "Shipped"] {
            let row = format!("4711,,,Acme,2026-05-30,2026-05-31,{status},,Help");
            check(&TICKETS, HEADER, &row, &[], &[&solved]);
        }
    }

    #[test]
    fn a_requester_without_id_is_known_by_their_address() {
        let row = "4711,,Nina@example.com,,2026-05-30,,New,,Help";
        let expected = "case zendesk/4711 of member zendesk/nina@example.com from 2026-05-30T00:00:00Z";
        check(&TICKETS, HEADER, row, &[], &[expected]);
    }

    #[test]
    fn merged_tickets_count_once() {
        let header = "Id,Requester id,Status,Created at,Tags";
        let merged = ["case zendesk/1 of member zendesk/5 from 2026-03-30T10:00:00Z withdrawn"];
        check(&TICKETS, header, "1,5,Closed,2026-03-30 10:00,vip closed_by_merge", &[], &merged);
        let case = ["case zendesk/1 of member zendesk/5 from 2026-03-30T10:00:00Z"];
        check(&TICKETS, header, "1,5,Closed,2026-03-30 10:00,not_closed_by_merge", &[], &case);
    }

    #[test]
    fn spam_and_deleted_tickets_are_withdrawn() {
        let gone = |status: &str| ["withdraw zendesk/4711".to_owned(), format!("skip the ticket is {status}")];
        check(&TICKETS, HEADER, "4711,1,,,,,Deleted,,", &[], &gone("deleted").each_ref().map(String::as_str));
        check(&TICKETS, HEADER, "4711,1,,,,,spam,,", &[], &gone("spam").each_ref().map(String::as_str));
        let expected = ["Created at: it must not be empty"];
        check(&TICKETS, HEADER, "4711,1,,,,,Open,,", &[], &expected);
    }

    #[test]
    fn an_organisation_is_called_whatever_it_is_called() {
        let row = "4711,,,Org; GmbH,2026-05-30,,Open,,Help";
        check(
            &TICKETS,
            HEADER,
            row,
            &[],
            &["case zendesk/4711 of account zendesk/Org; GmbH from 2026-05-30T00:00:00Z"],
        );
    }
}
