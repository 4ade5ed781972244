//! Our statistics against those of scipy and statsmodels: `tests/reference/generate.py` says how each value in
//! `tests/reference/statistics.json` was computed.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use valuemap_shared::statistics::{
    MeanMethod, Sample, change_between, mean_interval, net_promoter_score, student_t_interval, wilson_interval,
};
use valuemap_shared::survey::{
    AnswerDraft, Benefit, Cell, Question, QuestionKind, Subject, Submission, SurveyDefinition, SurveyDraft, cells_of,
};
use valuemap_shared::value_map::{Interval, Reading, Score, TallyCounts, index_of};

const STATISTICS: &str = include_str!("../../../tests/reference/statistics.json");
const BFI: &str = include_str!("../../../tests/data/bfi.csv");

/// How many answers chose each point of a scale, from the lowest on.
type Counts = Vec<u64>;

#[derive(Clone, Copy, Deserialize)]
struct Ends {
    low: f64,
    high: f64,
}

#[derive(Deserialize)]
struct Proportion {
    successes: u64,
    trials: u64,
    #[serde(flatten)]
    ends: Ends,
}

/// All rows that the reference has under a name.
fn reference<Row: DeserializeOwned>(name: &str) -> Vec<Row> {
    let mut reference: serde_json::Value = serde_json::from_str(STATISTICS).unwrap();
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

#[track_caller]
fn assert_same_ends(case: &str, ours: Interval, reference: Ends) {
    assert_same(&format!("{case}, low"), ours.low, reference.low);
    assert_same(&format!("{case}, high"), ours.high, reference.high);
    assert_eq!(ours.level, 0.95, "{case}");
}

fn clipped(ends: Ends) -> Ends {
    Ends { low: ends.low.max(0.0), high: ends.high.min(100.0) }
}

fn sample(counts: &[u64]) -> Sample {
    let points = u8::try_from(counts.len()).unwrap();
    let cell = |point: u8| Cell { points, answered: 1, total: u16::from(point) };
    Sample::from_counts((1..=points).zip(counts).map(|(point, count)| (cell(point).percent(), *count)))
}

fn score(case: &str, subject: &Subject, tallies: &TallyCounts) -> Score {
    match index_of(subject, tallies, &TallyCounts::default(), "m-1", 5) {
        Reading::Score(score) => score,
        absent => panic!("{case}: {absent:?}"),
    }
}

#[track_caller]
fn assert_same_top_two_box(case: &str, score: &Score, reference: &Proportion) {
    let ours = score.top_two_box.as_ref().unwrap();
    assert_eq!(score.answers, reference.trials, "{case}");
    assert_same(&format!("{case}, top two"), ours.value, reference.successes as f64 / reference.trials as f64);
    assert_same_ends(&format!("{case}, top two"), ours.interval, reference.ends);
}

#[test]
fn student_t_quantiles() {
    #[derive(Deserialize)]
    struct Row {
        freedom: u64,
        quantile: f64,
    }
    for row in reference::<Row>("student_t_quantiles") {
        // Around a mean of zero, the end of the interval is the quantile times the standard error and nothing else.
        let size = row.freedom + 1;
        let sample = Sample::from_counts([(-1.0, size / 2), (0.0, size % 2), (1.0, size / 2)]);
        let error = (sample.variance().unwrap() / size as f64).sqrt();
        let quantile = student_t_interval(&sample).unwrap().high / error;
        assert_same(&format!("{} degrees of freedom", row.freedom), quantile, row.quantile);
    }
}

#[test]
fn student_t_intervals() {
    #[derive(Deserialize)]
    struct Row {
        name: String,
        counts: Counts,
        size: u64,
        mean: f64,
        #[serde(flatten)]
        ends: Ends,
    }
    for row in reference::<Row>("student_t_intervals") {
        let sample = sample(&row.counts);
        assert_eq!(sample.size(), row.size, "{}", row.name);
        assert_same(&row.name, sample.mean().unwrap(), row.mean);
        assert_same_ends(&row.name, student_t_interval(&sample).unwrap(), row.ends);
        let (interval, method) = mean_interval(&sample).unwrap();
        assert_eq!(method, MeanMethod::StudentT, "{}", row.name);
        assert_same_ends(&row.name, interval, clipped(row.ends));
    }
}

#[test]
fn intervals_where_everybody_agrees() {
    #[derive(Deserialize)]
    struct Row {
        points: usize,
        point: usize,
        size: u64,
        #[serde(flatten)]
        ends: Ends,
    }
    for row in reference::<Row>("unanimous") {
        let case = format!("{} who chose {} of {}", row.size, row.point, row.points);
        let mut counts = vec![0; row.points];
        counts[row.point - 1] = row.size;
        let (interval, method) = mean_interval(&sample(&counts)).unwrap();
        assert_eq!(method, MeanMethod::NoSpread, "{case}");
        assert_same_ends(&case, interval, row.ends);
    }
}

#[test]
fn wilson_intervals() {
    for row in reference::<Proportion>("wilson_intervals") {
        let case = format!("{} of {}", row.successes, row.trials);
        assert_same_ends(&case, wilson_interval(row.successes as f64, row.trials as f64), row.ends);
    }
}

#[test]
fn net_promoter_scores() {
    #[derive(Deserialize)]
    struct Row {
        name: String,
        counts: Counts,
        promoters: u64,
        passives: u64,
        detractors: u64,
        score: f64,
        #[serde(flatten)]
        ends: Ends,
    }
    for row in reference::<Row>("net_promoter_scores") {
        let ours = net_promoter_score((0..).zip(row.counts)).unwrap();
        let parts = (ours.promoters, ours.passives, ours.detractors);
        assert_eq!(parts, (row.promoters, row.passives, row.detractors), "{}", row.name);
        assert_same(&row.name, ours.value, row.score);
        assert_same_ends(&row.name, ours.interval, row.ends);
    }
}

#[test]
fn welch_differences() {
    #[derive(Deserialize)]
    struct Row {
        name: String,
        before: Counts,
        now: Counts,
        difference: f64,
        #[serde(flatten)]
        ends: Ends,
    }
    for row in reference::<Row>("welch_differences") {
        let change = change_between(&sample(&row.before), &sample(&row.now)).unwrap();
        assert_same(&row.name, change.difference, row.difference);
        assert_same_ends(&row.name, change.interval.unwrap(), row.ends);
    }
}

#[test]
fn indices_of_the_25_items_of_bfi() {
    #[derive(Deserialize)]
    struct Row {
        item: String,
        counts: Counts,
        mean: f64,
        #[serde(flatten)]
        ends: Ends,
        top_two_box: Proportion,
    }
    let rows: Vec<Row> = reference("bfi_items");
    assert_eq!(rows.len(), 25);
    for row in rows {
        let subject = Subject::Question(row.item.clone());
        let mut tallies = TallyCounts::default();
        for (point, count) in (1..).zip(row.counts) {
            tallies.add(subject.clone(), Cell { points: 6, answered: 1, total: point }, count);
        }
        let score = score(&row.item, &subject, &tallies);
        assert_same(&row.item, score.value, row.mean);
        assert_same_ends(&row.item, score.interval.unwrap(), clipped(row.ends));
        assert_same_top_two_box(&row.item, &score, &row.top_two_box);
    }
}

/// From raw answers on: reversed items are turned round and respondents who skipped some items are kept.
#[test]
fn indices_of_two_scales_of_bfi() {
    #[derive(Deserialize)]
    struct Row {
        name: String,
        items: Vec<String>,
        reversed: Vec<String>,
        points: u8,
        size: u64,
        mean: f64,
        #[serde(flatten)]
        ends: Ends,
        cells: Vec<CellRow>,
    }
    #[derive(Deserialize)]
    struct CellRow {
        answered: u8,
        total: u16,
        count: u64,
    }
    let subject = Subject::Benefit(Benefit::ProductKnowledge);
    for row in reference::<Row>("bfi_scales") {
        let tallies = tallies_of_bfi(Benefit::ProductKnowledge, row.points, &row.items, &row.reversed);

        let cell = |cell: &CellRow| Cell { points: row.points, answered: cell.answered, total: cell.total };
        let cells: BTreeMap<Cell, u64> = row.cells.iter().map(|row| (cell(row), row.count)).collect();
        assert_eq!(tallies.cells(&subject).collect::<BTreeMap<_, _>>(), cells, "{}", row.name);

        let score = score(&row.name, &subject, &tallies);
        assert_eq!(score.answers, row.size, "{}", row.name);
        assert_same(&row.name, score.value, row.mean);
        assert_same_ends(&row.name, score.interval.unwrap(), clipped(row.ends));
        assert_eq!(score.top_two_box, None, "{}: of the mean of several items", row.name);
    }
}

/// What a survey of these items would have tallied if each row of the data had been submitted to it.
fn tallies_of_bfi(benefit: Benefit, points: u8, items: &[String], reversed: &[String]) -> TallyCounts {
    let question = |item: &String| Question {
        key: item.to_lowercase(),
        prompt: item.clone(),
        required: false,
        ask_if: None,
        kind: QuestionKind::Agreement { points, benefit: Some(benefit), reversed: reversed.contains(item) },
    };
    let questions = items.iter().map(question).collect();
    let survey =
        SurveyDefinition::parse(SurveyDraft { title: "bfi".into(), questions, ..SurveyDraft::default() }).unwrap();

    let mut rows = BFI.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = rows.next().unwrap();
    let columns: Vec<usize> = items.iter().map(|item| header.iter().position(|name| name == item).unwrap()).collect();

    let mut tallies = TallyCounts::default();
    for row in rows {
        let answered = items.iter().zip(&columns).filter(|(_, column)| !row[**column].is_empty());
        let drafts: Vec<AnswerDraft> = answered
            .map(|(item, column)| AnswerDraft {
                question: item.to_lowercase(),
                number: Some(row[*column].parse().unwrap()),
                ..AnswerDraft::default()
            })
            .collect();
        if drafts.is_empty() {
            continue;
        }
        let submission = Submission::parse(&survey, &drafts).unwrap();
        for (subject, cell) in cells_of(&survey, &submission) {
            tallies.add(subject, cell, 1);
        }
    }
    tallies
}
