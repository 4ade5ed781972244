//! Collects the problems of a scoring model, and reads what its parts have in common.

use rust_decimal::Decimal;

use super::MoneyRange;
use super::draft::{MoneyRangeDraft, RangeDraft};
use crate::money::parse_amount;
use crate::survey::{Problem, ProblemCode};
use crate::value_map::financial::Triangular;
use crate::value_map::{Element, Layer};

const LONGEST_TEXT: usize = 200;

/// The problems that were found, each with its path.
#[derive(Default)]
pub(super) struct Found(Vec<Problem>);

impl Found {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn problems(self) -> Vec<Problem> {
        self.0
    }

    pub fn add(&mut self, path: impl Into<String>, code: ProblemCode, message: impl Into<String>) {
        self.0.push(Problem::new(path, code, message));
    }

    pub fn text(&mut self, path: &str, text: &str) {
        if text.trim().is_empty() {
            self.add(path, ProblemCode::Missing, "it must not be empty");
        } else if text.chars().count() > LONGEST_TEXT || text.contains(char::is_control) {
            let message = format!("at most {LONGEST_TEXT} characters, none of them a control character");
            self.add(path, ProblemCode::Size, message);
        }
    }

    pub fn weight(&mut self, path: &str, weight: f64) {
        if !(weight.is_finite() && (0.0..=1_000.0).contains(&weight)) {
            self.add(path, ProblemCode::OutOfRange, format!("{weight} is no weight: from 0 to 1,000"));
        }
    }

    pub fn element(&mut self, path: &str, name: &str) -> Option<Element> {
        match name.parse() {
            Ok(element) => Some(element),
            Err(message) => {
                self.add(path, ProblemCode::Unknown, message);
                None
            }
        }
    }

    pub fn financial_element(&mut self, path: &str, name: &str) -> Option<Element> {
        let element = self.element(path, name)?;
        if element.layer() != Layer::Financial {
            self.add(path, ProblemCode::Malformed, format!("{name} is not a financial element"));
            return None;
        }
        Some(element)
    }

    pub fn range(&mut self, path: &str, range: RangeDraft) -> Option<Triangular> {
        match Triangular::new(range.low, range.mode, range.high) {
            Ok(range) => Some(range),
            Err(error) => {
                self.add(path, ProblemCode::OutOfRange, error.to_string());
                None
            }
        }
    }

    /// A range within 0..1.
    pub fn share(&mut self, path: &str, range: RangeDraft) -> Option<Triangular> {
        let range = self.range(path, range)?;
        if range.low() < 0.0 || range.high() > 1.0 {
            self.add(path, ProblemCode::OutOfRange, "a share is from 0 to 1");
            return None;
        }
        Some(range)
    }

    pub fn amount(&mut self, path: &str, text: &str) -> Option<Decimal> {
        match parse_amount(text) {
            Ok(amount) if amount.is_sign_negative() && !amount.is_zero() => {
                self.add(path, ProblemCode::OutOfRange, format!("{amount} is negative"));
                None
            }
            Ok(amount) => Some(amount),
            Err(error) => {
                self.add(path, ProblemCode::Malformed, error.to_string());
                None
            }
        }
    }

    pub fn money(&mut self, path: &str, draft: &MoneyRangeDraft) -> Option<MoneyRange> {
        let low = self.amount(&format!("{path}.low"), &draft.low);
        let mode = self.amount(&format!("{path}.mode"), &draft.mode);
        let high = self.amount(&format!("{path}.high"), &draft.high);
        let range = MoneyRange { low: low?, mode: mode?, high: high? };
        if !(range.low <= range.mode && range.mode <= range.high && !range.mode.is_zero()) {
            self.add(path, ProblemCode::OutOfRange, "low, mode and high have to be in this order, and mode above 0");
            return None;
        }
        Some(range)
    }
}
