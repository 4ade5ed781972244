//! The outcomes behind an element of the financial layer. How many there are of each day is known from the sums of days, so
//! that a page of them takes the days that it shows.

use chrono::NaiveDate;
use sea_orm::DbErr;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::money::Money;
use valuemap_shared::value_map::Element;
use valuemap_shared::value_map::model::Attribution;

use crate::activities::identity::Identities;
use crate::database::statements::Reads;
use crate::value_map::day_book::DayBook;
use crate::value_map::days::Span;
use crate::value_map::explained_row::Row;
use crate::value_map::money::{Exchange, ReadWith, paid_outcomes, paid_rows};

#[derive(Debug)]
pub struct ExplainedOutcomes {
    community: CommunityId,
    element: Element,
    attribution: Attribution,
    /// In order, with how many there are.
    days: Vec<(NaiveDate, u64)>,
}

impl ExplainedOutcomes {
    pub fn of(
        community: CommunityId,
        (element, attribution): (Element, &Attribution),
        (book, span): (&DayBook, Span),
    ) -> Self {
        let attribution = attribution.clone();
        Self { community, element, attribution, days: book.outcomes_of(element, span).collect() }
    }

    pub fn count(&self) -> u64 {
        self.days.iter().map(|(_, outcomes)| outcomes).sum()
    }

    pub async fn page(&self, db: &impl Reads, start: u64, size: u64) -> Result<Vec<Row>, DbErr> {
        let Some((span, skipped)) = days_of_page(&self.days, start, size) else { return Ok(Vec::new()) };
        let rows = paid_rows(db, self.community, span).await?;
        let parties = rows.iter().filter_map(|row| row.party_id).collect();
        let confidence = self.attribution.minimum_confidence;
        let identities = Identities::near(db, self.community, confidence, parties).await?;
        let exchange = Exchange::of(db, self.community).await?;
        let read_with = ReadWith { exchange: &exchange, identities: &identities, payments: None };
        let paid = paid_outcomes(db, self.community, &self.attribution, read_with, rows).await?;
        let rows = paid.into_iter().filter(|paid| paid.element == self.element).map(|paid| Row {
            kind: "outcome".into(),
            id: format!("{}:{}", paid.row.source, paid.row.external_key),
            day: Some(paid.row.at.date_naive()),
            text: format!(
                "{}, {}",
                paid.row.title.as_deref().unwrap_or(&paid.row.kind),
                if paid.credited { "credited" } else { "no activity met before it" }
            ),
            value: None,
            amount: Some(Money { amount: paid.amount, currency: exchange.own }),
        });
        Ok(rows.skip(skipped as usize).take(size as usize).collect())
    }
}

/// The days on which the rows of a page are, and how many rows of the first of them come before it.
fn days_of_page(days: &[(NaiveDate, u64)], start: u64, size: u64) -> Option<(Span, u64)> {
    let mut before = 0;
    let mut found: Option<(Span, u64)> = None;
    for (day, rows) in days {
        if before + rows > start && before < start + size {
            match &mut found {
                Some((span, _)) => span.last = *day,
                None => found = Some((Span { first: *day, last: *day }, start - before)),
            }
        }
        before += rows;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_takes_the_days_that_it_shows() {
        let day = |number: u32| NaiveDate::from_ymd_opt(2026, 1, number).unwrap();
        let days = [(day(1), 3), (day(4), 2), (day(9), 10)];
        let check = |start, size, expected: Option<(u32, u32, u64)>| {
            let expected =
                expected.map(|(first, last, skipped)| (Span { first: day(first), last: day(last) }, skipped));
            assert_eq!(days_of_page(&days, start, size), expected, "{start} {size}");
        };
        check(0, 3, Some((1, 1, 0)));
        check(0, 4, Some((1, 4, 0)));
        check(2, 2, Some((1, 4, 2)));
        check(3, 1, Some((4, 4, 0)));
        check(4, 100, Some((4, 9, 1)));
        check(14, 5, Some((9, 9, 9)));
        check(15, 5, None);
        assert_eq!(days_of_page(&[], 0, 5), None);
    }
}
