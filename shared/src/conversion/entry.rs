use chrono::{DateTime, NaiveDate, Utc};

use super::Stage;
use crate::activities::latest_moment;

/// An outcome that says that somebody has reached a stage.
///
/// Outcomes of one day are in the order of their stages, since a date without a time does not say which came first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    pub day: NaiveDate,
    pub stage: Stage,
    /// Seconds since 1970: up to then the community may have touched them before.
    pub at: i64,
    /// Of a sale: when the opportunity came about that it says it was.
    pub opportunity_on: Option<NaiveDate>,
}

impl Event {
    pub fn new(stage: Stage, at: DateTime<Utc>, opportunity_at: Option<DateTime<Utc>>) -> Self {
        let opportunity_on = opportunity_at.map(|at| at.date_naive());
        Self { day: at.date_naive(), stage, at: latest_moment(at).timestamp(), opportunity_on }
    }
}

/// A member or account entered a stage, and how far they have come since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub stage: Stage,
    pub day: NaiveDate,
    pub at: i64,
    /// Of a lead: when it became an opportunity.
    pub opportunity_on: Option<NaiveDate>,
    pub sale_on: Option<NaiveDate>,
}

impl Entry {
    /// The day on which they reached a later stage.
    pub fn reached(&self, stage: Stage) -> Option<NaiveDate> {
        match stage {
            Stage::Lead => None,
            Stage::Opportunity => self.opportunity_on,
            Stage::Sale => self.sale_on,
        }
    }
}

/// When one member or account entered a stage.
///
/// They enter a stage once until they buy: a further lead before the sale belongs to the same journey, and so does a lead
/// of whoever is an opportunity by then. A sale ends the journey, and the next lead begins another one. A sale was an
/// opportunity on the day that it says, or on its own day at the latest, so whoever bought has skipped no stage. Sales
/// themselves make nobody enter an earlier stage: what is known of the past of sales only has no failures in it.
pub fn entries_of(mut events: Vec<Event>) -> Vec<Entry> {
    events.sort_unstable();
    let mut entries: Vec<Entry> = Vec::new();
    let (mut lead, mut opportunity): (Option<usize>, Option<usize>) = (None, None);
    for event in events {
        let entry = Entry { stage: event.stage, day: event.day, at: event.at, opportunity_on: None, sale_on: None };
        match event.stage {
            Stage::Lead if lead.is_none() && opportunity.is_none() => {
                lead = Some(entries.len());
                entries.push(entry);
            }
            Stage::Opportunity if opportunity.is_none() => {
                if let Some(lead) = lead {
                    entries[lead].opportunity_on = Some(event.day);
                }
                opportunity = Some(entries.len());
                entries.push(entry);
            }
            Stage::Sale => {
                for open in [lead.take(), opportunity.take()].into_iter().flatten() {
                    let open = &mut entries[open];
                    open.sale_on = Some(event.day);
                    if open.stage == Stage::Lead && open.opportunity_on.is_none() {
                        let said = event.opportunity_on.unwrap_or(event.day);
                        open.opportunity_on = Some(said.clamp(open.day, event.day));
                    }
                }
            }
            Stage::Lead | Stage::Opportunity => {}
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event(text: &str) -> Event {
        let (stage, at) = text.split_once(' ').unwrap();
        let (at, opportunity) = at.split_once(" of ").map_or((at, None), |(at, of)| (at, Some(of)));
        let moment = |text: &str| match text.len() {
            10 => format!("{text}T00:00:00Z").parse().unwrap(),
            _ => text.parse().unwrap(),
        };
        Event::new(stage.parse().unwrap(), moment(at), opportunity.map(moment))
    }

    #[track_caller]
    fn check(events: &[&str], expected: &[&str]) {
        let day = |day: Option<NaiveDate>| day.map_or("never".to_owned(), |day| day.to_string());
        let written = |entry: &Entry| match entry.stage {
            Stage::Lead => {
                format!("lead {}, opportunity {}, sale {}", entry.day, day(entry.opportunity_on), day(entry.sale_on))
            }
            stage => format!("{stage} {}, sale {}", entry.day, day(entry.sale_on)),
        };
        let entries = entries_of(events.iter().map(|text| event(text)).collect());
        assert_eq!(entries.iter().map(written).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn stages_are_entered_one_after_the_other() {
        check(
            &["sale 2026-03-09T10:00:00Z", "lead 2026-01-05T08:00:00Z", "opportunity 2026-02-01T12:00:00Z"],
            &["lead 2026-01-05, opportunity 2026-02-01, sale 2026-03-09", "opportunity 2026-02-01, sale 2026-03-09"],
        );
    }

    #[test]
    fn a_further_lead_before_the_sale_is_the_same_journey_and_one_after_it_the_next() {
        check(
            &[
                "lead 2026-01-05",
                "lead 2026-01-20",
                "opportunity 2026-02-01",
                "lead 2026-02-03",
                "sale 2026-03-09",
                "lead 2026-04-01",
            ],
            &[
                "lead 2026-01-05, opportunity 2026-02-01, sale 2026-03-09",
                "opportunity 2026-02-01, sale 2026-03-09",
                "lead 2026-04-01, opportunity never, sale never",
            ],
        );
        check(&["opportunity 2026-01-05", "lead 2026-01-20"], &["opportunity 2026-01-05, sale never"]);
    }

    #[test]
    fn who_bought_has_skipped_no_stage() {
        check(&["lead 2026-01-05", "sale 2026-03-09"], &["lead 2026-01-05, opportunity 2026-03-09, sale 2026-03-09"]);
        let said = |on: &str, expected: &str| {
            let sale = format!("sale 2026-03-09 of {on}");
            let expected = format!("lead 2026-01-05, opportunity {expected}, sale 2026-03-09");
            check(&["lead 2026-01-05", &sale], &[&expected]);
        };
        said("2026-02-11T09:00:00Z", "2026-02-11");
        said("2025-11-11T09:00:00Z", "2026-01-05");
        said("2026-04-11T09:00:00Z", "2026-03-09");
    }

    #[test]
    fn sales_alone_say_nothing_of_those_that_failed() {
        check(&["sale 2026-03-09 of 2026-02-11"], &[]);
    }

    #[test]
    fn on_one_day_a_lead_comes_first() {
        check(
            &["sale 2026-03-09T00:00:00Z", "lead 2026-03-09T14:00:00Z"],
            &["lead 2026-03-09, opportunity 2026-03-09, sale 2026-03-09"],
        );
        check(
            &["sale 2026-03-09T09:00:00Z", "lead 2026-03-09"],
            &["lead 2026-03-09, opportunity 2026-03-09, sale 2026-03-09"],
        );
    }

    #[test]
    fn a_lead_without_a_time_may_have_been_touched_on_its_day() {
        let of = |text: &str| DateTime::from_timestamp(event(text).at, 0).unwrap().to_string();
        assert_eq!(of("lead 2026-03-09"), "2026-03-09 23:59:59 UTC");
        assert_eq!(of("lead 2026-03-09T08:00:00Z"), "2026-03-09 08:00:00 UTC");
    }

    proptest! {
        #[test]
        fn nobody_gets_anywhere_before_they_were_there(
            drawn in proptest::collection::vec((0_u64..60, 0_usize..3, any::<bool>()), 0..20)
        ) {
            let start = NaiveDate::default();
            let events: Vec<Event> = drawn
                .iter()
                .map(|(day, stage, said)| Event {
                    day: start + chrono::Days::new(*day),
                    stage: Stage::ALL[*stage],
                    at: *day as i64,
                    opportunity_on: said.then_some(start + chrono::Days::new(30)),
                })
                .collect();
            let entries = entries_of(events.clone());
            for entry in &entries {
                for day in [entry.opportunity_on, entry.sale_on].into_iter().flatten() {
                    prop_assert!(entry.day <= day);
                }
                if entry.stage == Stage::Lead && entry.sale_on.is_some() {
                    prop_assert!(entry.opportunity_on.is_some() && entry.opportunity_on <= entry.sale_on);
                }
            }
            let mut backwards = events;
            backwards.reverse();
            prop_assert_eq!(entries_of(backwards), entries);
        }
    }
}
