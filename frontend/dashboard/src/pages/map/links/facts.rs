//! What is known of a link, in words that never say that one thing caused another.

use valuemap_shared::value_map::{Effect, Layer, LinkReading, Strength, Verdict};

use crate::words::format;

/// Each fact of a link in a sentence.
pub fn facts(link: &LinkReading) -> Vec<String> {
    let pays = link.to.layer() == Layer::Financial;
    let effect = link.effect.as_ref().map(|effect| describe_effect(effect, pays));
    let strength = match &link.strength {
        Some(strength) => describe_strength(strength),
        None => "Too few quarters yet to tell whether they go together".to_owned(),
    };
    effect.into_iter().chain([strength]).collect()
}

fn describe_effect(effect: &Effect, pays: bool) -> String {
    const STATED: &str = "Stated in the scoring model, not measured: ten points more are expected to";
    if pays {
        let percent = |share: f64| format::percent(share);
        let ends = format::ends(effect.low, effect.high, percent);
        format!("{STATED} raise the money by {} ({ends})", percent(effect.likely))
    } else {
        let points = |points: f64| format::quantity(points);
        let ends = format::ends(effect.low, effect.high, points);
        format!("{STATED} bring {} points ({ends})", points(effect.likely))
    }
}

fn describe_strength(strength: &Strength) -> String {
    let correlation = |value: f64| format::signed(value, 2);
    let words = match strength.verdict {
        Verdict::Together => "Rises and falls in the same quarters".to_owned(),
        Verdict::Opposite => "Rises as it falls".to_owned(),
        Verdict::CannotTell => {
            format!("{} cannot tell whether they go together", format::counted(strength.changes + 1, "quarter"))
        }
    };
    format!(
        "{words}: changes from quarter to quarter have r = {}, {}",
        correlation(strength.correlation),
        format::range(&strength.interval, correlation),
    )
}

#[cfg(test)]
mod tests {
    use valuemap_shared::value_map::{Element, Interval};

    use super::*;

    fn link(to: Element, effect: Option<Effect>, strength: Option<(f64, Verdict)>) -> LinkReading {
        let interval = Interval { low: -0.1, high: 0.9, level: 0.95 };
        let strength = strength.map(|(correlation, verdict)| Strength {
            correlation,
            interval,
            changes: 7,
            adjusted_p_value: 0.2,
            verdict,
        });
        LinkReading { from: Element::Education, to, effect, strength }
    }

    #[test]
    fn a_link_says_what_it_rests_on() {
        let effect = Effect { low: 0.0, likely: 0.03, high: 0.08 };
        assert_eq!(
            facts(&link(Element::Upgrades, Some(effect), Some((0.62, Verdict::CannotTell)))),
            [
                "Stated in the scoring model, not measured: ten points more are expected to raise the money by 3% (0%–8%)",
                "8 quarters cannot tell whether they go together: changes from quarter to quarter have r = +0.62, \
                 95% interval −0.10 to +0.90",
            ]
        );
        let effect = Effect { low: 1.0, likely: 3.0, high: 6.5 };
        assert_eq!(
            facts(&link(Element::ProductKnowledge, Some(effect), None)),
            [
                "Stated in the scoring model, not measured: ten points more are expected to bring 3 points (1–6.50)",
                "Too few quarters yet to tell whether they go together",
            ]
        );
    }

    #[test]
    fn only_what_the_quarters_can_tell_is_said_to_go_together() {
        let said = |correlation, verdict| facts(&link(Element::Upgrades, None, Some((correlation, verdict)))).remove(0);
        assert!(said(0.9, Verdict::Together).starts_with("Rises and falls in the same quarters"));
        assert!(said(-0.9, Verdict::Opposite).starts_with("Rises as it falls"));
        assert!(said(0.5, Verdict::CannotTell).starts_with("8 quarters cannot tell"));
    }
}
