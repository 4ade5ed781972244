//! Where the lines between cards run: out of a card's edge, through the gaps between the cards on the way, and into the
//! edge of the card at the other end. Pure: rectangles in, points out.

use std::collections::{BTreeMap, BTreeSet};

use valuemap_shared::value_map::{Element, Layer};

/// How far beside the outermost cards a line may pass them.
const MARGIN: f64 = 12.0;
/// Between lines that share a gap, at most.
const LANE: f64 = 5.0;
/// Between the ends of lines at one edge of a card, at most.
const PORT: f64 = 22.0;

/// The rectangle of a card.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CardBox {
    pub element: Element,
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
}

/// A line: points that it passes going straight up or down. Its last two points are nearest to the card that it ends at.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    /// The index of its link in the list of links.
    pub link: usize,
    pub points: Vec<(f64, f64)>,
}

impl CardBox {
    fn middle(&self) -> f64 {
        (self.left + self.right) / 2.0
    }
}

/// Whether there is room for lines: the cards of each layer stand in one row. Where they wrap, lines would crowd the gaps.
pub fn has_room(boxes: &[CardBox]) -> bool {
    let layers: BTreeSet<Layer> = boxes.iter().map(|card| card.element.layer()).collect();
    !boxes.is_empty() && rows(boxes).len() == layers.len()
}

/// Cards that stand beside each other, each row from the left, the rows from the top.
fn rows(boxes: &[CardBox]) -> Vec<Vec<CardBox>> {
    let mut sorted = boxes.to_vec();
    sorted.sort_by(|a, b| a.top.total_cmp(&b.top));
    let mut rows: Vec<Vec<CardBox>> = Vec::new();
    for card in sorted {
        match rows.last_mut() {
            Some(row) if row.iter().any(|other| card.top < other.bottom) => row.push(card),
            _ => rows.push(vec![card]),
        }
    }
    for row in &mut rows {
        row.sort_by(|a, b| a.left.total_cmp(&b.left));
    }
    rows
}

/// The middles and widths of the gaps of a row, its two outer sides included.
fn gaps(row: &[CardBox]) -> Vec<(f64, f64)> {
    let outer = |x: f64| (x, 2.0 * MARGIN);
    let inner = row.windows(2).map(|pair| ((pair[0].right + pair[1].left) / 2.0, pair[1].left - pair[0].right));
    let first = row.first().map(|card| outer(card.left - MARGIN));
    let last = row.last().map(|card| outer(card.right + MARGIN));
    first.into_iter().chain(inner).chain(last).collect()
}

/// A gap that a line passes: the index of its row, its own index in the row, its width and its middle.
#[derive(Clone, Copy)]
struct Passage {
    row: usize,
    gap: usize,
    width: f64,
    x: f64,
}

struct Draft {
    link: usize,
    from: CardBox,
    to: CardBox,
    passages: Vec<Passage>,
}

/// The lines of all links whose ends stand in different rows.
pub fn routes(boxes: &[CardBox], links: &[(Element, Element)]) -> Vec<Route> {
    let rows = rows(boxes);
    let find = |element: Element| {
        rows.iter()
            .enumerate()
            .find_map(|(row, boxes)| boxes.iter().find(|card| card.element == element).map(|card| (row, *card)))
    };
    let mut drafts: Vec<Draft> = Vec::new();
    for (link, (from, to)) in links.iter().enumerate() {
        let (Some((start, from)), Some((end, to))) = (find(*from), find(*to)) else { continue };
        if start != end {
            drafts.push(Draft { link, from, to, passages: passages(&rows, (start, from), (end, to)) });
        }
    }
    spread_over_lanes(&mut drafts);
    let ports = |draft: &Draft| (port(&drafts, draft, true), port(&drafts, draft, false));
    drafts.iter().map(|draft| route(&rows, draft, ports(draft))).collect()
}

/// The gaps on the way, each the nearest to the straight line between both ends.
fn passages(rows: &[Vec<CardBox>], (start, from): (usize, CardBox), (end, to): (usize, CardBox)) -> Vec<Passage> {
    let between: Vec<usize> = if start < end { (start + 1..end).collect() } else { (end + 1..start).rev().collect() };
    let steps = between.len() as f64 + 1.0;
    let passage = |(step, row): (usize, usize)| {
        let wanted = from.middle() + (to.middle() - from.middle()) * (step as f64 + 1.0) / steps;
        let nearest = |a: &(usize, (f64, f64)), b: &(usize, (f64, f64))| {
            (a.1.0 - wanted).abs().total_cmp(&(b.1.0 - wanted).abs())
        };
        let (gap, (x, width)) = gaps(&rows[row]).into_iter().enumerate().min_by(nearest)?;
        Some(Passage { row, gap, width, x })
    };
    between.into_iter().enumerate().filter_map(passage).collect()
}

/// Lines that share a gap run side by side, the one that comes from the left on the left.
fn spread_over_lanes(drafts: &mut [Draft]) {
    let mut users: BTreeMap<(usize, usize), Vec<(usize, usize)>> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        for (step, passage) in draft.passages.iter().enumerate() {
            users.entry((passage.row, passage.gap)).or_default().push((index, step));
        }
    }
    for mut users in users.into_values() {
        users.sort_by(|(a, _), (b, _)| {
            let sum = |index: usize| drafts[index].from.middle() + drafts[index].to.middle();
            sum(*a).total_cmp(&sum(*b))
        });
        let count = users.len();
        for (lane, (index, step)) in users.into_iter().enumerate() {
            let passage = &mut drafts[index].passages[step];
            passage.x += offset(lane, count, LANE.min(passage.width / (count as f64 + 1.0)));
        }
    }
}

/// Where a line leaves or enters the edge of a card: the ends at one edge stand in the order of where they lead.
fn port(drafts: &[Draft], draft: &Draft, leaves: bool) -> f64 {
    let end = |draft: &Draft, leaves: bool| {
        let (card, other) = if leaves { (draft.from, draft.to) } else { (draft.to, draft.from) };
        let passage = if leaves { draft.passages.first() } else { draft.passages.last() };
        let leads_to = passage.map_or_else(|| other.middle(), |passage| passage.x);
        (card, other.top < card.top, leads_to)
    };
    let (card, up, leads_to) = end(draft, leaves);
    let mut all: Vec<(f64, usize, bool)> = Vec::new();
    for other in drafts {
        for leaves in [true, false] {
            let (its_card, its_up, its_lead) = end(other, leaves);
            if its_card.element == card.element && its_up == up {
                all.push((its_lead, other.link, leaves));
            }
        }
    }
    all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let index = all.iter().position(|end| *end == (leads_to, draft.link, leaves)).unwrap_or_default();
    let room = 0.7 * (card.right - card.left) / all.len() as f64;
    card.middle() + offset(index, all.len(), PORT.min(room))
}

fn offset(index: usize, count: usize, step: f64) -> f64 {
    (index as f64 - (count as f64 - 1.0) / 2.0) * step
}

fn route(rows: &[Vec<CardBox>], draft: &Draft, (start, end): (f64, f64)) -> Route {
    let up = draft.to.top < draft.from.top;
    let mut points = vec![(start, if up { draft.from.top } else { draft.from.bottom })];
    for passage in &draft.passages {
        let row = &rows[passage.row];
        let top = row.iter().map(|card| card.top).fold(f64::INFINITY, f64::min);
        let bottom = row.iter().map(|card| card.bottom).fold(f64::NEG_INFINITY, f64::max);
        let (first, second) = if up { (bottom, top) } else { (top, bottom) };
        points.extend([(passage.x, first), (passage.x, second)]);
    }
    points.push((end, if up { draft.to.bottom } else { draft.to.top }));
    Route { link: draft.link, points }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A card 100 wide and 50 high, in a grid with gaps of 20 between columns and 50 between rows.
    fn card(element: Element, column: u32, row: u32) -> CardBox {
        let (left, top) = (f64::from(column) * 120.0, f64::from(row) * 100.0);
        CardBox { element, left, right: left + 100.0, top, bottom: top + 50.0 }
    }

    fn map() -> Vec<CardBox> {
        use Element::*;
        let row = |elements: [Element; 3], row| {
            elements.into_iter().enumerate().map(move |(column, element)| card(element, column as u32, row))
        };
        row([Upgrades, RepeatPurchases, Acquisition], 0)
            .chain(row([ProductKnowledge, PeerBestPractices, RoadmapInfluence], 1))
            .chain(row([Education, Knowledge, Engagement], 2))
            .collect()
    }

    fn check(links: &[(Element, Element)], expected: &[&[(f64, f64)]]) {
        let found: Vec<Vec<(f64, f64)>> = routes(&map(), links).into_iter().map(|route| route.points).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn neighbours_are_joined_edge_to_edge() {
        check(&[(Element::PeerBestPractices, Element::Knowledge)], &[&[(170.0, 150.0), (170.0, 200.0)]]);
        check(&[(Element::Education, Element::ProductKnowledge)], &[&[(50.0, 200.0), (50.0, 150.0)]]);
    }

    #[test]
    fn a_row_on_the_way_is_passed_through_its_nearest_gap() {
        check(
            &[(Element::Education, Element::RepeatPurchases)],
            &[&[(50.0, 200.0), (110.0, 150.0), (110.0, 100.0), (170.0, 50.0)]],
        );
        check(
            &[(Element::Engagement, Element::Acquisition)],
            &[&[(290.0, 200.0), (230.0, 150.0), (230.0, 100.0), (290.0, 50.0)]],
        );
    }

    #[test]
    fn ends_at_one_edge_and_lines_in_one_gap_keep_apart_and_in_order() {
        let routes = routes(
            &map(),
            &[(Element::Education, Element::RepeatPurchases), (Element::Knowledge, Element::RepeatPurchases)],
        );
        let xs = |point: usize| routes.iter().map(|route| route.points[point].0).collect::<Vec<_>>();
        assert!(xs(1)[0] < xs(1)[1], "{routes:?}");
        assert_eq!(xs(3), [159.0, 181.0]);
    }

    #[test]
    fn lines_need_each_layer_in_one_row() {
        assert!(has_room(&map()));
        let wrapped: Vec<CardBox> = map().into_iter().chain([card(Element::CostContainment, 0, 3)]).collect();
        assert!(!has_room(&wrapped) && !has_room(&[]));
    }

    #[test]
    fn what_is_not_there_or_stands_in_one_row_has_no_line() {
        check(&[(Element::Scalability, Element::Upgrades), (Element::Upgrades, Element::Acquisition)], &[]);
    }
}
