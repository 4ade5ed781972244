//! What customers paid, as billing and shops export it (Stripe, Shopify, Chargebee, Recurly) or a bookkeeper lists it: a row an
//! invoice, an order or a payment.

use rust_decimal::Decimal;
use valuemap_shared::activities::{Outcome, PartyKind, PartyRef, Record, RecordKind};
use valuemap_shared::money::Money;

use crate::activities::unsaid::Attribute;
use crate::import::columns::normalised;
use crate::import::content::RowContent;
use crate::import::format::{Field, Format, FormatOption};
use crate::import::formats::parties::linked;
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
        Field::new(
            "account",
            &["Customer ID", "Customer Number", "Customer No", "Account ID", "Account Code", "Customer"],
        )
        .says(Attribute::Party),
        Field::new("account_source", &["account source"]),
        Field::new("email", &["Customer Email", "Email", "Billing Email", "Customer Email Address"])
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
            .says(Attribute::Money),
        Field::number("refunded", &["Amount Refunded", "Refunded Amount", "Refund Amount", "Total Refunded"])
            .says(Attribute::Withdrawn)
            .if_missing(
                "No column is `Amount Refunded`: refunds count only where they are rows of their own, below zero",
            ),
        Field::new("currency", &["Currency", "Currency Code", "Invoice Currency"]),
        Field::new("status", &["Status", "Financial Status", "Payment Status", "Invoice Status", "State"])
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

/// What of a sale came in and stayed.
enum Income {
    Of(Money),
    /// Why nothing did.
    Nothing(String),
}

/// What was paid less what was refunded. An amount below zero is a refund of its own.
fn income(row: &mut Row<'_>) -> Option<Income> {
    let status = row.text("status");
    if status.is_none() && row.column("status").is_some() {
        row.required("status")?;
    }
    let fate = match status {
        Some(status) => fate_of(row, status)?,
        None => Fate::Paid,
    };
    if fate == Fate::NotPaid {
        return Some(Income::Nothing(format!("the status `{}` is not paid", status.unwrap_or_default())));
    }
    row.required("amount")?;
    let paid = row.money("amount", "currency")?;
    if paid.amount < Decimal::ZERO {
        row.note("Amounts below zero, which are refunds");
        return Some(Income::Of(paid));
    }
    let refunded = match row.text("refunded") {
        Some(_) => row.money("refunded", "currency")?,
        None => Money { amount: Decimal::ZERO, ..paid },
    };
    let kept = paid.amount - refunded.amount.abs();
    if refunded.currency != paid.currency || kept < Decimal::ZERO {
        row.problem("refunded", format!("{refunded} is more than was paid, or in another currency: {paid}"));
        return None;
    }
    let is_whole = if refunded.amount.is_zero() { fate == Fate::Refunded } else { kept.is_zero() };
    if is_whole {
        return Some(Income::Nothing("all of it was refunded".to_owned()));
    }
    if fate == Fate::RefundedInPart && refunded.amount.is_zero() {
        row.problem(
            "status",
            "it does not say how much was refunded; export the refunded amount, too, or say that such rows count in full with \
             --value \"status:...=paid\"",
        );
        return None;
    }
    if !refunded.amount.is_zero() {
        row.note("Amounts less what of them was refunded");
    }
    if let Some(status) = status {
        row.note(format!("Status `{}` counts", status.chars().take(60).collect::<String>()));
    }
    Some(Income::Of(Money { amount: kept, ..paid }))
}

/// What became of a sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Paid,
    Refunded,
    RefundedInPart,
    NotPaid,
}

/// Without case, spaces and punctuation.
const FATES: &[(Fate, &[&str])] = &[
    (
        Fate::Paid,
        &["paid", "succeeded", "success", "successful", "complete", "completed", "captured", "settled", "collected"],
    ),
    (Fate::Refunded, &["refunded", "fullyrefunded"]),
    (Fate::RefundedInPart, &["partiallyrefunded", "partialrefund", "partlyrefunded"]),
    (
        Fate::NotPaid,
        &[
            "failed",
            "unpaid",
            "notpaid",
            "void",
            "voided",
            "draft",
            "pending",
            "open",
            "due",
            "paymentdue",
            "pastdue",
            "overdue",
            "uncollectible",
            "writtenoff",
            "canceled",
            "cancelled",
            "expired",
            "declined",
            "blocked",
            "incomplete",
            "processing",
            "authorized",
            "authorised",
            "uncaptured",
            "requirespaymentmethod",
            "requiresconfirmation",
            "requiresaction",
            "requirescapture",
        ],
    ),
];

fn fate_of(row: &mut Row<'_>, status: &str) -> Option<Fate> {
    let word = normalised(status);
    let known = FATES.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(fate, _)| *fate);
    let shown: String = status.chars().take(60).collect();
    if known.is_none() {
        row.problem(
            "status",
            format!(
                "what `{shown}` means is not known; say it with --value \"status:{shown}=paid\", or =unpaid where nothing came in"
            ),
        );
    }
    known
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
