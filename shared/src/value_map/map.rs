use super::ask::Ask;
use super::internal::internal_reading;
use super::links::{Strengths, link_readings};
use super::members::{index_of, recommendation};
use super::model::ScoringModel;
use super::{
    ContactBaseline, Element, ElementReading, Figures, FinancialReading, Layer, LayerReading, NoScore, Reading,
    ValueMap, Weighting,
};
use crate::calendar::Quarter;
use crate::money::Currency;
use crate::survey::Subject;

/// What a map is computed from, beside its model.
#[derive(Clone, Debug)]
pub struct MapInputs {
    pub period: Quarter,
    pub weighting: Weighting,
    /// The least number of answers that a figure may rest on.
    pub minimum: u64,
    pub currency: Currency,
    pub now: Figures,
    /// Of the quarter before.
    pub before: Figures,
    pub baseline: Option<ContactBaseline>,
}

/// Computes the map of a quarter. The financial layer and the strengths of the links come along: they take longer to
/// compute and change less often.
pub fn value_map(
    model: &ScoringModel,
    inputs: &MapInputs,
    financial: &FinancialReading,
    strengths: &Strengths,
) -> ValueMap {
    let label = model.label();
    let ask = Ask { weighting: inputs.weighting, minimum: inputs.minimum, baseline: inputs.baseline };
    let (now, before) = (&inputs.now.tallies, &inputs.before.tallies);
    let reading = |layer: Layer, element: Element| match (layer, element.benefit()) {
        (_, Some(benefit)) => index_of(&Subject::Benefit(benefit), now, before, &label, inputs.minimum),
        (Layer::Internal, None) => internal_reading(element, model, &inputs.now, &inputs.before, ask),
        (Layer::Financial, None) => {
            let found = financial.elements.iter().find(|(of, _)| *of == element);
            found.map_or_else(|| Reading::NoScore(NoScore::not_connected(layer)), |(_, reading)| reading.clone())
        }
        (Layer::Learning | Layer::Members, None) => Reading::NoScore(NoScore::not_connected(layer)),
    };
    let layer_reading = |layer: Layer| LayerReading {
        layer,
        elements: layer
            .elements()
            .iter()
            .map(|element| ElementReading { element: *element, reading: reading(layer, *element) })
            .collect(),
    };
    let layers: Vec<LayerReading> = Layer::ALL.into_iter().map(layer_reading).collect();
    ValueMap {
        period: inputs.period,
        elapsed: inputs.now.stretch.share(),
        weighting: inputs.weighting,
        currency: inputs.currency,
        minimum_answers: inputs.minimum,
        responses: now.respondents(&Subject::Responses),
        recommendation: recommendation(now, &label, inputs.minimum),
        links: link_readings(model, strengths),
        layers,
        returns: financial.returns.clone(),
        model_version: label,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::*;
    use crate::survey::{Benefit, Cell};
    use crate::value_map::financial::CompoundSum;
    use crate::value_map::model::standard_model;
    use crate::value_map::{
        Absence, CoMoment, Counts, Input, MoneyFigures, Observed, OutcomeSums, PartKind, Projection, Score, Shift,
        Worth, WorthInputs, financial_reading, what_if,
    };

    fn model() -> ScoringModel {
        ScoringModel::parse(&standard_model(), 1).unwrap()
    }

    /// Members who all answered both of two benefits, the same to both.
    fn figures(counts_of_points: &[(u16, u64)], courses: Option<f64>) -> Figures {
        let mut figures = Figures::default();
        for (total, count) in counts_of_points {
            let cell = Cell { points: 5, answered: 1, total: *total };
            let position = (cell.percent() * 100.0) as i64;
            for benefit in [Benefit::ProductKnowledge, Benefit::PeerBestPractices] {
                figures.tallies.add(Subject::Benefit(benefit), cell, *count);
            }
            let pair = (Benefit::ProductKnowledge, Benefit::PeerBestPractices);
            for _ in 0..*count {
                figures.co_moments.entry(pair).or_default().add(CoMoment::of(position, position));
            }
        }
        if let Some(value) = courses {
            let observed = Observed { value, interval: None, observations: 1, covered: 1.0 };
            figures.observed.insert("course_completions".into(), observed);
        }
        figures
    }

    fn map(now: Figures, before: Figures, weighting: Weighting) -> ValueMap {
        let (model, period) = (model(), Quarter::new(2026, 4).unwrap());
        let inputs = MapInputs { period, weighting, minimum: 5, currency: Currency::EUR, now, before, baseline: None };
        let worth = |figures: &Figures| WorthInputs::of(period, &model, figures, 5, None);
        let financial = financial_reading(&model, &worth(&inputs.now), &worth(&inputs.before));
        value_map(&model, &inputs, &financial, &Strengths::default())
    }

    fn reading(map: &ValueMap, element: Element) -> &Reading {
        let mut elements = map.layers.iter().flat_map(|layer| &layer.elements);
        &elements.find(|reading| reading.element == element).unwrap().reading
    }

    fn education(map: &ValueMap) -> &Score {
        match reading(map, Element::Education) {
            Reading::Score(score) => score,
            other => panic!("{other:?}"),
        }
    }

    fn reason(map: &ValueMap, element: Element) -> Absence {
        match reading(map, element) {
            Reading::NoScore(absence) => absence.reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn without_data_nothing_has_a_score() {
        let map = map(Figures::default(), Figures::default(), Weighting::Model);
        assert_eq!(reason(&map, Element::IntegrationOpportunities), Absence::NotConnected);
        assert_eq!(reason(&map, Element::Education), Absence::NoData);
        assert_eq!(reason(&map, Element::Upgrades), Absence::NotConnected);
        assert_eq!((map.links.len(), map.returns.cost), (21, Decimal::ZERO));
    }

    #[test]
    fn an_element_is_the_weighted_mean_of_what_has_data() {
        // Benefits at 75 with weights 2 and 1, courses at 150 of 50..250 = 50 with weight 1, sessions (weight 1) unknown.
        let map = map(figures(&[(3, 10), (5, 10)], Some(150.0)), Figures::default(), Weighting::Model);
        let score = education(&map);
        assert!((score.value - 68.75).abs() < 1e-9);
        assert!((score.coverage - 0.8).abs() < 1e-9);
        assert_eq!((score.answers, score.change), (20, None));
        assert_eq!(score.parts.iter().filter(|part| part.score.is_none()).count(), 1);
        let shares: f64 = score.parts.iter().map(|part| part.share).sum();
        assert!((shares - 1.0).abs() < 1e-12);
        let indicator = score.parts.iter().find(|part| part.key == "PRODUCT_KNOWLEDGE").unwrap();
        assert_eq!((indicator.kind, indicator.share), (PartKind::Indicator, 0.5));
    }

    #[test]
    fn answers_of_the_same_members_move_together() {
        // Both benefits have the same answers: the variance is that of 0.75 times one of them, not of two independent ones.
        let map = map(figures(&[(3, 10), (5, 10)], Some(150.0)), Figures::default(), Weighting::Model);
        let interval = education(&map).interval.unwrap();
        let half = (interval.high - interval.low) / 2.0;
        let error = (657.894_736_842_105_3_f64 / 20.0).sqrt();
        let expected = crate::statistics::student_t_quantile(0.975, 19.0) * 0.75 * error;
        assert!((half - expected).abs() < 1e-9, "{half} {expected}");
    }

    #[test]
    fn a_weak_input_pulls_a_geometric_mean_further_down() {
        let figures = || figures(&[(5, 20)], Some(60.0));
        let [model, equal, geometric] = [Weighting::Model, Weighting::Equal, Weighting::Geometric]
            .map(|weighting| education(&map(figures(), Figures::default(), weighting)).value);
        assert!((model - (75.0 + 5.0 / 4.0)).abs() < 1e-9);
        assert!((equal - 205.0 / 3.0).abs() < 1e-9);
        assert!((geometric - (0.75 * 100_f64.ln() + 0.25 * 5_f64.ln()).exp()).abs() < 1e-9);
        assert!(geometric < model);
    }

    fn money(count: u64, amount: i64, sessions: u64) -> Figures {
        let mut figures = figures(&[(4, 10)], None);
        let amount = Decimal::from(amount);
        let sums = OutcomeSums {
            count: count + 1,
            amount: amount + Decimal::TEN,
            credited_count: count,
            credited: CompoundSum { amount, turnover: amount, squares: amount * amount / Decimal::from(count.max(1)) },
            ..OutcomeSums::default()
        };
        figures.money = MoneyFigures { outcomes: [(Element::Upgrades, sums)].into(), ..MoneyFigures::default() };
        figures.money.costs.insert(crate::activities::CostKind::Cash, Decimal::from(1_000));
        figures.counts = Counts { customers: 100, cases: 80, questions: 50, member_solutions: 20, ..Counts::default() };
        figures.observed.insert(
            "self_help_sessions".into(),
            Observed { value: sessions as f64, interval: None, observations: 1, covered: 1.0 },
        );
        for (question, choice) in [("found_answer", "yes"), ("would_have_asked", "yes"), ("asked_anyway", "no")] {
            let of_choice = Subject::Choice { question: question.into(), choice: choice.into() };
            figures.tallies.add(of_choice, Cell { points: 0, answered: 1, total: 0 }, 60);
            figures.tallies.add(Subject::Question(question.into()), Cell { points: 0, answered: 1, total: 0 }, 100);
        }
        for (given, count) in model().financial.self_service.nested().into_iter().zip([60, 36, 36, 20]) {
            figures.tallies.add(Subject::Together(given), Cell { points: 0, answered: 1, total: 0 }, count);
        }
        figures
    }

    fn worth(map: &ValueMap, element: Element) -> &Worth {
        match reading(map, element) {
            Reading::Worth(worth) => worth,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn money_that_nobody_is_linked_to_is_no_score_and_no_zero() {
        let unlinked = |unlinked_count| {
            let mut figures = figures(&[(4, 10)], None);
            let sums = OutcomeSums { count: 3, unlinked_count, amount: Decimal::TEN, ..OutcomeSums::default() };
            figures.money = MoneyFigures {
                outcomes: [(Element::Upgrades, sums), (Element::RepeatPurchases, OutcomeSums::default())].into(),
                unlinked_touchpoints: 41,
                ..MoneyFigures::default()
            };
            map(figures, Figures::default(), Weighting::Model)
        };
        let none = unlinked(3);
        let Reading::NoScore(absence) = reading(&none, Element::Upgrades) else { panic!("it is no score") };
        assert_eq!(absence.reason, Absence::NotLinked);
        assert!(absence.message.contains("3 outcomes") && absence.message.contains("41 touchpoints"));
        // Then none of another element says nothing, and nor do the returns.
        assert_eq!(reason(&none, Element::RepeatPurchases), Absence::NoData);
        assert!(none.returns.levels.is_empty());
        // The one of three that could have been credited and was not makes no zero of all three.
        let most = unlinked(2);
        let Reading::NoScore(absence) = reading(&most, Element::Upgrades) else { panic!("it is no score") };
        assert!(absence.message.contains("2 of 3 outcomes"), "{}", absence.message);
        // Where most could have been credited and were not, that is a figure.
        let some = unlinked(1);
        let worth = worth(&some, Element::Upgrades);
        assert!(worth.amount.likely.is_zero() && !some.returns.levels.is_empty());
        let says = |input: &Input| input.name.contains("linked to nobody") && input.value == 1.0;
        assert!(worth.explanation.inputs.iter().any(says));
    }

    #[test]
    fn money_has_a_range_a_grade_and_movers_that_add_up_to_the_cent() {
        let map = map(money(12, 60_000, 4_000), money(10, 45_000, 3_000), Weighting::Model);
        for element in [Element::Upgrades, Element::CostContainment] {
            let worth = worth(&map, element);
            assert!(worth.amount.low < worth.amount.likely && worth.amount.likely < worth.amount.high);
            let moved: Decimal = worth.movers.iter().map(|mover| mover.amount).sum();
            assert_eq!(Some(moved), worth.change, "{element:?}");
        }
        // 60,000 x about 0.7 x about 0.33: the middle of the triangle from 0.1 over 0.3 to 0.6.
        let likely = worth(&map, Element::Upgrades).amount.likely;
        assert!(likely > Decimal::from(12_000) && likely < Decimal::from(16_000), "{likely}");
        let levels = &map.returns.levels;
        assert_eq!(levels.len(), 2);
        assert!(levels[1].amount.likely > levels[0].amount.likely && levels[0].chance_of_gain > Some(0.9));
        assert!(!map.returns.tornado.is_empty());
    }

    #[test]
    fn a_score_claims_no_certainty_that_nothing_gave_it() {
        let alone = map(figures(&[], Some(150.0)), Figures::default(), Weighting::Model);
        assert_eq!((education(&alone).value, education(&alone).interval), (50.0, None));
        // Courses far beyond the target, between 200 and 400: the score is 100 and might be less.
        let mut beyond = figures(&[], Some(300.0));
        beyond.observed.get_mut("course_completions").unwrap().interval = Some((200.0, 400.0));
        let interval = education(&map(beyond, Figures::default(), Weighting::Model)).interval.unwrap();
        assert_eq!((interval.low, interval.high), (50.0, 100.0));
    }

    #[test]
    fn what_came_in_or_dropped_out_is_named() {
        let named = |now: Option<f64>, before: Option<f64>| {
            let map = map(figures(&[(5, 20)], now), figures(&[(5, 20)], before), Weighting::Model);
            let [mover] = education(&map).movers.as_slice() else { panic!("{:?}", education(&map).movers) };
            (mover.name.clone(), (mover.points * 10.0).round() / 10.0)
        };
        // Benefits at 100 with the weight 3, courses at 50 with the weight 1.
        assert_eq!(named(None, Some(150.0)), ("Has no data now: Courses completed".to_owned(), 12.5));
        assert_eq!(named(Some(150.0), None), ("Has data now: Courses completed".to_owned(), -12.5));
    }

    fn projected(projection: &Projection, element: Element) -> f64 {
        let score = projection.scores.iter().find(|score| score.element == element).unwrap();
        score.after - score.before
    }

    #[test]
    fn ten_points_of_a_benefit_move_what_it_indicates_and_what_it_is_linked_to() {
        let map = map(money(12, 60_000, 4_000), Figures::default(), Weighting::Model);
        let share = education(&map).parts.iter().find(|part| part.key == "PRODUCT_KNOWLEDGE").unwrap().share;
        let shifts =
            [Shift { key: "PRODUCT_KNOWLEDGE".into(), points: 10.0 }, Shift { key: "LUCK".into(), points: 1.0 }];
        let projection = what_if(&map, &shifts);
        assert!((projected(&projection, Element::Education) - 10.0 * share).abs() < 1e-9);
        let upgrades = projection.amounts.iter().find(|amount| amount.element == Element::Upgrades).unwrap();
        let expected = crate::money::times(upgrades.before.likely, 1.03);
        assert_eq!(upgrades.after.likely, expected);
        assert_eq!(projection.unknown, ["LUCK"]);
    }

    #[test]
    fn what_rises_below_is_followed_up_the_links_and_not_in_a_circle() {
        let map = map(money(12, 60_000, 4_000), Figures::default(), Weighting::Model);
        let projection = what_if(&map, &[Shift { key: "EDUCATION".into(), points: 10.0 }]);
        // Ten points of education bring three of product knowledge, which is an indicator of education.
        let share = education(&map).parts.iter().find(|part| part.key == "PRODUCT_KNOWLEDGE").unwrap().share;
        assert!((projected(&projection, Element::ProductKnowledge) - 3.0).abs() < 1e-9);
        let expected = (10.0 + 3.0 * share).min(100.0 - education(&map).value);
        assert!((projected(&projection, Element::Education) - expected).abs() < 1e-9);
        let upgrades = projection.amounts.iter().find(|amount| amount.element == Element::Upgrades).unwrap();
        // Three points of product knowledge at 3 % for ten, and one of unconventional uses at 2 %.
        let likely = crate::money::times(upgrades.before.likely, 1.0 + 0.3 * 0.03 + 0.1 * 0.02);
        let high = crate::money::times(upgrades.before.high, 1.0 + 0.6 * 0.08 + 0.3 * 0.06);
        assert_eq!(
            (upgrades.after.likely, upgrades.after.low, upgrades.after.high),
            (likely, upgrades.before.low, high)
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn what_moved_a_score_adds_up_to_its_change(
            now in proptest::collection::vec(0_u64..9, 5),
            before in proptest::collection::vec(0_u64..9, 5),
            courses in (proptest::option::of(0.0..300.0_f64), proptest::option::of(0.0..300.0_f64)),
            weighting in prop_oneof![Just(Weighting::Model), Just(Weighting::Equal), Just(Weighting::Geometric)],
        ) {
            let points = |counts: Vec<u64>| counts.into_iter().enumerate().map(|(k, n)| (k as u16 + 1, n)).collect::<Vec<_>>();
            let map = map(figures(&points(now), courses.0), figures(&points(before), courses.1), weighting);
            if let Reading::Score(score) = reading(&map, Element::Education) {
                prop_assert!((0.0..=100.0).contains(&score.value));
                if let Some(interval) = score.interval {
                    prop_assert!(interval.low < interval.high);
                    prop_assert!(interval.low <= score.value + 1e-9 && score.value <= interval.high + 1e-9);
                }
                if let Some(change) = &score.change {
                    let sum: f64 = score.movers.iter().map(|mover| mover.points).sum();
                    prop_assert!((sum - change.difference).abs() < 1e-6, "{} {}", sum, change.difference);
                }
            }
            let nothing = what_if(&map, &[]);
            prop_assert!(nothing.scores.iter().all(|score| score.before == score.after));
            prop_assert!(nothing.amounts.iter().all(|amount| amount.before == amount.after));
        }
    }
}
