use std::rc::Rc;

use valuemap_shared::calendar::Quarter;
use valuemap_shared::value_map::{AmountRange, Element, LinkReading, Projection, Reading, ValueMap};
use yew::prelude::*;

/// The map on screen, and what would follow if something on it rose or fell.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    pub community: AttrValue,
    pub map: Rc<ValueMap>,
    /// `None` while nobody supposes anything.
    pub projection: Option<Rc<Projection>>,
}

impl Shown {
    /// The quarter that changes are counted from.
    pub fn before(&self) -> Quarter {
        self.map.period.previous()
    }

    /// What the score would be, where it would be another.
    pub fn projected_score(&self, element: Element) -> Option<f64> {
        let projection = self.projection.as_ref()?;
        let score = projection.scores.iter().find(|score| score.element == element)?;
        (score.after != score.before).then_some(score.after)
    }

    /// What the amount would be, where it would be another.
    pub fn projected_amount(&self, element: Element) -> Option<AmountRange> {
        let projection = self.projection.as_ref()?;
        let amount = projection.amounts.iter().find(|amount| amount.element == element)?;
        (amount.after != amount.before).then_some(amount.after)
    }

    /// The links to an element.
    pub fn drivers(&self, element: Element) -> impl Iterator<Item = &LinkReading> {
        self.map.links.iter().filter(move |link| link.to == element)
    }

    /// The links from an element.
    pub fn driven(&self, element: Element) -> impl Iterator<Item = &LinkReading> {
        self.map.links.iter().filter(move |link| link.from == element)
    }
}

/// What the map says about an element.
pub fn reading_of(map: &ValueMap, element: Element) -> Option<&Reading> {
    let mut readings = map.layers.iter().flat_map(|layer| &layer.elements);
    readings.find(|reading| reading.element == element).map(|reading| &reading.reading)
}

/// Whether there is a source that could give a score.
pub fn is_connected(reading: &Reading) -> bool {
    use valuemap_shared::value_map::Absence;
    !matches!(reading, Reading::NoScore(absence) if absence.reason == Absence::NotConnected)
}
