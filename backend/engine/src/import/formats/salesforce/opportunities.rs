use valuemap_shared::activities::{Outcome, PartyRef, Record, RecordKind};

use crate::activities::unsaid::Attribute;
use crate::import::content::RowContent;
use crate::import::format::{Field, Format, FormatOption};
use crate::import::formats::deals::{is_won, kind_of, note_nothing};
use crate::import::formats::salesforce::{DELETED, is_deleted, salesforce_id};
use crate::import::row::Row;
use crate::import::settings::FormatSettings;

pub const OPPORTUNITIES: Format = Format {
    name: "salesforce-opportunities",
    about: "Opportunities exported from Salesforce: won ones become outcomes",
    source: "salesforce",
    fields: &[
        Field::new("id", &["Id", "Opportunity ID", "Opportunity Id (18)"]),
        Field::new("account", &["AccountId", "Account ID"]).says(Attribute::Party).if_missing(
            "No column is `Account ID` (a report's `Account Name` does not tell two of one name apart): opportunities are of \
             nobody, and no activity can be credited; add the column to the report",
        ),
        Field::new("name", &["Name", "Opportunity Name"]).says(Attribute::Title),
        Field::new("stage", &["StageName", "Stage"]),
        Field::new("won", &["IsWon", "Won"]),
        Field::number("amount", &["Amount"])
            .says(Attribute::Money),
        Field::new("currency", &["CurrencyIsoCode", "Amount Currency", "Opportunity Currency"]),
        Field::number("converted_amount", &["Amount (converted)", "Amount Converted"]).says(Attribute::Money),
        Field::new("converted_currency", &["Amount (converted) Currency", "Amount Converted Currency"]),
        Field::new("closed", &["CloseDate", "Close Date"]),
        Field::new("created", &["CreatedDate", "Created Date"]).says(Attribute::OpportunityAt),
        Field::new("type", &["Type", "Opportunity Type"]),
        DELETED,
    ],
    required: &[&["id"], &["stage", "won"], &["closed"]],
    options: &[FormatOption::WonStage, FormatOption::Kind, FormatOption::Currency, FormatOption::Source],
    is_plain: false,
    read: opportunity,
};

fn opportunity(row: &mut Row<'_>, settings: &FormatSettings) -> Option<RowContent> {
    row.own_text("id");
    let id = salesforce_id(row, "id");
    let withdrawn = |id: String, reason: String| RowContent {
        withdrawn: Some((RecordKind::Outcome, settings.reference(&id))),
        skipped: Some(reason),
        ..RowContent::default()
    };
    if is_deleted(row) {
        return Some(withdrawn(id?, "the opportunity is deleted".to_owned()));
    }
    let stage = row.text("stage");
    // What counts as won in Salesforce is a property of its stages, so it knows better than their names.
    let won = match row.flag("won") {
        Some(true) => true,
        Some(false) => stage.is_some_and(|stage| !settings.won_stages.is_empty() && is_won(stage, settings)),
        None => is_won(row.required("stage")?, settings),
    };
    if !won {
        let reason = match stage {
            Some(stage) => format!("the stage `{stage}` is not won"),
            None => "the opportunity is not won".to_owned(),
        };
        return Some(withdrawn(id?, reason));
    }
    let account = salesforce_id(row, "account");
    let at = row.required_time("closed");
    let created = row.time("created");
    let kind = kind_of(row, settings);
    let money = match row.text("amount") {
        Some(_) => row.money("amount", "currency"),
        None => {
            if row.column("amount").is_some() && row.text("converted_amount").is_some() {
                row.note("Amounts taken from the converted ones, where the others are empty");
            }
            row.money("converted_amount", "converted_currency")
        }
    };
    note_nothing(row, money);
    let at = at?;
    RowContent::of(Record::Outcome(Outcome {
        reference: settings.reference(&id?),
        kind: kind?,
        party: account.map(|account| PartyRef::account(&settings.source, &account)),
        at,
        money,
        title: row.title("name"),
        lead_at: None,
        // Closing has a date and no time: what was opened and closed on one day was opened by then.
        opportunity_at: created
            .filter(|created| created.date_naive() <= at.date_naive())
            .map(|created| created.min(at)),
        withdrawn: false,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::testing::{check, check_notes};

    const HEADER: &str = "Id,AccountId,Name,StageName,Amount,CloseDate,IsClosed,IsWon,Type,LeadSource,CreatedDate";

    #[test]
    fn won_opportunities_are_outcomes_of_their_account() {
        let row = "006A0000001XyzA,001A0000006Vm9u,Acme licences,Signed,25000,2026-05-31,true,true,New Customer,Web,\
                   2026-05-31T14:20:00.000+0000";
        check(
            &OPPORTUNITIES,
            HEADER,
            row,
            &[],
            &["outcome salesforce/006A0000001XyzAIAS purchase of account \
            salesforce/001A0000006Vm9uIAC at 2026-05-31T00:00:00Z 25000 EUR `Acme licences` opportunity \
            2026-05-31T00:00:00Z"],
        );
    }

    #[test]
    fn the_kind_is_told_by_the_type() {
        let kind = |said: &str, expected: &str| {
            let row = format!("006A0000001XyzA,,,Closed Won,,2026-05-31,1,1,{said},,");
            check(&OPPORTUNITIES, HEADER, &row, &[], &[expected]);
        };
        kind("New Business", "outcome salesforce/006A0000001XyzAIAS purchase at 2026-05-31T00:00:00Z");
        kind("Existing Customer - Upgrade", "outcome salesforce/006A0000001XyzAIAS upgrade at 2026-05-31T00:00:00Z");
        kind("Renewal", "outcome salesforce/006A0000001XyzAIAS renewal at 2026-05-31T00:00:00Z");
        let refused = "Type: `Existing Customer - Downgrade` is no known type; give --kind purchase, upgrade or renewal \
                       for such deals";
        kind("Existing Customer - Downgrade", refused);
    }

    #[test]
    fn an_amount_may_be_the_converted_one() {
        let header = "Opportunity ID,Stage,Amount Currency,Amount,Amount (converted) Currency,Amount (converted),Close Date,Type";
        let money = |cells: &str, expected: &str| {
            let row = format!("006A0000001XyzA,Closed Won,{cells},2026-05-31,New Business");
            let sold = format!("outcome salesforce/006A0000001XyzAIAS purchase at 2026-05-31T00:00:00Z {expected}");
            check(&OPPORTUNITIES, header, &row, &[], &[&sold]);
        };
        money("USD,1300.00,EUR,1200.00", "1300 USD");
        money(",,EUR,1200.00", "1200 EUR");
        money(",,USD,1300.00", "1300 USD");
        let notes = ["Sales of zero, which count and are worth nothing"];
        let free = "006A0000001XyzA,Closed Won,EUR,0,,,2026-05-31,New Business";
        check_notes(&OPPORTUNITIES, header, free, &notes);
    }

    #[test]
    fn opportunities_that_are_not_won_withdraw_what_is_stored() {
        let row = "006A0000001XyzA,,,Negotiation,9,2026-05-31,false,false,,,";
        let expected = ["withdraw salesforce/006A0000001XyzAIAS", "skip the stage `Negotiation` is not won"];
        check(&OPPORTUNITIES, HEADER, row, &[], &expected);
        check(
            &OPPORTUNITIES,
            "Opportunity ID,Stage,Close Date",
            "006A0000001XyzA,Closed Lost,2026-05-31",
            &[],
            &["withdraw salesforce/006A0000001XyzAIAS", "skip the stage `Closed Lost` is not won"],
        );
        check(
            &OPPORTUNITIES,
            "Id,IsDeleted,StageName,IsWon,CloseDate,Type",
            "006A0000001XyzA,true,Closed Won,true,2026-05-31,Renewal",
            &[],
            &["withdraw salesforce/006A0000001XyzAIAS", "skip the opportunity is deleted"],
        );
    }

    #[test]
    fn an_id_of_zeros_is_an_empty_cell() {
        let header = "Id,AccountId,StageName,CloseDate,Type";
        let sold = "outcome salesforce/006A0000001XyzAIAS renewal at 2026-05-31T00:00:00Z";
        let row = |id: &str| format!("{id},000000000000000AAA,Closed Won,2026-05-31,Renewal");
        check(&OPPORTUNITIES, header, &row("006A0000001XyzA"), &[], &[sold]);
        let refused = "Id: it is the id that Salesforce writes for nothing";
        check(&OPPORTUNITIES, header, &row("000000000000000"), &[], &[refused]);
    }
}
