use rust_decimal::Decimal;

/// An account or a member met something that may be credited.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Touch {
    /// The index of what gets the credit: an activity, a type or a channel, as the caller chose to number them.
    pub source: u32,
    /// Seconds since 1970.
    pub at: i64,
    /// How much it counts beside others, in models that credit single touches; 0 is as if it had not happened.
    pub weight: f64,
}

impl Touch {
    /// A touch that counts once.
    pub fn new(source: u32, at: i64) -> Self {
        Self { source, at, weight: 1.0 }
    }
}

/// One of 64 groups that members or accounts fall into by a hash, all journeys of one into the same. What is credited
/// without each of them in turn says how sure credits are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bucket(u8);

impl Bucket {
    pub const COUNT: usize = 64;

    /// The bucket of whoever has this hash, of which the last six bits count.
    pub fn of_hash(hash: u64) -> Self {
        Self((hash % Self::COUNT as u64) as u8)
    }

    pub fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT as u8).map(Self)
    }

    pub fn index(self) -> usize {
        self.0.into()
    }
}

/// The outcome that a journey ended in. All moments are seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conversion {
    pub at: i64,
    /// Ten-thousandths of the reporting currency, as [`crate::money::Money::ten_thousandths`] counts them. A loss is
    /// negative.
    pub value: i64,
    /// When the lead was created, if that is known.
    pub lead_at: Option<i64>,
    /// When the opportunity was created, if that is known.
    pub opportunity_at: Option<i64>,
    /// A comparison counts it on the value map, in place of what activities are credited with.
    pub is_replaced: bool,
    /// It takes back what an earlier outcome brought: its value counts, and it is no outcome more.
    pub is_refund: bool,
}

impl Conversion {
    /// An outcome of which only the moment and the value are known.
    pub fn new(at: i64, value: i64) -> Self {
        Self { at, value, lead_at: None, opportunity_at: None, is_replaced: false, is_refund: false }
    }
}

/// How many outcomes there were, and what they were worth in the reporting currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Outcomes {
    pub count: u64,
    #[cfg_attr(feature = "serde", serde(with = "rust_decimal::serde::str"))]
    pub value: Decimal,
}

/// What happened with a source, whatever model divides the credit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SourceActivity {
    /// Touches within the look-back window, of journeys with and without a conversion.
    pub touches: u64,
    /// Journeys with a conversion that have at least one of those touches.
    pub converting_journeys: u64,
}
