//! What the sums that are kept are of, and what they are kept under.

use chrono::NaiveDate;
use uuid::Uuid;
use valuemap_shared::calendar::Quarter;

/// What one kept sum is of, as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SumKey {
    /// A day, or the first of a quarter.
    pub day: NaiveDate,
    pub part: i16,
}

/// What one kept sum is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Summed {
    /// What is tracked of a day.
    Day(NaiveDate),
    /// Who of some parties was active in a quarter.
    Active(Quarter, PartyRange),
    /// How many customers there were, from day to day.
    Customers,
    /// What the outcomes of a day are credited to.
    Credits(NaiveDate),
}

/// What is of no day lies on this one.
const FIRST: NaiveDate = match NaiveDate::from_ymd_opt(1970, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

impl SumKey {
    pub const OF_DAY: i16 = 0;
    pub const CREDITS: i16 = -2;
    pub const CUSTOMERS: Self = Self { day: FIRST, part: -1 };

    pub fn of_day(day: NaiveDate) -> Self {
        Self { day, part: Self::OF_DAY }
    }

    pub fn of_active(quarter: Quarter, range: PartyRange) -> Self {
        Self { day: quarter.first_day(), part: i16::from(range.0) + 1 }
    }

    pub fn credits_of(day: NaiveDate) -> Self {
        Self { day, part: Self::CREDITS }
    }

    pub fn of(self) -> Summed {
        match u8::try_from(self.part - 1) {
            Ok(range) => Summed::Active(Quarter::containing(self.day), PartyRange(range)),
            Err(_) if self.part == Self::OF_DAY => Summed::Day(self.day),
            Err(_) if self.part == Self::CREDITS => Summed::Credits(self.day),
            Err(_) => Summed::Customers,
        }
    }
}

/// The parties whose ids begin with one byte: of ids, which are made by a hash, it is one in 256. Who of them was active is
/// counted by itself, so that it costs little to count again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartyRange(u8);

impl PartyRange {
    pub fn of(party: Uuid) -> Self {
        Self(party.as_bytes()[0])
    }

    pub fn all() -> impl Iterator<Item = Self> + Clone {
        (0..=u8::MAX).map(Self)
    }

    /// The least and the greatest id in it.
    pub fn bounds(self) -> (Uuid, Uuid) {
        let bound = |rest: u8| {
            let mut bytes = [rest; 16];
            bytes[0] = self.0;
            Uuid::from_bytes(bytes)
        };
        (bound(0), bound(u8::MAX))
    }

    pub fn contains(self, party: Uuid) -> bool {
        Self::of(party) == self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_says_what_it_is_of() {
        let day = NaiveDate::from_ymd_opt(2026, 2, 3).unwrap();
        assert_eq!(SumKey::of_day(day).of(), Summed::Day(day));
        assert_eq!(SumKey::CUSTOMERS.of(), Summed::Customers);
        assert_eq!(SumKey::credits_of(day).of(), Summed::Credits(day));
        let quarter = Quarter::containing(day);
        for range in PartyRange::all() {
            assert_eq!(SumKey::of_active(quarter, range).of(), Summed::Active(quarter, range));
            let (least, greatest) = range.bounds();
            assert!(least < greatest && range.contains(least) && range.contains(greatest));
        }
        assert_eq!(PartyRange::all().count(), 256);
    }
}
