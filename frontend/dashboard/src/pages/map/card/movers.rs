use rust_decimal::Decimal;
use valuemap_shared::money::Currency;
use valuemap_shared::value_map::{AmountMover, Mover, round_together};
use yew::prelude::*;

use crate::words::{amount, format};

/// A part of a change, written so that the parts add up to the change as it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    pub name: String,
    pub by: String,
}

/// What moved a score, in points.
pub fn moved_points(movers: &[Mover], difference: f64, most: usize) -> Vec<Moved> {
    let points: Vec<f64> = movers.iter().map(|mover| mover.points).collect();
    let names = movers.iter().map(|mover| mover.name.as_str());
    let (names, points) = first_and_rest(names, &points, most, |rest| rest.iter().sum());
    let rounded = round_together(&points, difference);
    let by = rounded.into_iter().map(|points| format::signed(points, 1)).collect();
    written(names, by)
}

/// What moved an amount, in money.
pub fn moved_amounts(movers: &[AmountMover], change: Decimal, currency: Currency, most: usize) -> Vec<Moved> {
    let amounts: Vec<Decimal> = movers.iter().map(|mover| mover.amount).collect();
    let names = movers.iter().map(|mover| mover.name.as_str());
    let (names, amounts) = first_and_rest(names, &amounts, most, |rest| rest.iter().sum());
    let by = amount::signed_together(&amounts, change, currency);
    written(names, by)
}

/// Those that are not written as zero.
fn written(names: Vec<String>, by: Vec<String>) -> Vec<Moved> {
    let moved = names.into_iter().zip(by).map(|(name, by)| Moved { name, by });
    moved.filter(|moved| !format::is_zero(&moved.by)).collect()
}

/// At most so many, of which the last stands for all that follow.
fn first_and_rest<'a, T: Clone>(
    names: impl Iterator<Item = &'a str>,
    parts: &[T],
    most: usize,
    sum: impl Fn(&[T]) -> T,
) -> (Vec<String>, Vec<T>) {
    let names = names.map(str::to_owned);
    if parts.len() <= most {
        return (names.collect(), parts.to_vec());
    }
    let (first, rest) = parts.split_at(most - 1);
    let others = format!("{} others", rest.len());
    (names.take(most - 1).chain([others]).collect(), first.iter().cloned().chain([sum(rest)]).collect())
}

#[derive(Properties, PartialEq)]
pub struct MoverListProps {
    pub moved: Vec<Moved>,
}

#[component]
pub fn MoverList(props: &MoverListProps) -> Html {
    if props.moved.is_empty() {
        return Html::default();
    }
    html! {
        <ul class="movers">
            for Moved { name, by } in &props.moved {
                <li><span>{ name }</span>{ " " }<span class="mover-by">{ by }</span></li>
            }
        </ul>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(points: &[f64], most: usize, expected: &[(&str, &str)]) {
        let mover = |(index, points): (usize, &f64)| Mover { key: None, name: format!("m{index}"), points: *points };
        let movers: Vec<Mover> = points.iter().enumerate().map(mover).collect();
        let moved = moved_points(&movers, points.iter().sum(), most);
        let moved: Vec<(&str, &str)> = moved.iter().map(|moved| (moved.name.as_str(), moved.by.as_str())).collect();
        assert_eq!(moved, expected);
    }

    #[test]
    fn written_points_add_up() {
        check(&[1.04, 1.04, 1.04], 3, &[("m0", "+1.1"), ("m1", "+1.0"), ("m2", "+1.0")]);
        check(&[3.0, -1.0], 3, &[("m0", "+3.0"), ("m1", "−1.0")]);
        check(&[3.0, 0.01], 3, &[("m0", "+3.0")]);
        check(&[], 3, &[]);
    }

    #[test]
    fn those_that_find_no_room_are_summed_up() {
        check(&[3.0, -1.0, 0.5, 0.5], 3, &[("m0", "+3.0"), ("m1", "−1.0"), ("2 others", "+1.0")]);
    }

    #[test]
    fn written_amounts_add_up() {
        let movers = [("a", 1_040), ("b", 1_040), ("c", 1_040)]
            .map(|(name, amount)| AmountMover { name: name.into(), amount: Decimal::from(amount) });
        let moved = moved_amounts(&movers, Decimal::from(3_120), Currency::EUR, 2);
        assert_eq!(moved.iter().map(|moved| moved.by.as_str()).collect::<Vec<_>>(), ["+€1.0k", "+€2.1k"]);
    }
}
