use rust_decimal::Decimal;
use valuemap_shared::calendar::Quarter;
use valuemap_shared::money::Currency;
use valuemap_shared::value_map::Change;
use yew::prelude::*;

use super::movers::{Moved, MoverList};
use crate::words::{amount, format};

/// A change in one line, with the colour that it is shown in.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeText {
    class: Option<&'static str>,
    text: String,
}

#[derive(Properties, PartialEq)]
pub struct ChangeLineProps {
    pub change: ChangeText,
    /// What moved the figure; the card names the first of them.
    pub moved: Vec<Moved>,
}

/// The change, and what moved it. Only a change that is more than the play of chance gets an arrow and a colour.
#[component]
pub fn ChangeLine(props: &ChangeLineProps) -> Html {
    html! {
        <div class="card-change">
            <p class={classes!("change", props.change.class)}>{ &props.change.text }</p>
            if props.change.class.is_some() {
                <MoverList moved={props.moved.clone()} />
            }
        </div>
    }
}

impl ChangeText {
    pub fn of_score(change: Option<&Change>, before: Quarter) -> Self {
        let before = format::quarter(before);
        match change {
            None => Self { class: None, text: format!("no score in {before}") },
            Some(change) if change.interval.is_some() && !change.is_clear() => {
                Self { class: None, text: format!("no clear change since {before}") }
            }
            // What is measured without any play of chance has no interval.
            Some(change) => Self::directed(change.difference, &format::signed(change.difference, 1), &before),
        }
    }

    pub fn of_amount(change: Option<Decimal>, before: Quarter, currency: Currency) -> Self {
        let before = format::quarter(before);
        match change {
            None => Self { class: None, text: format!("no amount in {before}") },
            Some(change) => {
                let direction = if change.is_zero() {
                    0.0
                } else if change.is_sign_positive() {
                    1.0
                } else {
                    -1.0
                };
                Self::directed(direction, &amount::signed(change, currency), &before)
            }
        }
    }

    fn directed(direction: f64, difference: &str, before: &str) -> Self {
        let (class, arrow) = match direction {
            up if up > 0.0 => ("change-up", "▲"),
            down if down < 0.0 => ("change-down", "▼"),
            _ => return Self { class: None, text: format!("no change since {before}") },
        };
        Self { class: Some(class), text: format!("{arrow} {difference} since {before}") }
    }
}

#[cfg(test)]
mod tests {
    use valuemap_shared::value_map::Interval;

    use super::*;

    fn third_quarter() -> Quarter {
        Quarter::new(2026, 3).unwrap()
    }

    fn check(change: Option<(f64, Option<(f64, f64)>)>, expected: (Option<&str>, &str)) {
        let change = change.map(|(difference, interval)| {
            let interval = interval.map(|(low, high)| Interval { low, high, level: 0.95 });
            Change { difference, interval }
        });
        let ChangeText { class, text } = ChangeText::of_score(change.as_ref(), third_quarter());
        assert_eq!((class, text.as_str()), expected);
    }

    #[test]
    fn only_a_clear_change_is_shown_as_one() {
        check(Some((3.2, Some((0.4, 6.0)))), (Some("change-up"), "▲ +3.2 since Q3 2026"));
        check(Some((-3.2, Some((-6.0, -0.4)))), (Some("change-down"), "▼ −3.2 since Q3 2026"));
        check(Some((3.2, Some((-0.4, 6.8)))), (None, "no clear change since Q3 2026"));
        check(None, (None, "no score in Q3 2026"));
    }

    #[test]
    fn what_is_measured_exactly_changes_clearly() {
        check(Some((3.2, None)), (Some("change-up"), "▲ +3.2 since Q3 2026"));
        check(Some((0.0, None)), (None, "no change since Q3 2026"));
    }

    #[test]
    fn money_changes_with_its_sign() {
        let text =
            |change: Option<i64>| ChangeText::of_amount(change.map(Decimal::from), third_quarter(), Currency::EUR).text;
        assert_eq!(text(Some(1_240)), "▲ +€1.2k since Q3 2026");
        assert_eq!(text(Some(-300)), "▼ −€300 since Q3 2026");
        assert_eq!(text(Some(0)), "no change since Q3 2026");
        assert_eq!(text(None), "no amount in Q3 2026");
    }
}
