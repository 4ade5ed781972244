//! The clock and the source of randomness. Both are passed in, so that nothing else in the server can tell the
//! difference between now and another time.

use chrono::{DateTime, SubsecRound, Utc};
use rand::Rng;
use uuid::Uuid;

/// What the surroundings supply.
#[derive(Clone, Copy, Debug)]
pub struct Ambient {
    clock: fn() -> DateTime<Utc>,
    fill: fn(&mut [u8]),
}

impl Ambient {
    #[allow(clippy::disallowed_methods, reason = "this is the place that everything else asks")]
    pub fn real() -> Self {
        Self { clock: Utc::now, fill: |bytes| rand::rng().fill_bytes(bytes) }
    }

    /// Now, to the millisecond: both databases keep that much.
    pub fn now(&self) -> DateTime<Utc> {
        (self.clock)().trunc_subsecs(3)
    }

    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.fill)(&mut bytes);
        bytes
    }

    /// A new identifier, of version 7.
    pub fn new_id(&self) -> Uuid {
        let millis = u64::try_from(self.now().timestamp_millis()).unwrap_or_default();
        valuemap_shared::ids::uuid_v7(millis, &self.random())
    }
}
