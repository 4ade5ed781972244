//! The statistics that scores stand on. Each function names its source; `tests/reference` holds the values that
//! other people's packages computed for the same input.

mod change;
mod correlation;
mod interval;
mod mean;
mod proportion;
mod recommendation;
mod sample;
mod survival;
mod waits;

pub use change::change_between;
pub use correlation::{Correlation, benjamini_hochberg, correlation, effective_size};
pub use interval::{Change, Interval};
pub use mean::{MeanMethod, mean_interval, student_t_interval};
pub use proportion::{newcombe_interval, poisson_interval, wilson_interval};
pub use recommendation::{NetPromoterScore, net_promoter_score};
pub use sample::Sample;
pub use survival::{Durations, MedianDuration};
pub use waits::{MedianWait, Waits};

use statrs::distribution::{ChiSquared, ContinuousCDF, Normal, StudentsT};

/// The confidence level of every interval.
pub const LEVEL: f64 = 0.95;

/// The standard normal quantile.
pub(crate) fn normal_quantile(probability: f64) -> f64 {
    Normal::standard().inverse_cdf(probability)
}

/// The standard normal distribution function.
pub(crate) fn normal_cdf(value: f64) -> f64 {
    Normal::standard().cdf(value)
}

/// The distribution function of chi-squared with `freedom` degrees of freedom, which have to be positive.
pub(crate) fn chi_squared_cdf(value: f64, freedom: f64) -> f64 {
    ChiSquared::new(freedom).map_or(f64::NAN, |distribution| distribution.cdf(value))
}

/// The quantile of Student's t with `freedom` degrees of freedom, which have to be positive.
pub(crate) fn student_t_quantile(probability: f64, freedom: f64) -> f64 {
    if freedom >= 1_000.0 {
        return student_t_quantile_of_many(normal_quantile(probability), freedom);
    }
    match StudentsT::new(0.0, 1.0, freedom) {
        Ok(distribution) => distribution.inverse_cdf(probability),
        Err(_) => f64::NAN,
    }
}

/// The expansion around the normal quantile `z` (Abramowitz and Stegun 1964, 26.7.5).
fn student_t_quantile_of_many(z: f64, freedom: f64) -> f64 {
    let square = z * z;
    let terms = [
        (square + 1.0) / 4.0,
        ((5.0 * square + 16.0) * square + 3.0) / 96.0,
        (((3.0 * square + 19.0) * square + 17.0) * square - 15.0) / 384.0,
        ((((79.0 * square + 776.0) * square + 1_482.0) * square - 1_920.0) * square - 945.0) / 92_160.0,
    ];
    let correction = terms.iter().rev().fold(0.0, |sum, term| (sum + term) / freedom);
    z * (1.0 + correction)
}
