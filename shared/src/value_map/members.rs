use super::{
    Explanation, Input, Interval, NoScore, Proportion, Reading, Recommendation, RecommendationReading, Score,
    TallyCounts,
};
use crate::statistics::{
    LEVEL, MeanMethod, Sample, change_between, mean_interval, net_promoter_score, student_t_interval, wilson_interval,
};
use crate::survey::{Cell, Subject};

/// The index of a subject on agreement scales: the mean of the respondents' positions on 0..100.
///
/// `model` is the label of the scoring model that the explanation names.
pub fn index_of(subject: &Subject, now: &TallyCounts, before: &TallyCounts, model: &str, minimum: u64) -> Reading {
    let sample = now.percents(subject);
    if let Some(absence) = absence(sample.size(), minimum) {
        return Reading::NoScore(absence);
    }
    let (Some(value), Some((interval, method))) = (sample.mean(), mean_interval(&sample)) else {
        return Reading::NoScore(NoScore::too_few_answers(minimum));
    };
    let before = before.percents(subject);
    let change = if before.size() < minimum { None } else { change_between(&before, &sample) };
    Reading::Score(Score {
        value,
        interval: Some(interval),
        answers: sample.size(),
        coverage: 1.0,
        change,
        top_two_box: top_two_box(subject, now),
        parts: Vec::new(),
        movers: Vec::new(),
        explanation: explain_index(subject, now, &sample, method, model),
    })
}

/// The index of one question by itself.
///
/// `others` are the numbers of respondents of whatever else feeds the same benefit: other questions, and other versions.
/// Where one of them is too small to be shown, this one is hidden, too, because the benefit's index less this one's
/// would show it.
pub fn question_index(subject: &Subject, tallies: &TallyCounts, others: &[u64], model: &str, minimum: u64) -> Reading {
    if others.iter().any(|respondents| (1..minimum).contains(respondents)) {
        return Reading::NoScore(NoScore::too_few_answers(minimum));
    }
    index_of(subject, tallies, &TallyCounts::default(), model, minimum)
}

pub(super) fn recommendation(tallies: &TallyCounts, model: &str, minimum: u64) -> RecommendationReading {
    let subject = Subject::Recommendation;
    let answers = tallies.respondents(&subject);
    if let Some(absence) = absence(answers, minimum) {
        return RecommendationReading::NoScore(absence);
    }
    let points = tallies.cells(&subject).map(|(cell, count)| (u8::try_from(cell.total).unwrap_or(u8::MAX), count));
    let Some(score) = net_promoter_score(points) else {
        return RecommendationReading::NoScore(NoScore::no_answers());
    };
    let input = |name: &str, count: u64| Input { name: name.into(), value: count as f64 };
    RecommendationReading::Recommendation(Recommendation {
        value: score.value,
        interval: score.interval,
        answers,
        promoters: score.promoters,
        passives: score.passives,
        detractors: score.detractors,
        explanation: Explanation {
            formula: "100 (promoters - detractors) / answers; 9 and 10 promote, 0 to 6 detract".into(),
            method: "adjusted Wald interval, three answers added (Rocks 2016)".into(),
            model_version: model.to_owned(),
            inputs: vec![
                input("promoters", score.promoters),
                input("passives", score.passives),
                input("detractors", score.detractors),
            ],
        },
    })
}

fn absence(answers: u64, minimum: u64) -> Option<NoScore> {
    match answers {
        0 => Some(NoScore::no_answers()),
        few if few < minimum => Some(NoScore::too_few_answers(minimum)),
        _ => None,
    }
}

fn top_two_box(subject: &Subject, tallies: &TallyCounts) -> Option<Proportion> {
    let (mut top, mut all) = (0, 0);
    for (cell, count) in tallies.cells(subject) {
        // Of the mean of several answers it cannot be told how many of them are in the two highest points.
        if cell.points < 4 || cell.answered > 1 {
            return None;
        }
        all += count;
        top += if cell.is_top_two() { count } else { 0 };
    }
    let interval = wilson_interval(top as f64, all as f64);
    (all > 0).then(|| Proportion { value: top as f64 / all as f64, interval })
}

fn explain_index(
    subject: &Subject,
    tallies: &TallyCounts,
    sample: &Sample,
    method: MeanMethod,
    model: &str,
) -> Explanation {
    let method = match method {
        MeanMethod::StudentT => "Student's t interval of the mean, clipped to 0..100".to_owned(),
        MeanMethod::NoSpread => "all answers are equal: Wilson interval of the mean as a share of the scale".to_owned(),
    };
    let cells: Vec<(Cell, u64)> = tallies.cells(subject).collect();
    let mut inputs: Vec<Input> = if cells.iter().all(|(cell, _)| cell.answered == 1) {
        let chosen = |cell: &Cell| format!("members who chose {} of {}", cell.total, cell.points);
        cells.iter().map(|(cell, count)| Input { name: chosen(cell), value: *count as f64 }).collect()
    } else {
        // Sums over several questions, beside the questions by themselves, could tell who answered what.
        let answers: u64 = cells.iter().map(|(cell, count)| u64::from(cell.answered) * count).sum();
        let input = |name: &str, value: u64| Input { name: name.into(), value: value as f64 };
        vec![input("members", sample.size()), input("their answers", answers)]
    };
    if let Some(Interval { low, high, .. }) = student_t_interval(sample) {
        let error = (high - low) / 2.0;
        inputs.push(Input { name: format!("half width of the {}% t interval", LEVEL * 100.0), value: error });
    }
    Explanation {
        formula: "mean over members of 100 (x - 1) / (K - 1), x the member's mean point on a K-point scale".into(),
        method,
        model_version: model.to_owned(),
        inputs,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::Benefit;
    use crate::value_map::Absence;

    fn tallies(counts: &[(u16, u64)]) -> TallyCounts {
        let mut tallies = TallyCounts::default();
        for (total, count) in counts {
            let subject = Subject::Benefit(Benefit::ProductKnowledge);
            tallies.add(subject, Cell { points: 5, answered: 1, total: *total }, *count);
        }
        tallies
    }

    fn product_knowledge(now: &[(u16, u64)], before: &[(u16, u64)], minimum: u64) -> Reading {
        index_of(&Subject::Benefit(Benefit::ProductKnowledge), &tallies(now), &tallies(before), "m-1", minimum)
    }

    fn reason(reading: Reading) -> Absence {
        match reading {
            Reading::NoScore(absence) => absence.reason,
            scored => panic!("scored: {scored:?}"),
        }
    }

    fn score(reading: Reading) -> Score {
        match reading {
            Reading::Score(score) => score,
            absent => panic!("no score: {absent:?}"),
        }
    }

    #[test]
    fn no_data_is_never_zero_and_few_answers_are_suppressed() {
        assert_eq!(reason(product_knowledge(&[], &[], 5)), Absence::NoAnswers);
        assert_eq!(reason(product_knowledge(&[(1, 4)], &[], 5)), Absence::TooFewAnswers);
        assert_eq!(score(product_knowledge(&[(1, 2), (2, 3)], &[], 5)).value, 15.0);
        assert_eq!(reason(product_knowledge(&[(1, 2), (2, 3)], &[], 6)), Absence::TooFewAnswers);
    }

    #[test]
    fn a_change_needs_two_periods_that_are_both_shown() {
        let now = [(3, 20), (5, 20)];
        assert_eq!(score(product_knowledge(&now, &[(1, 4)], 5)).change, None);
        let change = score(product_knowledge(&now, &[(1, 20), (3, 20)], 5)).change.unwrap();
        assert_eq!(change.difference, 50.0);
        assert!(change.is_clear());
    }

    #[test]
    fn versions_with_scales_of_different_length_are_one_sample() {
        let mut now = tallies(&[(5, 10)]);
        let subject = Subject::Benefit(Benefit::ProductKnowledge);
        now.add(subject.clone(), Cell { points: 7, answered: 1, total: 1 }, 10);
        let score = score(index_of(&subject, &now, &TallyCounts::default(), "m-1", 5));
        assert_eq!((score.value, score.answers), (50.0, 20));
        assert_eq!(score.top_two_box.unwrap().value, 0.5);
    }

    #[test]
    fn a_mean_of_several_answers_is_in_no_box() {
        let mut now = tallies(&[(5, 10)]);
        let subject = Subject::Benefit(Benefit::ProductKnowledge);
        now.add(subject.clone(), Cell { points: 5, answered: 2, total: 9 }, 1);
        assert_eq!(score(index_of(&subject, &now, &TallyCounts::default(), "m-1", 5)).top_two_box, None);
    }

    #[test]
    fn a_question_is_hidden_where_the_rest_of_its_benefit_would_be_uncovered() {
        let counts = tallies(&[(3, 10), (5, 10)]);
        let subject = Subject::Benefit(Benefit::ProductKnowledge);
        assert_eq!(reason(question_index(&subject, &counts, &[30, 2], "m-1", 5)), Absence::TooFewAnswers);
        assert_eq!(score(question_index(&subject, &counts, &[30, 0, 5], "m-1", 5)).value, 75.0);
    }

    #[test]
    fn sums_over_several_questions_are_not_listed() {
        let mut now = tallies(&[(5, 10)]);
        let subject = Subject::Benefit(Benefit::ProductKnowledge);
        now.add(subject.clone(), Cell { points: 5, answered: 2, total: 9 }, 1);
        let score = score(index_of(&subject, &now, &TallyCounts::default(), "m-1", 5));
        let listed: Vec<(&str, f64)> =
            score.explanation.inputs.iter().map(|input| (input.name.as_str(), input.value)).take(2).collect();
        assert_eq!(listed, [("members", 11.0), ("their answers", 12.0)]);
    }
}
