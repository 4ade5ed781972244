/// Credits of so many outcomes differ in their last digits with the order of summation.
fn tolerance(outcomes: u64) -> f64 {
    1e-9 * outcomes.max(1) as f64
}

/// By credited outcomes, from 1 on, out of so many outcomes. Sources with the same credit share a rank, and as many ranks
/// after it are left out.
pub(super) fn ranks(credits: &[f64], outcomes: u64) -> Vec<u32> {
    let mut order: Vec<usize> = (0..credits.len()).collect();
    order.sort_by(|a, b| credits[*b].total_cmp(&credits[*a]));
    let mut ranks = vec![0; credits.len()];
    let (mut rank, mut leader) = (1, f64::INFINITY);
    for (ahead, index) in order.into_iter().enumerate() {
        if leader - credits[index] > tolerance(outcomes) {
            (rank, leader) = (ahead as u32 + 1, credits[index]);
        }
        ranks[index] = rank;
    }
    ranks
}

/// Whether nothing but rounding makes a credit of so many outcomes differ from zero.
pub(super) fn is_nothing(credit: f64, outcomes: u64) -> bool {
    credit.abs() <= tolerance(outcomes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_credits_share_a_rank() {
        assert_eq!(ranks(&[1.0, 3.0, 1.0 + 1e-12, 0.0, 3.0], 8), [3, 1, 3, 5, 1]);
        assert_eq!(ranks(&[], 0), [0_u32; 0]);
    }
}
