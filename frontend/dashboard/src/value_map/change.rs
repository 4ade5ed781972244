use valuemap_shared::calendar::Quarter;
use valuemap_shared::value_map::Change;
use yew::prelude::*;

use crate::format;

#[derive(Properties, PartialEq)]
pub struct ChangeLineProps {
    pub change: Option<Change>,
    /// The quarter that the change is counted from.
    pub before: Quarter,
}

/// The change in one line. Only a change that is more than the play of chance gets an arrow and a colour.
#[component]
pub fn ChangeLine(props: &ChangeLineProps) -> Html {
    let (class, text) = describe(props.change.as_ref(), props.before);
    html! { <p class={classes!("change", class)}>{ text }</p> }
}

fn describe(change: Option<&Change>, before: Quarter) -> (Option<&'static str>, String) {
    let before = format::quarter(before);
    match change {
        None => (None, format!("no score in {before}")),
        Some(change) if !change.is_clear() => (None, format!("no clear change since {before}")),
        Some(change) => {
            let (class, arrow) = if change.difference > 0.0 { ("change-up", "▲") } else { ("change-down", "▼") };
            (Some(class), format!("{arrow} {} since {before}", format::signed(change.difference, 1)))
        }
    }
}

#[cfg(test)]
mod tests {
    use valuemap_shared::value_map::Interval;

    use super::*;

    fn check(change: Option<(f64, f64, f64)>, expected: (Option<&str>, &str)) {
        let change = change
            .map(|(difference, low, high)| Change { difference, interval: Some(Interval { low, high, level: 0.95 }) });
        let (class, text) = describe(change.as_ref(), Quarter::new(2026, 3).unwrap());
        assert_eq!((class, text.as_str()), expected);
    }

    #[test]
    fn only_a_clear_change_is_shown_as_one() {
        check(Some((3.2, 0.4, 6.0)), (Some("change-up"), "▲ +3.2 since Q3 2026"));
        check(Some((-3.2, -6.0, -0.4)), (Some("change-down"), "▼ −3.2 since Q3 2026"));
        check(Some((3.2, -0.4, 6.8)), (None, "no clear change since Q3 2026"));
        check(None, (None, "no score in Q3 2026"));
    }
}
