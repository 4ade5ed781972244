/// The ends of an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    pub min: f64,
    pub max: f64,
}

impl Scale {
    /// Where a value lies between the ends, in percent. A value beyond an end lies on it.
    pub fn percent(self, value: f64) -> f64 {
        ((value - self.min) / (self.max - self.min)).clamp(0.0, 1.0) * 100.0
    }
}

/// A length or position as an SVG attribute.
pub(crate) fn percentage(percent: f64) -> String {
    format!("{percent:.2}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_shares_of_the_scale_and_stay_on_it() {
        let scale = Scale { min: -100.0, max: 100.0 };
        let positions = [-100.0, -50.0, 0.0, 100.0, 130.0, -101.0].map(|value| scale.percent(value));
        assert_eq!(positions, [0.0, 25.0, 50.0, 100.0, 100.0, 0.0]);
    }
}
