//! Our financial layer against scipy, numpy, statsmodels and linearmodels: `tests/reference/financial.py` says how each
//! value in `tests/reference/financial.json` was computed.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use valuemap_shared::calendar::Quarter;
use valuemap_shared::value_map::attainment::{AmountScale, Scale};
use valuemap_shared::value_map::financial::{
    AmountError, AnswerDeflection, Arm, BeforeAfter, Cases, ComparisonError, CompoundSum, CountDistribution, DRAWS,
    Effect, GroupMean, Outcomes, Percentiles, Rate, Return, STRONG_FIRST_STAGE, SearchDeflection, ServicePeriod,
    Triangular, Uncertain, WeeklyCounts, checked_times, complier_effect, cost_elasticity, difference_in_differences,
    difference_in_differences_of_means, simulate, simulate_return,
};
use valuemap_shared::value_map::model::{ScoringModel, standard_model};
use valuemap_shared::value_map::{
    BaselineQuarter, ContactBaseline, Counts, MoneyFigures, Nesting, Reading, SelfHelp, Stretch, WorthInputs,
    financial_reading,
};

const FINANCIAL: &str = include_str!("../../../tests/reference/financial.json");

/// All rows that the reference has under a name.
fn reference<Row: DeserializeOwned>(name: &str) -> Vec<Row> {
    let mut reference: serde_json::Value = serde_json::from_str(FINANCIAL).unwrap();
    let rows: Vec<Row> = serde_json::from_value(reference[name].take()).unwrap();
    assert!(!rows.is_empty(), "{name}");
    rows
}

/// The same figure but for rounding: to nine digits, or where a difference all but vanishes, to 1e-12.
#[track_caller]
fn assert_same(case: &str, ours: f64, reference: f64) {
    let allowed = (1e-9 * reference.abs()).max(1e-12);
    assert!((ours - reference).abs() <= allowed, "{case}: ours {ours}, reference {reference}");
}

#[derive(Deserialize)]
struct ReferenceEffect {
    estimate: f64,
    standard_error: f64,
    low: f64,
    high: f64,
    #[serde(default)]
    is_small: bool,
}

#[track_caller]
fn assert_same_effect(case: &str, ours: &Effect, reference: &ReferenceEffect) {
    assert_same(&format!("{case}, estimate"), ours.estimate, reference.estimate);
    assert_same(&format!("{case}, standard error"), ours.standard_error, reference.standard_error);
    assert_same(&format!("{case}, low"), ours.interval.low, reference.low);
    assert_same(&format!("{case}, high"), ours.interval.high, reference.high);
    assert_eq!((ours.interval.level, ours.is_small), (0.95, reference.is_small), "{case}");
}

#[test]
fn triangular_quantiles_and_means() {
    #[derive(Deserialize)]
    struct Row {
        #[serde(flatten)]
        assumption: Triangular,
        mean: f64,
        quantiles: Vec<Quantile>,
    }
    #[derive(Deserialize)]
    struct Quantile {
        probability: f64,
        value: f64,
    }
    for row in reference::<Row>("triangular") {
        let case = format!("{:?}", row.assumption);
        assert_same(&case, row.assumption.mean(), row.mean);
        for Quantile { probability, value } in row.quantiles {
            assert_same(&format!("{case} at {probability}"), row.assumption.quantile(probability), value);
        }
    }
}

/// The reference is numpy's own Monte Carlo with ten million draws. What tolerance our 10,000 deserve was measured by
/// running numpy's with 10,000 as well, a thousand times with a seed each: one simulation of ours may miss the
/// reference by as much as the worst of those thousand did. The mean over many seeds tells far smaller faults: it has
/// to lie within four standard errors, of which those of the reference itself are a part.
#[test]
fn simulations() {
    #[derive(Deserialize)]
    struct Row {
        name: String,
        assumptions: Vec<(f64, f64, f64)>,
        value: Vec<Term>,
        cost: Vec<Term>,
        draws: usize,
        reference_draws: usize,
        figures: BTreeMap<String, Figure>,
    }
    #[derive(Deserialize)]
    struct Term {
        amount: Decimal,
        factors: Vec<usize>,
    }
    #[derive(Deserialize)]
    struct Figure {
        reference: f64,
        deviation: f64,
        furthest: f64,
    }
    const SEEDS: u64 = 24;

    fn total(terms: &[Term], drawn: &[f64]) -> Result<Decimal, AmountError> {
        terms.iter().try_fold(Decimal::ZERO, |total, term| {
            let factor = term.factors.iter().map(|index| drawn[*index]).product();
            Ok(total + checked_times(term.amount, factor)?)
        })
    }
    fn name<T>(figures: &mut BTreeMap<String, f64>, name: &str, of: Percentiles<T>, to_f64: fn(T) -> f64) {
        for (percentile, value) in [("p10", of.p10), ("p50", of.p50), ("p90", of.p90)] {
            figures.insert(format!("{name}_{percentile}"), to_f64(value));
        }
    }

    let of_amount = |amount: Decimal| amount.to_f64().unwrap();

    for row in reference::<Row>("simulations") {
        assert_eq!(row.draws, DRAWS);
        let assumptions: Vec<Triangular> =
            row.assumptions.iter().map(|(low, mode, high)| Triangular::new(*low, *mode, *high).unwrap()).collect();
        let figures_of = |seed: u64| {
            let outcome =
                |drawn: &[f64]| Ok(Return { value: total(&row.value, drawn)?, cost: total(&row.cost, drawn)? });
            let simulation = simulate_return(seed, DRAWS, &assumptions, outcome).unwrap();
            let mut figures = BTreeMap::from([("chance_of_gain".to_owned(), simulation.chance_of_gain.unwrap())]);
            name(&mut figures, "value", simulation.value, of_amount);
            name(&mut figures, "net", simulation.net, of_amount);
            name(&mut figures, "return_on_investment", simulation.return_on_investment.unwrap(), |share| share);
            figures
        };
        let ours: Vec<BTreeMap<String, f64>> = (1..=SEEDS).map(figures_of).collect();
        assert_eq!(ours[0].len(), row.figures.len(), "{}", row.name);
        let alone = simulate(1, DRAWS, &assumptions, |drawn| total(&row.value, drawn)).unwrap();
        assert_same(&row.name, of_amount(alone.amount.p10), ours[0]["value_p10"]);
        for (name, figure) in &row.figures {
            let within = |what: &str, ours: f64, allowed: f64| {
                let message = format!("{}, {name} {what}: ours {ours}, reference {}", row.name, figure.reference);
                assert!((ours - figure.reference).abs() <= allowed, "{message} ± {allowed}");
            };
            within("of one seed", ours[0][name], figure.furthest);
            let mean = ours.iter().map(|figures| figures[name]).sum::<f64>() / SEEDS as f64;
            let share_of_reference = DRAWS as f64 / row.reference_draws as f64;
            within("on average", mean, 4.0 * figure.deviation * (1.0 / SEEDS as f64 + share_of_reference).sqrt());
        }
    }
}

#[test]
fn counts() {
    #[derive(Deserialize)]
    struct Row {
        mean: f64,
        dispersion: f64,
        quantiles: Vec<Quantile>,
    }
    #[derive(Deserialize)]
    struct Quantile {
        probability: f64,
        value: f64,
    }
    for row in reference::<Row>("counts") {
        let counts = CountDistribution::negative_binomial(row.mean, row.dispersion);
        for Quantile { probability, value } in row.quantiles {
            assert_eq!(counts.quantile(probability), value, "{} x {} at {probability}", row.mean, row.dispersion);
        }
    }
}

#[test]
fn dispersions() {
    #[derive(Deserialize)]
    struct Row {
        weeks: Vec<u64>,
        dispersion: f64,
    }
    for Row { weeks, dispersion } in reference::<Row>("dispersions") {
        assert_same(&format!("{weeks:?}"), WeeklyCounts::of(weeks).dispersion(), dispersion);
    }
}

/// Mean and variance are exactly those of the compound Poisson variable; its percentiles are approximated.
#[test]
fn compound_sums() {
    #[derive(Deserialize)]
    struct Row {
        amounts: Vec<Decimal>,
        mean: f64,
        deviation: f64,
        p10: f64,
        p50: f64,
        p90: f64,
    }
    for row in reference::<Row>("compound_sums") {
        let mut sum = CompoundSum::default();
        row.amounts.iter().for_each(|amount| sum.add(*amount));
        let deviation = sum.turnover.to_f64().unwrap() / sum.effective_count().sqrt();
        assert!((deviation / row.deviation - 1.0).abs() < 0.01, "{:?}: {deviation}", row.amounts);
        assert!((sum.amount.to_f64().unwrap() / row.mean - 1.0).abs() < 0.01, "{:?}", row.amounts);
        let percentiles = simulate(7, DRAWS, &[sum.sampling()], |drawn| sum.drawn(1.0, drawn[0])).unwrap().amount;
        for (ours, reference) in [(percentiles.p10, row.p10), (percentiles.p50, row.p50), (percentiles.p90, row.p90)] {
            let ours = ours.to_f64().unwrap();
            assert!((ours - reference).abs() < 0.2 * row.deviation, "{:?}: {ours} {reference}", row.amounts);
        }
    }
}

/// The cost containment of a quarter, against numpy's own Monte Carlo.
#[test]
fn avoided() {
    #[derive(Deserialize)]
    struct Row {
        before: u64,
        customers_before: u64,
        now: u64,
        customers_now: u64,
        deflected: u64,
        p10: f64,
        p50: f64,
        p90: f64,
    }
    let model = ScoringModel::parse(&standard_model(), 1).unwrap();
    let period = Quarter::new(2026, 2).unwrap();
    let all = Rate::new(1_000_000_000, 1_000_000_000).unwrap();
    for row in reference::<Row>("avoided") {
        let baseline = BaselineQuarter {
            period: period.previous(),
            customers: row.customers_before,
            cases: row.before,
            case_weeks: WeeklyCounts::default(),
            covered: Stretch::default(),
        };
        let inputs = WorthInputs {
            period,
            first_day: period.first_day(),
            stretch: Stretch::default(),
            money: MoneyFigures::default(),
            counts: Counts { customers: row.customers_now, cases: row.now, ..Counts::default() },
            baseline: Some(ContactBaseline::Quarter(baseline)),
            self_help: SelfHelp {
                sessions: Some(row.deflected),
                success: Some(all),
                intent: Some(all),
                no_further_action: Some(all),
                nesting: Nesting::Nested,
            },
        };
        let found = financial_reading(&model, &inputs, &inputs).elements.pop().unwrap().1;
        let Reading::Worth(worth) = found else { panic!("{found:?}") };
        let spread = (row.p90 - row.p10).max(1.0);
        let range = [(worth.amount.low, row.p10), (worth.amount.likely, row.p50), (worth.amount.high, row.p90)];
        for (ours, reference) in range {
            let ours = ours.to_f64().unwrap();
            assert!((ours - reference).abs() < 0.04 * spread, "{}: {ours} {reference}", row.before);
        }
    }
}

#[test]
fn deflections() {
    #[derive(Deserialize)]
    struct Row {
        events: u64,
        rates: Vec<Rate>,
        low: f64,
        likely: f64,
        high: f64,
    }
    for Row { events, rates, low, likely, high } in reference::<Row>("deflections") {
        let case = format!("{events} events, {rates:?}");
        let ours: Cases = match rates[..] {
            [success, intent, no_further_action] => {
                SearchDeflection { events, success, intent, no_further_action }.cases()
            }
            [intent, no_further_action] => AnswerDeflection { accepted: events, intent, no_further_action }.cases(),
            _ => panic!("{case}"),
        };
        assert_same(&format!("{case}, low"), ours.low, low);
        assert_same(&format!("{case}, likely"), ours.likely, likely);
        assert_same(&format!("{case}, high"), ours.high, high);
    }
}

#[test]
fn elasticities() {
    #[derive(Deserialize)]
    struct Row {
        before: Period,
        now: Period,
        elasticity: f64,
    }
    #[derive(Deserialize)]
    struct Period {
        customers: u64,
        cost: Decimal,
    }
    let period = |period: &Period| ServicePeriod { customers: period.customers, contacts: 0.0, cost: period.cost };
    for row in reference::<Row>("elasticities") {
        let ours = cost_elasticity(&period(&row.before), &period(&row.now)).unwrap();
        assert_same(&format!("{} customers", row.before.customers), ours, row.elasticity);
    }
}

fn before_after<T: Copy>(groups: [T; 4]) -> (BeforeAfter<T>, BeforeAfter<T>) {
    let [treated_before, treated_after, control_before, control_after] = groups;
    let treated = BeforeAfter { before: treated_before, after: treated_after };
    (treated, BeforeAfter { before: control_before, after: control_after })
}

#[test]
fn differences_in_differences_of_shares() {
    #[derive(Deserialize)]
    struct Row {
        groups: [(u64, u64); 4],
        #[serde(flatten)]
        effect: ReferenceEffect,
    }
    for row in reference::<Row>("differences_of_shares") {
        let groups = row.groups.map(|(successes, trials)| Outcomes::new(successes, trials).unwrap());
        let (treated, control) = before_after(groups);
        let ours = difference_in_differences(&treated, &control).unwrap();
        assert_same_effect(&format!("{:?}", row.groups), &ours, &row.effect);
    }
}

#[test]
fn differences_in_differences_of_means() {
    #[derive(Deserialize)]
    struct Row {
        groups: [Group; 4],
        #[serde(flatten)]
        effect: ReferenceEffect,
    }
    #[derive(Deserialize)]
    struct Group {
        mean: f64,
        variance: f64,
        size: u64,
    }
    for row in reference::<Row>("differences_of_means") {
        let groups = row.groups.map(|Group { mean, variance, size }| GroupMean { mean, variance, size });
        let (treated, control) = before_after(groups);
        let ours = difference_in_differences_of_means(&treated, &control).unwrap();
        assert_same_effect(&format!("{groups:?}"), &ours, &row.effect);
    }
}

#[test]
fn effects_on_compliers() {
    #[derive(Deserialize)]
    struct Row {
        arms: [[(u64, u64); 2]; 2],
        compliers: f64,
        first_stage_f: f64,
        #[serde(flatten)]
        effect: ReferenceEffect,
    }
    let outcomes = |(successes, trials)| Outcomes::new(successes, trials).unwrap();
    let (mut given, mut refused) = (0, 0);
    for row in reference::<Row>("complier_effects") {
        let case = format!("{:?}", row.arms);
        let [invited, others] =
            row.arms.map(|[attended, away]| Arm { attended: outcomes(attended), stayed_away: outcomes(away) });
        match complier_effect(&invited, &others) {
            Ok(ours) => {
                given += 1;
                assert!(row.first_stage_f >= STRONG_FIRST_STAGE, "{case}");
                assert_same(&case, ours.first_stage_f, row.first_stage_f);
                assert_same(&case, ours.compliers, row.compliers);
                assert_same_effect(&case, &ours.effect, &row.effect);
            }
            Err(ComparisonError::WeakFirstStage { first_stage_f, .. }) => {
                refused += 1;
                assert!(row.first_stage_f < STRONG_FIRST_STAGE, "{case}");
                assert_same(&case, first_stage_f, row.first_stage_f);
            }
            Err(error) => panic!("{case}: {error}"),
        }
    }
    assert_eq!((given, refused), (8, 3));
}

#[test]
fn attainments() {
    #[derive(Deserialize)]
    struct Row {
        baseline: f64,
        target: f64,
        value: f64,
        attained: f64,
    }
    for Row { baseline, target, value, attained } in reference::<Row>("attainments") {
        let case = format!("{value} from {baseline} to {target}");
        assert_same(&case, Scale::new(baseline, target).unwrap().attained(value).unwrap(), attained);
        let amount = |value: f64| Decimal::try_from(value).unwrap();
        let ours = AmountScale::new(amount(baseline), amount(target)).unwrap().attained(amount(value)).unwrap();
        assert!((ours - attained).abs() < 1e-6, "{case}, as an amount: {ours}");
    }
}
