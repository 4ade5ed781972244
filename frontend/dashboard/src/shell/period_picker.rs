use valuemap_shared::calendar::Quarter;
use valuemap_ui::{Select, SelectOption};
use yew::prelude::*;

use crate::words::format;

#[derive(Properties, PartialEq)]
pub struct PeriodPickerProps {
    /// The quarters that hold answers.
    pub periods: Vec<Quarter>,
    /// The one on screen.
    pub period: Quarter,
    pub onpick: Callback<Quarter>,
}

#[component]
pub fn PeriodPicker(props: &PeriodPickerProps) -> Html {
    let onpick = {
        let onpick = props.onpick.clone();
        Callback::from(move |text: AttrValue| {
            if let Ok(period) = text.parse() {
                onpick.emit(period);
            }
        })
    };
    let options = options(&props.periods, props.period);
    html! { <Select label="Period" {options} selected={props.period.to_string()} {onpick} /> }
}

/// The quarters that hold answers and the one on screen, latest first.
fn options(periods: &[Quarter], shown: Quarter) -> Vec<SelectOption> {
    let mut all: Vec<Quarter> = periods.iter().copied().chain([shown]).collect();
    all.sort_unstable_by(|a, b| b.cmp(a));
    all.dedup();
    let option =
        |period: Quarter| SelectOption { value: period.to_string().into(), label: format::quarter(period).into() };
    all.into_iter().map(option).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quarter_on_screen_is_always_among_the_options() {
        let quarter = |number| Quarter::new(2026, number).unwrap();
        let check = |periods: &[Quarter], shown, expected: &[&str]| {
            let values: Vec<_> = options(periods, shown).into_iter().map(|option| option.value.to_string()).collect();
            assert_eq!(values, expected);
        };
        check(&[quarter(4), quarter(3)], quarter(4), &["2026-Q4", "2026-Q3"]);
        check(&[quarter(4), quarter(1)], quarter(2), &["2026-Q4", "2026-Q2", "2026-Q1"]);
        check(&[], quarter(4), &["2026-Q4"]);
    }
}
