//! HubSpot's export of deals.

use valuemap_shared::activities::{Outcome, PartyKind, Record, RecordKind};
use valuemap_shared::money::Money;

use crate::activities::unsaid::Attribute;
use crate::import::content::RowContent;
use crate::import::format::{Field, Format, FormatOption};
use crate::import::formats::deals::{is_won, kind_of, note_nothing};
use crate::import::row::Row;
use crate::import::settings::FormatSettings;

pub const DEALS: Format = Format {
    name: "hubspot-deals",
    about: "Deals exported from HubSpot: won ones become outcomes",
    source: "hubspot",
    fields: &[
        Field::new("id", &["Record ID", "Record ID - Deal", "Deal ID", "hs_object_id"]),
        Field::new("name", &["Deal Name"]).says(Attribute::Title),
        Field::new("stage", &["Deal Stage"]),
        Field::new("closed", &["Close Date"]),
        Field::new("created", &["Create Date", "Created Date"]).says(Attribute::OpportunityAt),
        Field::number("amount", &["Amount"]).says(Attribute::Money),
        Field::new("currency", &["Currency", "Deal Currency", "Deal Currency Code"]),
        Field::number("company_amount", &["Amount in company currency", "Amount in home currency"])
            .says(Attribute::Money),
        Field::new("company_currency", &["Company currency", "Home currency"]),
        Field::new("pipeline", &["Pipeline", "Deal Pipeline"]),
        Field::new("type", &["Deal Type"]),
        Field::new(
            "account",
            &[
                "Associated Company IDs (Primary)",
                "Primary Associated Company ID",
                "Associated Company IDs",
                "Associated Company ID",
                "Associated Companies IDs",
                "Associated Company (Primary)",
                "Associated Company",
            ],
        )
        .says(Attribute::Party)
        .if_missing(
            "No column is `Associated Company IDs`: without it deals are of nobody, and no activity can be credited",
        ),
    ],
    required: &[&["id"], &["stage"], &["closed"]],
    options: &[FormatOption::WonStage, FormatOption::Kind, FormatOption::Currency, FormatOption::Source],
    is_plain: false,
    read: deal,
};

fn deal(row: &mut Row<'_>, settings: &FormatSettings) -> Option<RowContent> {
    let reference = row.own_reference("id");
    let stage = row.required("stage")?;
    if !is_won(stage, settings) {
        let skipped = Some(format!("the deal stage `{stage}` is not won"));
        return Some(RowContent {
            withdrawn: Some((RecordKind::Outcome, reference?)),
            skipped,
            ..RowContent::default()
        });
    }
    let at = row.required_time("closed");
    let created = row.time("created");
    let kind = kind_of(row, settings);
    let money = money(row);
    note_nothing(row, money);
    let party = row.party(PartyKind::Account, "account", "source");
    let at = at?;
    RowContent::of(Record::Outcome(Outcome {
        reference: reference?,
        kind: kind?,
        party,
        at,
        money,
        title: row.title("name"),
        lead_at: None,
        opportunity_at: created
            .filter(|created| created.date_naive() <= at.date_naive())
            .map(|created| created.min(at)),
        withdrawn: false,
    }))
}

/// What a deal is worth: by one column for all deals of a file. `Amount` is in the currency of the deal, so it is that of a file
/// that says these; otherwise only what is in the company's currency is surely understood.
fn money(row: &mut Row<'_>) -> Option<Money> {
    let [amount, company, currency] = ["amount", "company_amount", "currency"].map(|field| row.column(field).is_some());
    if company && !(amount && currency) {
        if let (Some(said), None) = (row.text("amount"), row.text("company_amount")) {
            let reason = format!(
                "it is empty where `Amount` is {said}, in a currency that the file does not say; export Currency, too"
            );
            row.problem("company_amount", reason);
        }
        if amount && row.text("company_amount").is_some() {
            row.note(
                "Amounts are those in the company's currency, as the file does not say in which one the others are",
            );
        }
        return row.money("company_amount", "company_currency");
    }
    if company && row.text("amount").is_some() {
        if row.text("currency").is_none() && row.number("amount") != row.number("company_amount") {
            row.problem(
                "currency",
                "it is empty, and `Amount` is not what it is in the company's currency: which is it in?",
            );
            return None;
        }
        row.note("Amounts are those of `Amount`, in the currency of their deals");
    }
    row.money("amount", "currency")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::testing::check;

    const HEADER: &str = "Record ID,Deal Name,Deal Stage,Amount,Close Date,Pipeline,Create Date,Deal Type,Associated \
                          Company IDs";

    #[test]
    fn won_deals_are_outcomes_of_their_first_company() {
        let row =
            "981,Acme plan,Closed Won,1234.50,2026-05-31 14:20,Sales Pipeline,2026-04-02 09:00,newbusiness,771;772";
        check(
            &DEALS,
            HEADER,
            row,
            &[],
            &["outcome hubspot/981 purchase of account hubspot/771 at 2026-05-31T14:20:00Z \
            1234.5 EUR `Acme plan` opportunity 2026-04-02T09:00:00Z"],
        );
    }

    #[test]
    fn the_kind_is_told_by_type_and_pipeline() {
        let kind = |pipeline: &str, deal_type: &str, arguments: &[&str], expected: &str| {
            let row = format!("1,,closedwon,,2026-05-31,{pipeline},,{deal_type},");
            check(&DEALS, HEADER, &row, arguments, &[expected]);
        };
        kind("", "newbusiness", &[], "outcome hubspot/1 purchase at 2026-05-31T00:00:00Z");
        kind("", "Existing Business", &[], "outcome hubspot/1 upgrade at 2026-05-31T00:00:00Z");
        kind("Renewals EMEA", "", &[], "outcome hubspot/1 renewal at 2026-05-31T00:00:00Z");
        // What a deal says of itself is more than what its pipeline is called.
        kind("Renewals EMEA", "existingbusiness", &[], "outcome hubspot/1 upgrade at 2026-05-31T00:00:00Z");
        kind("New business and renewals", "newbusiness", &[], "outcome hubspot/1 purchase at 2026-05-31T00:00:00Z");
        kind("New business and renewals", "", &["upgrade"], "outcome hubspot/1 upgrade at 2026-05-31T00:00:00Z");
        kind("", "", &["renewal"], "outcome hubspot/1 renewal at 2026-05-31T00:00:00Z");
        kind("", "", &[], "Deal Type: the deal has no type; give --kind purchase, upgrade or renewal for such deals");
    }

    #[test]
    fn deals_that_are_not_won_withdraw_what_is_stored() {
        let row = "981,Acme plan,Decision Maker Bought-In,x,,,,,";
        check(
            &DEALS,
            HEADER,
            row,
            &[],
            &["withdraw hubspot/981", "skip the deal stage `Decision Maker Bought-In` is not won"],
        );
    }

    #[test]
    fn money_is_in_the_currency_that_it_says() {
        let header = "Record Id,Deal Stage,Close Date,Amount,Amount in company currency,Currency,Deal Type";
        let money = |row: &str, expected: &str| check(&DEALS, header, row, &[], &[expected]);
        money(
            "1,Closed Won (Sales),2026-05-31,90,80,USD,newbusiness",
            "outcome hubspot/1 purchase at 2026-05-31T00:00:00Z 90 USD",
        );
        money(
            "1,closedwon,2026-05-31,90,80,,newbusiness",
            "Currency: it is empty, and `Amount` is not what it is in the company's currency: which is it in?",
        );
        money("1,closedwon,2026-05-31,80,80,,newbusiness", "outcome hubspot/1 purchase at 2026-05-31T00:00:00Z 80 EUR");
        money(
            "1,closedwon,2026-05-31,90,80,XYZ,newbusiness",
            "Currency: `XYZ` is not an ISO 4217 currency; write it like EUR",
        );
    }

    #[test]
    fn amounts_of_a_file_are_of_one_column() {
        let header = "Record Id,Deal Stage,Close Date,Amount,Amount in company currency,Deal Type";
        let money = |row: &str, expected: &str| check(&DEALS, header, row, &[], &[expected]);
        let sold = "outcome hubspot/1 purchase at 2026-05-31T00:00:00Z";
        money("1,closedwon,2026-05-31,90,80,newbusiness", &format!("{sold} 80 EUR"));
        money("1,closedwon,2026-05-31,,,newbusiness", sold);
        money(
            "1,closedwon,2026-05-31,90,,newbusiness",
            "Amount in company currency: it is empty where `Amount` is 90, in a currency that the file does not say; export \
             Currency, too",
        );
    }

    /// Each with what `check` finds of a deal with this amount, in a community that counts in euros.
    #[test]
    fn an_amount_is_in_no_other_currency_than_it_says() {
        let money = |header: &str, amount: &str, expected: &str| {
            let row = format!("1,closedwon,2026-05-31,{amount},newbusiness");
            check(&DEALS, &format!("Record Id,Deal Stage,Close Date,{header},Deal Type"), &row, &[], &[expected]);
        };
        let sold = |money: &str| format!("outcome hubspot/1 purchase at 2026-05-31T00:00:00Z {money}");
        money("Amount", "EUR 5000.00", &sold("5000 EUR"));
        money("Amount", "USD 5000.00", &sold("5000 USD"));
        money("Amount", "-\u{20ac}500", &sold("-500 EUR"));
        money("Amount", "33.333333", &sold("33.33 EUR"));
        let refused = "it is marked as $, and amounts that do not name their currency are taken as EUR: give --currency, \
                       such as --currency USD";
        money("Amount", "$99.00", &format!("Amount: {refused}"));
        money("Amount,Currency", "$99.00,USD", &sold("99 USD"));
        money("Amount,Currency", "$99.00,EUR", "Amount: it is marked as $, and the row is in EUR");
        money("Amount in company currency", "JPY 99.40", &sold("99 JPY"));
    }

    #[test]
    fn all_problems_of_a_row_are_told() {
        let row = ",A,closedwon,a dozen,31/05/2026,,soon,newbusiness,1";
        check(
            &DEALS,
            HEADER,
            row,
            &[],
            &[
                "Record ID: it must not be empty",
                "Close Date: `31/05/2026` is not a date like 2026-05-31; where the file writes the day first, give \
             --date-format DD/MM/YYYY, and MM/DD/YYYY where it writes the month first",
                "Create Date: `soon` is not a date like 2026-05-31 or 2026-05-31 14:20",
                "Amount: `a dozen` is not a number like 1234.50",
            ],
        );
    }
}
