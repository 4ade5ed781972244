use std::time::Duration;

use rust_decimal::Decimal;

use super::{AttributionError, Bucket, Conversion, CreditSource, Outcomes, SourceActivity, Touch};
use crate::money::{DECIMALS, ten_thousandths};

/// The journeys of accounts or members, with and without an outcome at their end.
///
/// Only what can be credited is kept: touches within the look-back window, in the order of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Journeys {
    kind: CreditSource,
    /// The outcomes were credited before: the weight of a touch is its credit, whatever model is asked.
    is_credited: bool,
    /// By source.
    activity: Vec<SourceActivity>,
    converted: Paths,
    /// One for each path of `converted`.
    conversions: Vec<Conversion>,
    unconverted: Paths,
    totals: Totals,
    /// What of the totals is credited, by bucket.
    by_bucket: Vec<Credited>,
}

/// One journey, as models see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Path<'a> {
    pub bucket: Bucket,
    /// In the order of time, at least one.
    pub touches: &'a [Touch],
}

impl Journeys {
    /// Starts to collect journeys in which sources from 0 up to, and without, `sources` occur. They are all of one kind.
    ///
    /// A touch counts when it is at most `look_back` older than the outcome (a touch of exactly that age is too old)
    /// and not later than it. [`Duration::MAX`] lets all earlier touches count.
    pub fn builder(kind: CreditSource, sources: u32, look_back: Duration) -> Result<JourneysBuilder, AttributionError> {
        let look_back = i64::try_from(look_back.as_secs()).unwrap_or(i64::MAX);
        if look_back == 0 {
            return Err(AttributionError::EmptyLookBack);
        }
        let journeys = Self {
            kind,
            is_credited: false,
            activity: vec![SourceActivity::default(); sources as usize],
            converted: Paths::default(),
            conversions: Vec::new(),
            unconverted: Paths::default(),
            totals: Totals::default(),
            by_bucket: vec![Credited::default(); Bucket::COUNT],
        };
        let last_journey_of = vec![0; sources as usize];
        Ok(JourneysBuilder { journeys, look_back, last_journey_of, journey: Vec::new() })
    }

    /// Starts to collect journeys whose outcomes a model has credited before ([`Model::divide`]): each touch stands for a
    /// source that was met within the look-back window, at the time of the outcome, and its weight is what that is credited
    /// with, which may be nothing.
    ///
    /// [`Model::divide`]: super::Model::divide
    pub fn credited_builder(kind: CreditSource, sources: u32) -> Result<JourneysBuilder, AttributionError> {
        let mut builder = Self::builder(kind, sources, Duration::MAX)?;
        builder.journeys.is_credited = true;
        Ok(builder)
    }

    pub(super) fn is_credited(&self) -> bool {
        self.is_credited
    }

    /// What the sources are.
    pub fn kind(&self) -> CreditSource {
        self.kind
    }

    /// How many sources there are, with and without touches.
    pub fn sources(&self) -> u32 {
        self.activity.len() as u32
    }

    /// What happened with each source, in the order of their indices.
    pub fn activity(&self) -> &[SourceActivity] {
        &self.activity
    }

    /// The outcomes that had a touch in the look-back window.
    pub fn credited(&self) -> Outcomes {
        let Credited { count, gains, losses } = self.totals.credited;
        Outcomes { count, value: amount(i128::from(gains) + i128::from(losses)) }
    }

    /// Those of the credited outcomes that a comparison counts on the value map.
    pub fn replaced(&self) -> Outcomes {
        Outcomes { count: self.totals.replaced, value: amount(self.totals.replaced_value) }
    }

    /// The outcomes that had none, so that nothing can be credited with them.
    pub fn uncredited(&self) -> Outcomes {
        Outcomes { count: self.totals.uncredited, value: amount(self.totals.uncredited_value.into()) }
    }

    /// Journeys with touches and without an outcome.
    pub fn unconverted(&self) -> u64 {
        self.unconverted.ends.len() as u64
    }

    pub(super) fn converted_paths(&self) -> impl Iterator<Item = (Path<'_>, &Conversion)> {
        self.converted.iter().zip(&self.conversions)
    }

    /// The paths that ended in an outcome. Where there are refunds alone, those, so that their value is credited by
    /// somebody.
    pub(super) fn successful_paths(&self) -> impl Iterator<Item = Path<'_>> {
        let refunds_alone = self.totals.credited.count == 0;
        let succeeded = move |(_, conversion): &(Path<'_>, &Conversion)| refunds_alone || !conversion.is_refund;
        self.converted_paths().filter(succeeded).map(|(path, _)| path)
    }

    pub(super) fn unconverted_paths(&self) -> impl Iterator<Item = Path<'_>> {
        self.unconverted.iter()
    }

    /// What is credited: of all journeys, or of all but those of a bucket.
    pub(super) fn credited_without(&self, bucket: Option<Bucket>) -> Credited {
        let all = self.totals.credited;
        let left_out = bucket.map_or(Credited::default(), |bucket| self.by_bucket[bucket.index()]);
        Credited {
            count: all.count - left_out.count,
            gains: all.gains - left_out.gains,
            losses: all.losses - left_out.losses,
        }
    }

    /// The buckets that have a credited outcome.
    pub(super) fn occupied_buckets(&self) -> impl Iterator<Item = Bucket> {
        Bucket::all().filter(|bucket| self.by_bucket[bucket.index()].count > 0)
    }

    /// The sources that have touches, and for each source its index among them.
    pub(super) fn used_sources(&self) -> (Vec<usize>, Vec<usize>) {
        let used: Vec<usize> = (0..self.activity.len()).filter(|source| self.activity[*source].touches > 0).collect();
        let mut indexes = vec![usize::MAX; self.activity.len()];
        for (index, source) in used.iter().enumerate() {
            indexes[*source] = index;
        }
        (used, indexes)
    }
}

/// Takes journeys one by one.
#[derive(Clone, Debug)]
pub struct JourneysBuilder {
    journeys: Journeys,
    /// Seconds, above zero.
    look_back: i64,
    /// By source, the number of the last converting journey that touched it, so that each counts once.
    last_journey_of: Vec<usize>,
    /// The journey at hand, kept for its memory.
    journey: Vec<Touch>,
}

impl JourneysBuilder {
    /// Adds a journey: its touches in any order, and the outcome that it ended in, if any.
    ///
    /// A second outcome of the same account is a journey of its own, with the same touches once more; a refund is one that
    /// adds no outcome. Without an
    /// outcome the look-back window ends with the last touch, so that both kinds of journeys are equally long at
    /// most. Touches without weight are left out. Neither the order in which touches were written down nor the numbers of their sources matter: touches of
    /// the same second are alike in time.
    pub fn add(
        &mut self,
        bucket: Bucket,
        touches: impl IntoIterator<Item = Touch>,
        conversion: Option<Conversion>,
    ) -> Result<(), AttributionError> {
        self.journey.clear();
        let is_credited = self.journeys.is_credited;
        self.journey.extend(touches.into_iter().filter(|touch| is_credited || touch.weight > 0.0));
        let sources = self.journeys.sources();
        if let Some(touch) = self.journey.iter().find(|touch| touch.source >= sources) {
            return Err(AttributionError::UnknownSource { touched: touch.source, sources });
        }
        self.journey
            .sort_unstable_by(|a, b| (a.at, a.source).cmp(&(b.at, b.source)).then(a.weight.total_cmp(&b.weight)));

        let last = self.journey.last().map(|touch| touch.at);
        let path = match conversion.map(|conversion| conversion.at).or(last) {
            Some(end) => within(&self.journey, end.saturating_sub(self.look_back), end),
            None => &[],
        };
        let Journeys { kind: _, is_credited: _, activity, converted, conversions, unconverted, totals, by_bucket } =
            &mut self.journeys;
        if let Some(conversion) = conversion {
            *totals = totals.with(&conversion, !path.is_empty())?;
        }
        if path.is_empty() {
            return Ok(());
        }
        for touch in path {
            activity[touch.source as usize].touches += 1;
        }
        let Some(conversion) = conversion else {
            unconverted.push(bucket, path);
            return Ok(());
        };
        converted.push(bucket, path);
        conversions.push(conversion);
        let of_bucket = &mut by_bucket[bucket.index()];
        // It cannot overflow where the totals did not.
        *of_bucket = of_bucket.with(&conversion).unwrap_or(*of_bucket);
        if conversion.is_refund {
            return Ok(());
        }
        for touch in path {
            let last_journey = &mut self.last_journey_of[touch.source as usize];
            if *last_journey != conversions.len() {
                *last_journey = conversions.len();
                activity[touch.source as usize].converting_journeys += 1;
            }
        }
        Ok(())
    }

    /// Adds outcomes that nothing was met before, as sums.
    pub fn add_uncredited(&mut self, outcomes: Outcomes) -> Result<(), AttributionError> {
        let totals = &mut self.journeys.totals;
        let sum = totals.uncredited_value.checked_add(ten_thousandths(outcomes.value));
        totals.uncredited_value = sum.ok_or(AttributionError::ValuesTooLarge)?;
        totals.uncredited += outcomes.count;
        Ok(())
    }

    pub fn build(self) -> Journeys {
        self.journeys
    }
}

/// The touches after `start` and not after `end`, out of touches that are sorted by time.
fn within(journey: &[Touch], start: i64, end: i64) -> &[Touch] {
    let first = journey.partition_point(|touch| touch.at <= start);
    let behind = journey.partition_point(|touch| touch.at <= end);
    &journey[first..behind]
}

/// Touches of many journeys, one journey after the other.
#[derive(Clone, Debug, Default, PartialEq)]
struct Paths {
    touches: Vec<Touch>,
    /// Where each journey ends in `touches`, and the next one starts.
    ends: Vec<usize>,
    /// Of each journey.
    buckets: Vec<Bucket>,
}

impl Paths {
    fn push(&mut self, bucket: Bucket, path: &[Touch]) {
        self.touches.extend_from_slice(path);
        self.ends.push(self.touches.len());
        self.buckets.push(bucket);
    }

    fn iter(&self) -> impl Iterator<Item = Path<'_>> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let ranges = starts.zip(&self.ends).map(|(start, end)| &self.touches[start..*end]);
        ranges.zip(&self.buckets).map(|(touches, bucket)| Path { bucket: *bucket, touches })
    }
}

/// Credited outcomes. Sums in ten-thousandths of the reporting currency.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Credited {
    pub count: u64,
    pub gains: i64,
    /// Not above zero.
    pub losses: i64,
}

impl Credited {
    /// With what it brought, and as one outcome more where it is no refund; `None` where the sum is too large.
    fn with(mut self, conversion: &Conversion) -> Option<Self> {
        let sum = if conversion.value < 0 { &mut self.losses } else { &mut self.gains };
        *sum = sum.checked_add(conversion.value)?;
        self.count += u64::from(!conversion.is_refund);
        Some(self)
    }
}

/// Sums in ten-thousandths of the reporting currency.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Totals {
    credited: Credited,
    replaced: u64,
    replaced_value: i128,
    uncredited: u64,
    uncredited_value: i64,
}

impl Totals {
    fn with(mut self, conversion: &Conversion, is_credited: bool) -> Result<Self, AttributionError> {
        if is_credited {
            self.credited = self.credited.with(conversion).ok_or(AttributionError::ValuesTooLarge)?;
            self.replaced += u64::from(conversion.is_replaced && !conversion.is_refund);
            self.replaced_value += if conversion.is_replaced { conversion.value.into() } else { 0 };
        } else {
            let sum = self.uncredited_value.checked_add(conversion.value);
            self.uncredited_value = sum.ok_or(AttributionError::ValuesTooLarge)?;
            self.uncredited += u64::from(!conversion.is_refund);
        }
        Ok(self)
    }
}

fn amount(ten_thousandths: i128) -> Decimal {
    Decimal::from_i128_with_scale(ten_thousandths, DECIMALS).normalize()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::attribution::testing::{arbitrary_journeys, journeys_of};

    fn bucket() -> Bucket {
        Bucket::of_hash(7)
    }

    fn builder(look_back: u64) -> JourneysBuilder {
        Journeys::builder(CreditSource::ActivityType, 3, Duration::from_secs(look_back)).unwrap()
    }

    fn touches(times: &[i64]) -> Vec<Touch> {
        times.iter().map(|at| Touch::new(0, *at)).collect()
    }

    #[test]
    fn only_touches_in_the_window_count() {
        let mut builder = builder(10);
        builder.add(bucket(), touches(&[21, 0, 20, 10, 11, 9]), Some(Conversion::new(20, 5_000))).unwrap();
        let journeys = builder.build();
        let (path, _) = journeys.converted_paths().next().unwrap();
        assert_eq!(path, Path { bucket: bucket(), touches: &touches(&[11, 20]) });
        assert_eq!(journeys.activity()[0], SourceActivity { touches: 2, converting_journeys: 1 });
        assert_eq!(journeys.credited(), Outcomes { count: 1, value: Decimal::new(5, 1) });
    }

    #[test]
    fn an_outcome_before_any_touch_is_reported_and_credited_to_nobody() {
        let mut builder = builder(10);
        builder.add(bucket(), touches(&[21, 9]), Some(Conversion::new(20, 12_345))).unwrap();
        builder.add(bucket(), [], Some(Conversion::new(20, -2_345))).unwrap();
        let journeys = builder.build();
        assert_eq!(journeys.uncredited(), Outcomes { count: 2, value: Decimal::ONE });
        assert_eq!(journeys.credited(), Outcomes::default());
        assert_eq!(journeys.activity()[0], SourceActivity::default());
    }

    #[test]
    fn without_an_outcome_the_window_ends_with_the_last_touch() {
        let mut builder = builder(10);
        builder.add(bucket(), touches(&[30, 20, 21]), None).unwrap();
        builder.add(bucket(), [], None).unwrap();
        let journeys = builder.build();
        assert_eq!(journeys.unconverted_paths().map(|path| path.touches).collect::<Vec<_>>(), [touches(&[21, 30])]);
        assert_eq!(journeys.unconverted(), 1);
    }

    #[test]
    fn the_longest_window_takes_every_earlier_touch() {
        let mut builder = Journeys::builder(CreditSource::Goal, 1, Duration::MAX).unwrap();
        builder.add(bucket(), touches(&[-1_000_000_000_000, 5]), Some(Conversion::new(4, 1))).unwrap();
        assert_eq!(builder.build().activity()[0].touches, 1);
    }

    #[test]
    fn what_cannot_be_counted_is_refused_and_changes_nothing() {
        let without_window = Journeys::builder(CreditSource::Goal, 1, Duration::ZERO);
        assert_eq!(without_window.unwrap_err(), AttributionError::EmptyLookBack);
        let mut builder = builder(10);
        builder.add(bucket(), touches(&[1]), Some(Conversion::new(1, i64::MAX))).unwrap();
        let before = builder.clone().build();
        let stranger = Touch::new(3, 1);
        assert_eq!(
            builder.add(bucket(), [stranger], None),
            Err(AttributionError::UnknownSource { touched: 3, sources: 3 })
        );
        assert_eq!(
            builder.add(bucket(), touches(&[1]), Some(Conversion::new(1, 1))),
            Err(AttributionError::ValuesTooLarge)
        );
        assert_eq!(builder.build(), before);
    }

    #[test]
    fn a_touch_without_weight_is_none() {
        let mut builder = builder(10);
        let unseen = [Touch { weight: 0.0, ..Touch::new(0, 15) }];
        builder.add(bucket(), unseen, Some(Conversion::new(20, 1))).unwrap();
        builder.add(bucket(), unseen, None).unwrap();
        let journeys = builder.build();
        assert_eq!((journeys.uncredited().count, journeys.credited().count, journeys.unconverted()), (1, 0, 0));
    }

    #[test]
    fn a_refund_takes_its_value_back_and_is_no_outcome() {
        let mut builder = builder(1_000);
        let refund = Conversion { is_refund: true, ..Conversion::new(30, -40_000) };
        for conversion in [Some(Conversion::new(20, 40_000)), Some(refund)] {
            builder.add(bucket(), touches(&[10]), conversion).unwrap();
        }
        let journeys = builder.build();
        assert_eq!(journeys.credited(), Outcomes { count: 1, value: Decimal::ZERO });
        assert_eq!((journeys.successful_paths().count(), journeys.activity()[0].converting_journeys), (1, 1));
    }

    #[test]
    fn what_a_comparison_counts_is_a_part_of_what_is_credited() {
        let mut builder = builder(10);
        let replaced = Conversion { is_replaced: true, ..Conversion::new(20, 30_000) };
        builder.add(bucket(), touches(&[15]), Some(replaced)).unwrap();
        builder.add(bucket(), touches(&[15]), Some(Conversion::new(20, 10_000))).unwrap();
        builder.add(bucket(), [], Some(replaced)).unwrap();
        let journeys = builder.build();
        assert_eq!(journeys.credited(), Outcomes { count: 2, value: Decimal::from(4) });
        assert_eq!(journeys.replaced(), Outcomes { count: 1, value: Decimal::from(3) });
    }

    proptest! {
        #[test]
        fn the_order_of_writing_down_does_not_matter(listed in arbitrary_journeys(4)) {
            let backwards = listed.iter().map(|(touches, conversion)| {
                (touches.iter().rev().copied().collect(), *conversion)
            });
            prop_assert_eq!(journeys_of(4, &listed), journeys_of(4, &backwards.collect::<Vec<_>>()));
        }

        #[test]
        fn every_outcome_is_credited_or_not(listed in arbitrary_journeys(4)) {
            let journeys = journeys_of(4, &listed);
            let conversions = || listed.iter().filter_map(|(_, conversion)| *conversion);
            let outcomes = conversions().filter(|conversion| !conversion.is_refund).count() as u64;
            let value: i64 = conversions().map(|conversion| conversion.value).sum();
            let (credited, uncredited) = (journeys.credited(), journeys.uncredited());
            prop_assert_eq!(credited.count + uncredited.count, outcomes);
            prop_assert_eq!(credited.value + uncredited.value, Decimal::new(value, DECIMALS));
        }
    }
}
