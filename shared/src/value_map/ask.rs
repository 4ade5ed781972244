use super::{ContactBaseline, Weighting};

/// How a score is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ask {
    pub weighting: Weighting,
    /// The least number of answers that a figure may rest on.
    pub minimum: u64,
    pub baseline: Option<ContactBaseline>,
}
