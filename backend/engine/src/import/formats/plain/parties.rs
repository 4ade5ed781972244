use valuemap_shared::activities::{IdentityLink, LinkMethod, Party, PartyKind, PartyRef, Record, Reference};

use crate::import::format::FormatOption;
use crate::import::formats::plain::{
    ACCOUNT, ACCOUNT_SOURCE, Attribute, EMAIL, Field, Format, FormatSettings, Row, RowContent, SOURCE, SOURCE_FIELD,
    linked,
};

pub const ACCOUNTS: Format = Format {
    name: "accounts",
    about: "Customer organisations",
    source: SOURCE,
    fields: &[
        Field::new("key", &["key", "account"]),
        Field::new("name", &["name"]).says(Attribute::Name),
        Field::new("since", &["since", "customer since"])
            .says(Attribute::Since)
            .if_missing("No column is `since`: accounts that are new come in as prospects, not as customers"),
        Field::new("until", &["until", "customer until"]).says(Attribute::Until),
        Field::new("audience", &["audience"]).says(Attribute::Audience),
        SOURCE_FIELD,
    ],
    required: &[&["key"]],
    options: &[FormatOption::Source],
    is_plain: true,
    read: |row, _| {
        let record = party(row, PartyKind::Account);
        RowContent::of(Record::Party(record?))
    },
};

pub const MEMBERS: Format = Format {
    name: "members",
    about: "People in the community, and the accounts that they belong to",
    source: SOURCE,
    fields: &[
        Field::new("key", &["key", "member"]),
        Field::new("name", &["name"]).says(Attribute::Name),
        Field::new("is_staff", &["is staff", "staff"]).says(Attribute::IsStaff),
        Field::new("since", &["since", "joined"]).says(Attribute::Since),
        Field::new("until", &["until", "left"]).says(Attribute::Until),
        Field::new("audience", &["audience"]).says(Attribute::Audience),
        EMAIL,
        ACCOUNT,
        ACCOUNT_SOURCE,
        SOURCE_FIELD,
    ],
    required: &[&["key"]],
    options: &[FormatOption::Source],
    is_plain: true,
    read: member,
};

pub const LINKS: Format = Format {
    name: "links",
    about: "Which members and accounts belong together",
    source: SOURCE,
    fields: &[
        Field::new("from", &["from"]),
        Field::new("from_kind", &["from kind"]),
        Field::new("from_source", &["from source"]),
        Field::new("to", &["to"]),
        Field::new("to_kind", &["to kind"]),
        Field::new("to_source", &["to source"]),
        Field::new("method", &["method"]).says(Attribute::Method),
        Field::number("confidence", &["confidence"]).says(Attribute::Confidence),
        Field::new("valid_from", &["valid from"]),
        Field::new("valid_until", &["valid until"]).says(Attribute::ValidUntil),
    ],
    required: &[&["from"], &["from_kind"], &["to"], &["to_kind"]],
    options: &[FormatOption::Source],
    is_plain: true,
    read: link,
};

fn party(row: &mut Row<'_>, kind: PartyKind) -> Option<Party> {
    let reference = row.own_reference("key");
    let is_staff = row.flag("is_staff").unwrap_or(false);
    let (since, until) = (row.day("since"), row.day("until"));
    let (name, audience, email) = (row.owned("name"), row.named("audience"), row.owned("email"));
    Some(Party { party: PartyRef { kind, reference: reference? }, name, is_staff, since, until, audience, email })
}

fn member(row: &mut Row<'_>, _: &FormatSettings) -> Option<RowContent> {
    let member = party(row, PartyKind::Member)?;
    let accounts = row.parties(PartyKind::Account, "account", "account_source").into_iter();
    let links: Vec<Record> =
        accounts.map(|account| linked(member.party.clone(), account, LinkMethod::Import)).collect();
    let records = std::iter::once(Record::Party(member)).chain(links).collect();
    Some(RowContent { records, ..RowContent::default() })
}

fn link(row: &mut Row<'_>, _: &FormatSettings) -> Option<RowContent> {
    let end = |row: &mut Row<'_>, kind_field: &str, field: &str, source_field: &str| {
        let kind: Option<PartyKind> = row.required_named(kind_field);
        row.own_text(field);
        let reference: Option<Reference> = row.reference(field, source_field);
        Some(PartyRef { kind: kind?, reference: reference? })
    };
    let from = end(row, "from_kind", "from", "from_source");
    let to = end(row, "to_kind", "to", "to_source");
    let method = row.named("method").unwrap_or(LinkMethod::Import);
    let confidence = row.float("confidence").unwrap_or(1.0);
    let (valid_from, valid_until) = (row.day("valid_from"), row.day("valid_until"));
    RowContent::of(Record::Link(IdentityLink { from: from?, to: to?, method, confidence, valid_from, valid_until }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::testing::check;

    #[test]
    fn a_member_brings_the_link_to_the_account() {
        let link = "link member forum/1 to account crm/42 by import";
        let header = "key,name,source,account,account_source";
        check(&MEMBERS, header, "1,Nina,forum,42,crm", &[], &["member forum/1 `Nina`", link]);
        check(&LINKS, "from_kind,from,from_source,to_kind,to,to_source", "member,1,forum,account,42,crm", &[], &[link]);
    }

    /// As CRMs export contacts that work at several companies.
    #[test]
    fn a_member_may_belong_to_several_accounts() {
        check(
            &MEMBERS,
            "key,account",
            "12,771;772; ",
            &[],
            &[
                "member csv/12",
                "link member csv/12 to account csv/771 by import",
                "link member csv/12 to account csv/772 by import",
            ],
        );
    }

    #[test]
    fn kinds_and_flags_that_are_not_known_are_refused() {
        let header = "from_kind,from,to_kind,to,confidence";
        check(
            &LINKS,
            header,
            "person,1,,42,often",
            &[],
            &[
                "from_kind: `person` is not a kind of party; write one of member, account; or say what it means with --value \
                 \"from_kind:person=...\"",
                "to_kind: it must not be empty",
                "confidence: `often` is not a number like 1234.50",
            ],
        );
        check(
            &MEMBERS,
            "key,staff",
            ",perhaps",
            &[],
            &[
                "key: it must not be empty",
                "staff: `perhaps` is neither true nor false; say what it means with --value \"is_staff:perhaps=yes\"",
            ],
        );
    }
}
