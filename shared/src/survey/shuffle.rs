//! A seeded shuffle: the order in which the choices of a question are shown, the same wherever it is asked for.

/// An order of `count` things, each one as likely as any other over all seeds (Fisher-Yates; numbers that would favour
/// some positions are drawn again).
pub fn order(count: usize, seed: u32) -> Vec<usize> {
    let mut numbers = Mulberry32(seed);
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        order.swap(last, numbers.below(last + 1));
    }
    order
}

/// Tommy Ettinger's generator mulberry32: a few instructions, in a browser's numbers as well as here.
struct Mulberry32(u32);

impl Mulberry32 {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x6d2b_79f5);
        let state = self.0;
        let mixed = (state ^ (state >> 15)).wrapping_mul(state | 1);
        let mixed = mixed ^ mixed.wrapping_add((mixed ^ (mixed >> 7)).wrapping_mul(mixed | 61));
        mixed ^ (mixed >> 14)
    }

    fn below(&mut self, limit: usize) -> usize {
        const ALL: u64 = 1 << 32;
        let limit = limit as u64;
        loop {
            let number = u64::from(self.next());
            if number < ALL - ALL % limit {
                return (number % limit) as usize;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_script_that_shows_the_first_question() {
        let mut numbers = Mulberry32(1);
        assert_eq!([numbers.next(), numbers.next(), numbers.next()], [2_693_262_067, 11_749_833, 2_265_367_787]);
        assert_eq!(order(5, 0), [2, 0, 1, 4, 3]);
        assert_eq!(order(5, 1), [0, 3, 4, 1, 2]);
        assert_eq!(order(8, u32::MAX), [0, 4, 5, 6, 1, 2, 7, 3]);
        assert_eq!(order(12, 20_261_122), [9, 6, 11, 1, 10, 0, 4, 7, 3, 5, 8, 2]);
    }

    /// Pearson's statistic over the six orders has five degrees of freedom: it is above 20.5 once in a thousand.
    #[test]
    fn all_orders_come_about_equally_often() {
        const SEEDS: u32 = 60_000;
        let mut counts: BTreeMap<Vec<usize>, u32> = BTreeMap::new();
        for seed in 0..SEEDS {
            *counts.entry(order(3, seed)).or_default() += 1;
        }
        let expected = f64::from(SEEDS) / 6.0;
        let statistic: f64 = counts.values().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
        assert_eq!(counts.len(), 6);
        assert!(statistic < 20.5, "{counts:?}");
    }

    proptest! {
        #[test]
        fn an_order_holds_everything_once(count in 0_usize..60, seed in any::<u32>()) {
            let mut sorted = order(count, seed);
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..count).collect::<Vec<_>>());
        }
    }
}
