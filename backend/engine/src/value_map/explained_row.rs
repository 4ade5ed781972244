//! A row behind a figure.

use chrono::NaiveDate;
use valuemap_shared::money::Money;

/// A row behind a figure.
#[derive(Clone, Debug)]
pub struct Row {
    /// What it is: `outcome`, `observation`, `cost`, `support_case`, `contribution`, `party`, `part`.
    pub kind: String,
    /// The key that its source knows it by.
    pub id: String,
    pub day: Option<NaiveDate>,
    pub text: String,
    pub value: Option<f64>,
    pub amount: Option<Money>,
}
