//! The statistics that scores stand on. Each function names its source; `tests/reference` holds the values that
//! other people's packages computed for the same input.

mod bootstrap;
mod change;
mod mean;
mod proportion;
mod recommendation;
mod sample;

pub use bootstrap::{RESAMPLES, bca_interval};
pub use change::change_between;
pub use mean::{MeanMethod, mean_interval, student_t_interval};
pub use proportion::wilson_interval;
pub use recommendation::{NetPromoterScore, net_promoter_score};
pub use sample::Sample;

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

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

/// The quantile of Student's t with `freedom` degrees of freedom, which have to be positive.
pub(crate) fn student_t_quantile(probability: f64, freedom: f64) -> f64 {
    match StudentsT::new(0.0, 1.0, freedom) {
        Ok(distribution) => distribution.inverse_cdf(probability),
        Err(_) => f64::NAN,
    }
}
