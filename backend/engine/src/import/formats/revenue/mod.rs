//! What customers paid, as billing and shops export it (Stripe, Shopify, Chargebee, Recurly) or a bookkeeper lists it: a row an
//! invoice, an order or a payment.

mod income;

use valuemap_shared::activities::{Outcome, PartyKind, PartyRef, Record, RecordKind};

use crate::activities::unsaid::Attribute;
use crate::import::content::RowContent;
use crate::import::format::{Field, Format, FormatOption, Only};
use crate::import::formats::parties::linked;
use crate::import::formats::revenue::income::{Income, income};
use crate::import::row::Row;
use crate::import::settings::FormatSettings;

pub const REVENUE: Format = Format {
    name: "revenue",
    about: "Invoices, orders or payments, from Stripe, Shopify, Chargebee, a bookkeeper and the like: they become outcomes",
    source: "csv",
    fields: &[
        Field::new(
            "key",
            &[
                "id",
                "Invoice ID",
                "Invoice Number",
                "Invoice No",
                "Invoice",
                "Order ID",
                "Order Number",
                "Order No",
                "Charge ID",
                "Payment ID",
                "Transaction ID",
                "Document Number",
                "Number",
            ],
        ),
        Field::new("kind", &["kind"]),
        Field::new("mode", &["Mode"]),
        Field::new(
            "account",
            &["Customer ID", "Customer Number", "Customer No", "Account ID", "Account Code", "Customer"],
        )
        // A bookkeeper's line of an invoice has the code of a ledger account.
        .only(&[Only::Without("Account Code", &["ContactName", "TaxType", "LineAmount"])])
        .says(Attribute::Party),
        Field::new("account_source", &["account source"]),
        Field::new("email", &["Customer Email", "Email", "Billing Email", "Customer Email Address", "Email Address"])
            .says(Attribute::Party),
        Field::new(
            "at",
            &[
                "Invoice Date",
                "Order Date",
                "Date",
                "Created (UTC)",
                "Created date (UTC)",
                "Created at",
                "Created",
                "Payment Date",
                "Paid at",
                "Paid on",
            ],
        ),
        Field::number("amount", &["Amount", "Total", "Total Amount", "Invoice Total", "Invoice Amount", "Order Total"])
            // Of a subscription it is what it will cost.
            .only(&[Only::Without("Amount", &["Interval", "Current Period Start", "Current Period End"])])
            .says(Attribute::Money),
        Field::number("refunded", &["Amount Refunded", "Refunded Amount", "Refund Amount", "Total Refunded"])
            .says(Attribute::Withdrawn)
            .if_missing(
                "No column is `Amount Refunded`: refunds count only where they are rows of their own, below zero",
            ),
        Field::number("disputed", &["Disputed Amount"]),
        Field::new("dispute_status", &["Dispute Status"]),
        Field::new("currency", &["Currency", "Currency Code", "Invoice Currency"]),
        Field::new("type", &["Type", "Transaction Type", "Document Type"]),
        Field::new(
            "status",
            &[
                "Status",
                "Financial Status",
                "Payment Status",
                "Invoice Status",
                "Order Status",
                "Transaction Status",
                "State",
            ],
        )
        // Elsewhere it is of an address.
        .only(&[Only::Beside("State", &["Account Code", "Invoice Number"])])
        .says(Attribute::Withdrawn)
        .if_missing("No column is `Status`: every row counts as paid, whatever became of it"),
        Field::new("title", &["Description", "Product", "Plan Name"]).says(Attribute::Title),
        Field::new("line", &["Lineitem name", "Lineitem quantity"]),
    ],
    required: &[&["key"], &["account", "email"], &["at"], &["amount"]],
    options: &[FormatOption::Kind, FormatOption::Currency, FormatOption::Source],
    is_plain: false,
    read: sale,
};

fn sale(row: &mut Row<'_>, settings: &FormatSettings) -> Option<RowContent> {
    if row.text("line").is_some() && row.text("amount").is_none() {
        return RowContent::skipped("a further line of an order, whose total is in its first");
    }
    if row.text("mode").is_some_and(|mode| mode.eq_ignore_ascii_case("test")) {
        return RowContent::skipped("a payment of the test mode");
    }
    let reference = row.own_reference("key");
    let income = income(row);
    if let Some(Income::Nothing(reason)) = income {
        let withdrawn = Some((RecordKind::Outcome, reference?));
        return Some(RowContent { withdrawn, skipped: Some(reason), ..RowContent::default() });
    }
    let kind = row.named("kind").or(settings.kind);
    if kind.is_none() && row.text("kind").is_none() {
        row.problem("kind", "it does not say what was sold; give --kind purchase, upgrade or renewal for such rows");
    }
    let (account, address) = customer(row);
    let at = row.required_time("at");
    let Income::Of(money) = income? else { return None };
    // Whoever pays for an account belongs to it.
    let link = address.clone().zip(account.clone()).map(|(address, account)| linked(&address, account));
    let outcome = Record::Outcome(Outcome {
        reference: reference?,
        kind: kind?,
        party: account.or(address),
        at: at?,
        money: Some(money),
        title: row.title("title"),
        lead_at: None,
        opportunity_at: None,
        withdrawn: false,
    });
    RowContent::with(link, outcome)
}

/// The account that bought, and whoever has the address. A customer may be named by the address alone.
fn customer(row: &mut Row<'_>) -> (Option<PartyRef>, Option<PartyRef>) {
    let address = row.address("email");
    if address.is_none() && row.text("email").is_some() {
        row.note("Customers whose e-mail address cannot be read as one");
    }
    match row.address("account") {
        Some(named) => (None, Some(PartyRef::with_address(&named))),
        None => {
            let account = row.party(PartyKind::Account, "account", "account_source");
            (account, address.map(|address| PartyRef::with_address(&address)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::testing::{check, check_notes};

    #[test]
    fn each_tool_says_in_its_own_way_what_was_paid() {
        let stripe = "id,Description,Created (UTC),Amount,Amount Refunded,Currency,Status,Customer ID,Customer Email";
        let shopify = "Name,Email,Financial Status,Paid at,Currency,Total,Created at,Lineitem name,Id,Refunded Amount";
        let chargebee = "Invoice Number,Customer Id,Invoice Date,Amount,Currency,Status";
        let sold = |rest: &str| format!("outcome csv/1 purchase of {rest}");
        let link = "link member email/kim@one.example to account csv/cus_1 by import";
        let account = sold("account csv/cus_1 at 2026-05-31T14:20:00Z 80 USD `Seats`");
        let member = sold("member email/kim@one.example at 2026-05-31T00:00:00Z 80 EUR");
        for (header, row, expected) in [
            (stripe, "1,Seats,2026-05-31 14:20,80.00,0.00,usd,Paid,cus_1,kim@one.example", vec![link, &account]),
            (stripe, "1,Seats,2026-05-31 14:20,100.00,20.00,usd,Paid,cus_1,kim@one.example", vec![link, &account]),
            (shopify, "#1001,kim@one.example,paid,2026-06-01,EUR,80.00,2026-05-31,Mug,1,", vec![&member]),
            (shopify, "#1001,kim@one.example,partially_refunded,,EUR,90.00,2026-05-31,Mug,1,10", vec![&member]),
            (
                shopify,
                "#1001,kim@one.example,,,,,2026-05-31,Cup,,",
                vec!["skip a further line of an order, whose total is in its first"],
            ),
            (
                chargebee,
                "1,cus_1,2026-05-31,-80,EUR,Paid",
                vec![&sold("account csv/cus_1 at 2026-05-31T00:00:00Z -80 EUR")],
            ),
        ] {
            check(&REVENUE, header, row, &["purchase"], &expected);
        }
    }

    #[test]
    fn payments_of_the_test_mode_are_none() {
        let header = "id,Created (UTC),Amount,Currency,Mode,Status,Customer ID";
        let sold = "outcome csv/1 purchase of account csv/7 at 2026-05-31T00:00:00Z 80 EUR";
        check(&REVENUE, header, "1,2026-05-31,80,eur,Live,Paid,7", &["purchase"], &[sold]);
        check(&REVENUE, header, "1,2026-05-31,80,eur,Test,Paid,7", &["purchase"], &["skip a payment of the test mode"]);
    }

    #[test]
    fn what_did_not_come_in_is_withdrawn() {
        let header = "Invoice ID,Customer ID,Date,Amount,Amount Refunded,Status";
        let withdrawn = |cells: &str, reason: &str| {
            let skipped = format!("skip {reason}");
            check(&REVENUE, header, &format!("1,7,2026-05-31,{cells}"), &["renewal"], &["withdraw csv/1", &skipped]);
        };
        withdrawn("80,,Draft", "the status `Draft` is not paid");
        withdrawn(",,Past due", "the status `Past due` is not paid");
        withdrawn("80,,Refunded", "all of it was refunded");
        withdrawn("80,80.00,Paid", "all of it was refunded");
    }

    #[test]
    fn a_type_says_which_way_money_went() {
        let header = "Invoice ID,Customer ID,Date,Amount,Type,Status";
        let sold =
            |amount: &str| format!("outcome csv/1 purchase of account csv/7 at 2026-05-31T00:00:00Z {amount} EUR");
        let unknown = "Type: what `Transfer` means is not known; say it with --value \"type:Transfer=sale\", or =refund, or \
                       =unpaid if no payment was received; give --map type= if the column means something else";
        let nothing = vec!["withdraw csv/1".to_owned(), "skip the type `Authorization` is not paid".to_owned()];
        for (cells, expected) in [
            ("80,Purchase,success", vec![sold("80")]),
            ("80,Refund,success", vec![sold("-80")]),
            ("-80,Credit note,Paid", vec![sold("-80")]),
            ("80,credit_note,Refunded", vec![sold("-80")]),
            ("1,Authorization,success", nothing),
            ("80,Transfer,success", vec![unknown.to_owned()]),
        ] {
            let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
            check(&REVENUE, header, &format!("1,7,2026-05-31,{cells}"), &["purchase"], &expected);
        }
        let notes = ["Rows without a type, which count as sales", "Status `Paid` counts"];
        check_notes(&REVENUE, header, "1,7,2026-05-31,80,,Paid", &notes);
        let notes = ["Status `Paid` counts", "Sales of zero, which count and are worth nothing"];
        check_notes(&REVENUE, header, "1,7,2026-05-31,0,Invoice,Paid", &notes);
    }

    #[test]
    fn what_is_lost_in_a_dispute_does_not_count() {
        let header = "Invoice ID,Customer ID,Date,Amount,Amount Refunded,Disputed Amount,Dispute Status";
        let sold =
            |amount: &str| format!("outcome csv/1 purchase of account csv/7 at 2026-05-31T00:00:00Z {amount} EUR");
        let read = |cells: &str, expected: &[&str]| {
            check(&REVENUE, header, &format!("1,7,2026-05-31,{cells}"), &["purchase"], expected);
        };
        read("80,0,80,lost", &["withdraw csv/1", "skip all of it was lost in a dispute"]);
        read("80,10,20,lost", &[&sold("50")]);
        read("80,0,80,won", &[&sold("80")]);
        read("80,0,0,", &[&sold("80")]);
        read(
            "80,0,,lost",
            &["Disputed Amount: it does not say how much was lost in the dispute; export Disputed Amount, too"],
        );
        read(
            "80,0,80,",
            &[
                "Dispute Status: 80 EUR was disputed, and it does not say how that ended; export Dispute Status, too, or give \
               --set dispute_status=lost, or =won",
            ],
        );
        read(
            "80,0,80,settled",
            &[
                "Dispute Status: what `settled` means is not known; say it with --value \"dispute_status:settled=lost\", or =won",
            ],
        );
        let notes = ["Payments in a dispute that is not decided, which count until it is lost"];
        check_notes(&REVENUE, header, "1,7,2026-05-31,80,0,80,needs_response", &notes);
    }

    #[test]
    fn what_is_not_certain_is_asked_for() {
        let header = "Invoice ID,Customer ID,Date,Amount,Amount Refunded,Status";
        let refused = |cells: &str, arguments: &[&str], expected: &str| {
            check(&REVENUE, header, &format!("1,7,2026-05-31,{cells}"), arguments, &[expected]);
        };
        refused(
            "80,,In review",
            &["renewal"],
            "Status: what `In review` means is not known; say it with --value \"status:In review=paid\", or =unpaid where \
             nothing came in",
        );
        refused("80,,", &["renewal"], "Status: it must not be empty");
        let more = "Amount Refunded: 90 EUR is more than was paid, or in another currency: 80 EUR";
        refused("80,90,Paid", &["renewal"], more);
        refused(",,Paid", &["renewal"], "Amount: it must not be empty");
        refused(
            "80,,Partially refunded",
            &["renewal"],
            "Status: it does not say how much was refunded; export the refunded amount, too, or say that such rows count in \
             full with --value \"status:...=paid\"",
        );
        refused(
            "80,,Paid",
            &[],
            "kind: it does not say what was sold; give --kind purchase, upgrade or renewal for such rows",
        );
        let paid = "outcome csv/1 renewal of account csv/7 at 2026-05-31T00:00:00Z 80 EUR";
        refused("80,,In review", &["renewal", "status:In review=paid"], paid);
        let notes = ["Amounts less what of them was refunded", "Status `Paid` counts"];
        check_notes(&REVENUE, header, "1,7,2026-05-31,80,20,Paid", &notes);
    }
}
