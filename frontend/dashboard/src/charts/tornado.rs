use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use valuemap_shared::value_map::TornadoBar;
use valuemap_ui::Scale;

/// Where the bars of a tornado chart stand. Amounts become floats here only to place them on a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TornadoScale {
    pub scale: Scale,
    /// All assumptions as likely. The API does not say where that is, but every bar reaches over it.
    pub middle: f64,
}

impl TornadoScale {
    pub fn of(bars: &[TornadoBar]) -> Self {
        Self::of_ends(&bars.iter().map(ends).collect::<Vec<_>>())
    }

    fn of_ends(bars: &[(f64, f64)]) -> Self {
        let low = || bars.iter().map(|(a, b)| a.min(*b));
        let high = || bars.iter().map(|(a, b)| a.max(*b));
        let (smallest, largest) = (|a: f64, b: f64| a.min(b), |a: f64, b: f64| a.max(b));
        Self {
            scale: Scale { min: low().fold(f64::INFINITY, smallest), max: high().fold(f64::NEG_INFINITY, largest) },
            middle: (low().fold(f64::NEG_INFINITY, largest) + high().fold(f64::INFINITY, smallest)) / 2.0,
        }
    }
}

/// A bar at the low and at the high end of its assumption.
pub fn ends(bar: &TornadoBar) -> (f64, f64) {
    let position = |amount: Decimal| amount.to_f64().unwrap_or_default();
    (position(bar.at_low), position(bar.at_high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_holds_every_bar_and_its_middle_lies_within_each() {
        let found = TornadoScale::of_ends(&[(10.0, 50.0), (35.0, 25.0), (28.0, 31.0)]);
        assert_eq!(found, TornadoScale { scale: Scale { min: 10.0, max: 50.0 }, middle: 29.5 });
    }
}
