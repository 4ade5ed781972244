//! What of a sale came in and stayed, by its type and its status, less what was refunded and what was lost in a dispute.

use rust_decimal::Decimal;
use valuemap_shared::money::Money;

use crate::import::columns::normalised;
use crate::import::formats::deals::note_nothing;
use crate::import::row::Row;

/// What of a sale came in and stayed.
pub enum Income {
    Of(Money),
    /// Why nothing did.
    Nothing(String),
}

/// What was paid less what went back. An amount below zero is a refund of its own.
pub fn income(row: &mut Row<'_>) -> Option<Income> {
    let said = row.text("type");
    let movement = match said {
        Some(said) => movement_of(row, said)?,
        None => Movement::In,
    };
    if said.is_none() && row.column("type").is_some() {
        row.note("Rows without a type, which count as sales");
    }
    if movement == Movement::Nothing {
        return Some(Income::Nothing(format!("the type `{}` is not paid", shown(said.unwrap_or_default()))));
    }
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
    if movement == Movement::Back {
        row.note(format!("Type `{}` counts below zero", shown(said.unwrap_or_default())));
        return Some(Income::Of(Money { amount: -paid.amount.abs(), ..paid }));
    }
    if paid.amount < Decimal::ZERO {
        row.note("Amounts below zero, which are refunds");
        return Some(Income::Of(paid));
    }
    let nothing = Money { amount: Decimal::ZERO, ..paid };
    let refunded = match row.text("refunded") {
        Some(_) => row.money("refunded", "currency")?,
        None => nothing,
    };
    let lost = lost(row)?.unwrap_or(nothing);
    let kept = paid.amount - refunded.amount.abs() - lost.amount.abs();
    if refunded.currency != paid.currency || lost.currency != paid.currency || kept < Decimal::ZERO {
        let (field, less) = match lost.amount.is_zero() {
            true => ("refunded", format!("{refunded} is")),
            false => ("disputed", format!("{lost} that was lost and {refunded} that was refunded are")),
        };
        row.problem(field, format!("{less} more than was paid, or in another currency: {paid}"));
        return None;
    }
    let is_less = !refunded.amount.is_zero() || !lost.amount.is_zero();
    if fate == Fate::Refunded && refunded.amount.is_zero() || is_less && kept.is_zero() {
        let how = if lost.amount.is_zero() { "all of it was refunded" } else { "all of it was lost in a dispute" };
        return Some(Income::Nothing(how.to_owned()));
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
    if !lost.amount.is_zero() {
        row.note("Amounts less what of them was lost in a dispute");
    }
    if let Some(status) = status {
        row.note(format!("Status `{}` counts", shown(status)));
    }
    note_nothing(row, Some(paid));
    Some(Income::Of(Money { amount: kept, ..paid }))
}

/// What was lost in a dispute with the customer's bank, if it was. The outer `None` is a problem.
fn lost(row: &mut Row<'_>) -> Option<Option<Money>> {
    let disputed = match row.text("disputed") {
        Some(_) => Some(row.money("disputed", "currency")?).filter(|disputed| !disputed.amount.is_zero()),
        None => None,
    };
    let status = row.text("dispute_status");
    match (status.map(normalised).as_deref(), disputed) {
        (None, None) => Some(None),
        (None, Some(disputed)) => {
            let reason = format!(
                "{disputed} was disputed, and it does not say how that ended; export Dispute Status, too, or give --set \
                 dispute_status=lost, or =won"
            );
            row.problem("dispute_status", reason);
            None
        }
        (Some("lost"), Some(disputed)) => Some(Some(disputed)),
        (Some("lost"), None) => {
            row.problem("disputed", "it does not say how much was lost in the dispute; export Disputed Amount, too");
            None
        }
        (Some("won" | "warningclosed" | "prevented" | "chargerefunded"), _) => Some(None),
        (Some("needsresponse" | "underreview" | "warningneedsresponse" | "warningunderreview"), _) => {
            row.note("Payments in a dispute that is not decided, which count until it is lost");
            Some(None)
        }
        _ => {
            let shown = shown(status.unwrap_or_default());
            row.problem(
                "dispute_status",
                format!(
                    "what `{shown}` means is not known; say it with --value \"dispute_status:{shown}=lost\", or =won"
                ),
            );
            None
        }
    }
}

fn shown(text: &str) -> String {
    text.chars().take(60).collect()
}

/// Which way the money of a row went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Movement {
    In,
    Back,
    Nothing,
}

/// Types of rows without case, spaces and punctuation.
const MOVEMENTS: &[(Movement, &[&str])] = &[
    (
        Movement::In,
        &[
            "invoice",
            "salesinvoice",
            "accrec",
            "payment",
            "purchase",
            "upgrade",
            "renewal",
            "subscription",
            "charge",
            "capture",
            "sale",
            "order",
            "receipt",
        ],
    ),
    (
        Movement::Back,
        &[
            "refund",
            "paymentrefund",
            "creditnote",
            "salescreditnote",
            "accreccredit",
            "creditmemo",
            "creditinvoice",
            "credit",
            "chargeback",
        ],
    ),
    (
        Movement::Nothing,
        &["authorization", "authorisation", "verify", "verification", "void", "quote", "estimate", "unpaid"],
    ),
];

fn movement_of(row: &mut Row<'_>, said: &str) -> Option<Movement> {
    let word = normalised(said);
    let known = MOVEMENTS.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(movement, _)| *movement);
    if known.is_none() {
        let shown = shown(said);
        row.problem(
            "type",
            format!(
                "what `{shown}` means is not known; say it with --value \"type:{shown}=sale\", or =refund, or =unpaid if no \
                 payment was received; give --map type= if the column means something else"
            ),
        );
    }
    known
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
    if known.is_none() {
        let shown = shown(status);
        row.problem(
            "status",
            format!(
                "what `{shown}` means is not known; say it with --value \"status:{shown}=paid\", or =unpaid where nothing came in"
            ),
        );
    }
    known
}
