//! The quarter that contacts per customer are compared with.

use chrono::NaiveDate;
use valuemap_shared::calendar::Quarter;
use valuemap_shared::value_map::model::ScoringModel;
use valuemap_shared::value_map::{BaselineFault, BaselineQuarter, ContactBaseline, Counts, Stretch};

use crate::value_map::day_book::DayBook;
use crate::value_map::day_sums::counts;
use crate::value_map::days::Span;

/// A quarter is covered as a whole when tracking began within this many days.
const FIRST_DAYS: u32 = 10;

/// The quarter that contacts per customer are compared with: the one that the model names, else the first up to today's
/// that has both cases and customers and is covered well enough. `None` where one of the two is not tracked at all.
pub fn contact_baseline(book: &DayBook, model: &ScoringModel, today: NaiveDate) -> Option<ContactBaseline> {
    let (first_case, first_customer) = book.first_case().zip(book.customers().first())?;
    // Where tracking seems to begin with a case, days are counted from the next on: a span that is known to begin with a
    // case has one more than chance gives it.
    let after_first_case = first_case.succ_opt().unwrap_or(first_case);
    let tracked_from = if first_customer > first_case { first_customer } else { after_first_case };
    if let Some(period) = model.financial.baseline_period {
        let found = baseline_quarter(book, period, tracked_from);
        let unusable = |fault| ContactBaseline::Unusable(period, fault);
        return Some(found.map_or_else(unusable, ContactBaseline::Quarter));
    }
    let mut period = Quarter::containing(tracked_from);
    while period <= Quarter::containing(today) {
        if let Ok(found) = baseline_quarter(book, period, tracked_from) {
            return Some(ContactBaseline::Quarter(found));
        }
        period = period.next();
    }
    Some(ContactBaseline::NoneYet)
}

fn baseline_quarter(
    book: &DayBook,
    period: Quarter,
    tracked_from: NaiveDate,
) -> Result<BaselineQuarter, BaselineFault> {
    let of = period.days();
    let late = (tracked_from - period.first_day()).num_days();
    let (from, days) = match u32::try_from(late) {
        Ok(late) if late >= of => return Err(BaselineFault::HardlyCovered),
        Ok(late) if late >= FIRST_DAYS => (tracked_from, of - late),
        _ => (period.first_day(), of),
    };
    if 2 * days < of {
        return Err(BaselineFault::HardlyCovered);
    }
    let customers = book.customers().on(period.last_day());
    if customers == 0 {
        return Err(BaselineFault::NoCustomers);
    }
    let Counts { cases, case_weeks, .. } = counts(&book.days, Span { first: from, last: period.last_day() });
    if cases == 0 {
        return Err(BaselineFault::NoCases);
    }
    Ok(BaselineQuarter { period, customers, cases, case_weeks, covered: Stretch { days, of } })
}
