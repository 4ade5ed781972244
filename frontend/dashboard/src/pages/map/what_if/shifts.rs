use std::collections::BTreeMap;
use std::fmt;

use valuemap_shared::value_map::{Element, Layer, Shift};

/// The furthest that a slider goes, in points.
pub const FURTHEST: i32 = 20;

/// By how many points elements are supposed to rise or fall. Those that stay are not in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shifts(BTreeMap<Element, i32>);

impl Shifts {
    /// Reads what [`Display`](fmt::Display) writes. What cannot be read is left out.
    pub fn read(text: &str) -> Self {
        text.split(',').fold(Self::default(), |shifts, pair| {
            let read = || {
                let (element, points) = pair.split_once(':')?;
                Some((element.parse().ok()?, points.parse().ok()?))
            };
            match read() {
                Some((element, points)) if is_movable(element) => shifts.with(element, points),
                _ => shifts,
            }
        })
    }

    pub fn of(&self, element: Element) -> i32 {
        self.0.get(&element).copied().unwrap_or_default()
    }

    pub fn with(&self, element: Element, points: i32) -> Self {
        let mut shifts = self.0.clone();
        match points.clamp(-FURTHEST, FURTHEST) {
            0 => shifts.remove(&element),
            points => shifts.insert(element, points),
        };
        Self(shifts)
    }

    /// As `what_if` takes them.
    pub fn to_shared(&self) -> Vec<Shift> {
        let shift = |(element, points): (&Element, &i32)| Shift {
            key: element.as_str().to_owned(),
            points: f64::from(*points),
        };
        self.0.iter().map(shift).collect()
    }
}

/// The elements that one can act upon; money follows from them.
pub fn is_movable(element: Element) -> bool {
    matches!(element.layer(), Layer::Members | Layer::Internal)
}

impl fmt::Display for Shifts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (element, points)) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{}:{points}", element.as_str())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shifts_are_written_and_read_alike() {
        let shifts = Shifts::default().with(Element::Education, 5).with(Element::RoadmapInfluence, -10);
        assert_eq!(shifts.to_string(), "EDUCATION:5,ROADMAP_INFLUENCE:-10");
        assert_eq!(Shifts::read(&shifts.to_string()), shifts);
    }

    #[test]
    fn what_cannot_be_moved_or_read_is_left_out() {
        for text in ["", "UPGRADES:5", "EDUCATION", "EDUCATION:x", "NOTHING:4", "EDUCATION:0"] {
            assert_eq!(Shifts::read(text), Shifts::default(), "{text}");
        }
        assert_eq!(Shifts::read("EDUCATION:400").of(Element::Education), FURTHEST);
    }

    #[test]
    fn a_shift_of_nothing_is_none() {
        let shifts = Shifts::default().with(Element::Education, 5).with(Element::Education, 0);
        assert!(shifts.to_shared().is_empty());
    }
}
