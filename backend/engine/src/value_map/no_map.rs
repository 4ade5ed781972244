//! Why there is no map, and no series.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::DbErr;

use crate::base::computed::NoValue;

/// Why there is no map.
#[derive(Debug, thiserror::Error)]
pub enum NoMap {
    #[error("there is no version {0} of the scoring model")]
    NoSuchModel(u32),
    #[error("it is being computed")]
    BeingComputed {
        /// Whoever asks again after this time may find it.
        again: Duration,
        /// How much of what is tracked is summed up, in percent, while that is being done.
        summed_up: Option<u8>,
    },
    #[error(transparent)]
    Database(#[from] DbErr),
    #[error(transparent)]
    Part(Arc<DbErr>),
    /// The same failure was met by all who asked at once.
    #[error(transparent)]
    Shared(Arc<NoMap>),
}

impl From<NoValue<NoMap>> for NoMap {
    fn from(none: NoValue<NoMap>) -> Self {
        match none {
            NoValue::BeingComputed(again) => Self::BeingComputed { again, summed_up: None },
            NoValue::Failed(error) => Self::Shared(error),
        }
    }
}

/// A part that is still being computed holds up the map that needs it.
impl From<NoValue<DbErr>> for NoMap {
    fn from(none: NoValue<DbErr>) -> Self {
        match none {
            NoValue::BeingComputed(again) => Self::BeingComputed { again, summed_up: None },
            NoValue::Failed(error) => Self::Part(error),
        }
    }
}
