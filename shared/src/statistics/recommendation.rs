use super::Interval;
use super::{LEVEL, normal_quantile};

/// The Net Promoter Score with what it was made from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NetPromoterScore {
    /// Share of promoters less share of detractors, in -100..100.
    pub value: f64,
    pub interval: Interval,
    pub promoters: u64,
    pub passives: u64,
    pub detractors: u64,
}

/// The Net Promoter Score (Reichheld 2003: 9 and 10 promote, 0 to 6 detract) with its adjusted Wald interval: three
/// answers are added, 3/4 of them promoters and 3/4 detractors (Rocks 2016). `None` without answers.
///
/// `answers` are points of the scale from 0 to 10 with their counts.
pub fn net_promoter_score(answers: impl IntoIterator<Item = (u8, u64)>) -> Option<NetPromoterScore> {
    let (mut promoters, mut passives, mut detractors) = (0_u64, 0_u64, 0_u64);
    for (point, count) in answers {
        match point {
            9.. => promoters += count,
            7..=8 => passives += count,
            0..=6 => detractors += count,
        }
    }
    let size = (promoters + passives + detractors) as f64;
    if size == 0.0 {
        return None;
    }
    let adjusted_size = size + 3.0;
    let promoting = (promoters as f64 + 0.75) / adjusted_size;
    let detracting = (detractors as f64 + 0.75) / adjusted_size;
    let adjusted = promoting - detracting;
    let variance = (promoting + detracting - adjusted * adjusted) / adjusted_size;
    let half = normal_quantile(0.5 + LEVEL / 2.0) * variance.sqrt();
    let interval = Interval {
        low: (100.0 * (adjusted - half)).max(-100.0),
        high: (100.0 * (adjusted + half)).min(100.0),
        level: LEVEL,
    };
    let value = 100.0 * (promoters as f64 - detractors as f64) / size;
    Some(NetPromoterScore { value, interval, promoters, passives, detractors })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn six_detracts_seven_and_eight_are_passive_nine_promotes() {
        let score = net_promoter_score([(6, 1), (7, 2), (8, 3), (9, 4)]).unwrap();
        assert_eq!((score.detractors, score.passives, score.promoters), (1, 5, 4));
        assert_eq!(score.value, 30.0);
        assert_eq!(net_promoter_score([]), None);
    }

    proptest! {
        #[test]
        fn the_score_and_its_interval_stay_within_bounds(counts in proptest::collection::vec(0_u64..500, 11)) {
            let answers = counts.iter().enumerate().map(|(point, count)| (point as u8, *count));
            if let Some(score) = net_promoter_score(answers) {
                prop_assert!((-100.0..=100.0).contains(&score.value));
                prop_assert!(score.interval.low >= -100.0 && score.interval.high <= 100.0);
                prop_assert!(score.interval.low < score.interval.high);
            }
        }
    }
}
