use chrono::NaiveDate;

use super::reading::{
    ConversionGroup, ConversionRate, ConversionStep, DifferenceReading, MedianReading, MedianTime, RateReading,
    ShareDifference,
};
use super::{Entry, Stage, words};
use crate::statistics::{Durations, newcombe_interval, wilson_interval};
use crate::value_map::{Absence, NoScore, Verdict};

/// How long entries took to get from one stage to another, by whether they had been touched before.
#[derive(Clone, Debug, Default, PartialEq)]
struct StepTally {
    touched: Durations,
    untouched: Durations,
}

/// What some entries come to. The sum of two is the tally of the entries of both.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConversionTally {
    /// As in [`Stage::STEPS`].
    steps: [StepTally; Stage::STEPS.len()],
    /// The stages that somebody who is followed reached at any time.
    pub tracked: [bool; Stage::ALL.len()],
}

impl ConversionTally {
    /// An entry, as far as it is known on a day.
    pub fn add(&mut self, entry: &Entry, is_touched: bool, today: NaiveDate) {
        for ((from, to), tally) in Stage::STEPS.iter().zip(&mut self.steps) {
            if entry.stage == *from {
                let reached = entry.reached(*to);
                let days = (reached.unwrap_or(today) - entry.day).num_days();
                let durations = if is_touched { &mut tally.touched } else { &mut tally.untouched };
                durations.add(u32::try_from(days).unwrap_or_default(), reached.is_some());
            }
        }
    }

    fn is_tracked(&self, stage: Stage) -> bool {
        self.tracked[stage as usize]
    }
}

/// All that a tally says. Of fewer than `minimum` no rate is shown, and none of the same answer from which theirs would follow.
pub fn steps(tally: &ConversionTally, minimum: u64) -> Vec<ConversionStep> {
    let step = |((from, to), step): (&(Stage, Stage), &StepTally)| {
        let untracked = [*from, *to].into_iter().find(|stage| !tally.is_tracked(*stage));
        step_of((*from, *to), step, untracked, minimum)
    };
    Stage::STEPS.iter().zip(&tally.steps).map(step).collect()
}

fn step_of(
    (from, to): (Stage, Stage),
    StepTally { touched, untouched }: &StepTally,
    untracked: Option<Stage>,
    minimum: u64,
) -> ConversionStep {
    let group = |durations: &Durations, other: Option<&Durations>| {
        let entered = durations.total();
        let absence = match untracked {
            Some(stage) => {
                Some(NoScore { reason: Absence::NotConnected, message: words::untracked(stage), needed: None })
            }
            None if entered == 0 && other.is_some_and(|other| other.total() > 0) => {
                Some(NoScore::no_data(words::none_of_these(from)))
            }
            None if entered == 0 => Some(NoScore::no_data(words::nobody(from))),
            None if entered < minimum => Some(too_few(words::too_few(from, entered, minimum))),
            // With the rate of all it would tell the one that is not shown.
            None if other.is_some_and(|other| (1..minimum).contains(&other.total())) => {
                Some(too_few(words::beside_too_few(from, minimum)))
            }
            None => None,
        };
        let reading = absence.map_or_else(|| RateReading::ConversionRate(rate(durations, to)), RateReading::NoScore);
        ConversionGroup { entered, reading }
    };
    let all = group(&touched.clone().with(untouched), None);
    let difference = difference(touched, untouched);
    let (touched, untouched) = (group(touched, Some(untouched)), group(untouched, Some(touched)));
    let difference = match [&touched, &untouched].map(|group| &group.reading) {
        [RateReading::ConversionRate(_), RateReading::ConversionRate(_)] => {
            DifferenceReading::ShareDifference(difference)
        }
        [RateReading::NoScore(absence), _] | [_, RateReading::NoScore(absence)] => {
            DifferenceReading::NoScore(absence.clone())
        }
    };
    let mut step = ConversionStep { from, to, summary: String::new(), all, touched, untouched, difference };
    step.summary = words::summary(&step);
    step
}

fn too_few(message: String) -> NoScore {
    NoScore { reason: Absence::TooFewEntries, message, needed: None }
}

fn rate(durations: &Durations, to: Stage) -> ConversionRate {
    let (reached, total) = (durations.reached(), durations.total());
    let time = match durations.median() {
        Some(median) => {
            MedianReading::MedianTime(MedianTime { days: median.value, low: median.low, high: median.high })
        }
        None => MedianReading::NoScore(NoScore::no_data(words::no_median(to))),
    };
    ConversionRate {
        reached,
        share: reached as f64 / total as f64,
        interval: wilson_interval(reached as f64, total as f64),
        time,
        median_days_of_reached: durations.median_of_reached(),
    }
}

/// Both have to have entries, or it is not shown.
fn difference(touched: &Durations, untouched: &Durations) -> ShareDifference {
    let counts = |durations: &Durations| (durations.reached(), durations.total());
    let share = |(reached, total): (u64, u64)| reached as f64 / total as f64;
    let (one, other) = (counts(touched), counts(untouched));
    let interval = newcombe_interval(one, other);
    let verdict = match interval {
        interval if interval.low > 0.0 => Verdict::Together,
        interval if interval.high < 0.0 => Verdict::Opposite,
        _ => Verdict::CannotTell,
    };
    ShareDifference { value: share(one) - share(other), interval, verdict }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(number: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + chrono::Days::new(number)
    }

    fn lead(sale: Option<u64>) -> Entry {
        let sale_on = sale.map(day);
        Entry { stage: Stage::Lead, day: day(0), at: 0, opportunity_on: sale_on, sale_on }
    }

    /// So many leads that were touched or not, of which so many became a sale after ten days; today is day 40.
    fn tally(touched: (u64, u64), untouched: (u64, u64)) -> ConversionTally {
        let mut tally = ConversionTally { tracked: [true; 3], ..Default::default() };
        for ((reached, entered), is_touched) in [(touched, true), (untouched, false)] {
            for index in 0..entered {
                tally.add(&lead((index < reached).then_some(10)), is_touched, day(40));
            }
        }
        tally
    }

    fn lead_to_sale(tally: &ConversionTally) -> ConversionStep {
        steps(tally, 5).pop().unwrap()
    }

    fn reason(group: &ConversionGroup) -> Option<Absence> {
        match &group.reading {
            RateReading::ConversionRate(_) => None,
            RateReading::NoScore(absence) => Some(absence.reason),
        }
    }

    #[test]
    fn the_touched_stand_beside_the_others() {
        let step = lead_to_sale(&tally((30, 50), (10, 50)));
        assert_eq!((step.all.entered, step.touched.entered), (100, 50));
        let rate = step.touched.reading.figure().unwrap();
        assert_eq!((rate.reached, rate.share, rate.median_days_of_reached), (30, 0.6, Some(10.0)));
        let MedianReading::MedianTime(time) = &rate.time else { panic!("more than half got there") };
        assert_eq!((time.days, time.low), (10.0, 10.0));
        let difference = step.difference.figure().unwrap();
        assert_eq!((difference.value, difference.verdict), (0.6 - 0.2, Verdict::Together));
        assert_eq!(
            step.summary,
            "40 of 100 leads have become a sale so far (40%), half of these within 10 days. Of 50 that the community had \
             touched before, 30 have (60%); of 50 that it had not, 10 (20%). Touch and sale went together (40 points \
             more, 95% interval 21 to 55): that says nothing about causes."
        );
    }

    #[test]
    fn what_may_be_chance_is_said_to_be() {
        let step = lead_to_sale(&tally((3, 10), (2, 10)));
        assert_eq!(step.difference.figure().unwrap().verdict, Verdict::CannotTell);
        assert!(step.summary.ends_with("That may be chance (95% interval of the difference −26 to 44 points)."));
        let step = lead_to_sale(&tally((10, 50), (30, 50)));
        assert!(
            step.summary.contains("Those touched have become a sale less often (40 points less"),
            "{}",
            step.summary
        );
    }

    #[test]
    fn a_small_group_is_not_shown_and_does_not_follow_from_others() {
        let step = lead_to_sale(&tally((1, 4), (10, 50)));
        assert_eq!(reason(&step.all), None);
        assert_eq!([&step.touched, &step.untouched].map(reason), [Some(Absence::TooFewEntries); 2]);
        assert_eq!(step.difference.figure(), None);
        assert!(step.summary.starts_with("11 of 54 leads"), "{}", step.summary);
        // Where all are on one side there is nothing to hide.
        let step = lead_to_sale(&tally((0, 0), (10, 50)));
        assert_eq!([&step.touched, &step.untouched].map(reason), [Some(Absence::NoData), None]);
    }

    #[test]
    fn nothing_tracked_is_no_zero() {
        let mut tally = tally((0, 10), (0, 10));
        tally.tracked = [true, false, false];
        for step in steps(&tally, 5) {
            assert_eq!(reason(&step.all), Some(Absence::NotConnected), "{} to {}", step.from, step.to);
        }
        let none = steps(&ConversionTally { tracked: [true; 3], ..Default::default() }, 5);
        assert!(none.iter().all(|step| reason(&step.all) == Some(Absence::NoData)));
        assert_eq!(none[2].summary, "There was no lead in this time.");
    }

    #[test]
    fn an_opportunity_is_followed_to_the_sale_only() {
        let mut tally = ConversionTally { tracked: [true; 3], ..Default::default() };
        for _ in 0..6 {
            tally.add(&Entry { stage: Stage::Opportunity, ..lead(Some(3)) }, false, day(40));
        }
        let entered: Vec<u64> = steps(&tally, 5).iter().map(|step| step.all.entered).collect();
        assert_eq!(entered, [0, 6, 0]);
    }

    proptest! {
        #[test]
        fn figures_stay_within_their_bounds(touched in 0_u64..40, untouched in 0_u64..40, part in 0.0..=1.0_f64) {
            let reached = |entered: u64| (entered as f64 * part) as u64;
            let step = lead_to_sale(&tally((reached(touched), touched), (reached(untouched), untouched)));
            for group in [&step.all, &step.touched, &step.untouched] {
                if let Some(rate) = group.reading.figure() {
                    prop_assert!(group.entered >= 5 && (0.0..=1.0).contains(&rate.share));
                }
            }
            if let Some(difference) = step.difference.figure() {
                prop_assert!(difference.interval.low <= difference.value && difference.value <= difference.interval.high);
            }
        }
    }
}
