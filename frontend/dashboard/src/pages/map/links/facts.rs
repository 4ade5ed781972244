//! What is known of a link, in words that never say that one thing caused another.

use valuemap_shared::value_map::{Effect, LinkReading, Strength};

use crate::words::format;

/// Each fact of a link in a sentence.
pub fn facts(link: &LinkReading) -> Vec<String> {
    let share = link.share.filter(|share| *share > 0.0).map(|share| format!("{} of the score", format::percent(share)));
    let strength = match &link.strength {
        Some(strength) => describe_strength(strength),
        None => "Too few quarters yet to tell whether they go together".to_owned(),
    };
    share.into_iter().chain(link.effect.as_ref().map(describe_effect)).chain([strength]).collect()
}

fn describe_effect(effect: &Effect) -> String {
    let percent = |share: f64| format::percent(share);
    format!(
        "Stated in the scoring model, not measured: ten points more are expected to raise the money by {} ({})",
        percent(effect.likely),
        format::ends(effect.low, effect.high, percent),
    )
}

fn describe_strength(strength: &Strength) -> String {
    let correlation = |value: f64| format::signed(value, 2);
    let words = match strength.correlation {
        up if up >= 0.1 => "Goes together with it",
        down if down <= -0.1 => "Goes the opposite way",
        _ => "Neither goes together with it nor against it",
    };
    format!(
        "{words}: r = {}, {}, over {}",
        correlation(strength.correlation),
        format::range(&strength.interval, correlation),
        format::counted(strength.quarters, "quarter"),
    )
}

#[cfg(test)]
mod tests {
    use valuemap_shared::value_map::{Element, Interval};

    use super::*;

    fn link(share: Option<f64>, effect: Option<Effect>, correlation: Option<f64>) -> LinkReading {
        let interval = Interval { low: -0.1, high: 0.9, level: 0.95 };
        let strength = correlation.map(|correlation| Strength { correlation, interval, quarters: 8 });
        LinkReading { from: Element::Education, to: Element::Upgrades, share, effect, strength }
    }

    #[test]
    fn a_link_says_what_it_rests_on() {
        let effect = Effect { low: 0.0, likely: 0.03, high: 0.08 };
        assert_eq!(
            facts(&link(None, Some(effect), Some(0.62))),
            [
                "Stated in the scoring model, not measured: ten points more are expected to raise the money by 3% (0%–8%)",
                "Goes together with it: r = +0.62, 95% interval −0.10 to +0.90, over 8 quarters",
            ]
        );
        assert_eq!(
            facts(&link(Some(0.25), None, None)),
            ["25% of the score", "Too few quarters yet to tell whether they go together"]
        );
    }

    #[test]
    fn no_association_is_not_called_one() {
        assert!(facts(&link(None, None, Some(0.02)))[0].starts_with("Neither"));
        assert!(facts(&link(None, None, Some(-0.5)))[0].starts_with("Goes the opposite way"));
    }
}
