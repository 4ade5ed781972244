//! What the answers of a file tell of the scales that they are mapped to: a scale that is taken for another, or runs the
//! other way, makes wrong scores of right answers.

use std::collections::BTreeMap;

use valuemap_shared::survey::{Question, QuestionKind};

use crate::import::columns::normalised;
use crate::import::responses::mapping::scale_of;
use crate::import::responses::scales::runs_backward;

/// What was seen in the column of one question.
#[derive(Debug, Default)]
pub struct ScaleEvidence {
    answers: u64,
    lowest: i64,
    highest: i64,
    /// What numbers are called in the cells themselves: the words, the number, and the first line of it.
    called: BTreeMap<String, (i64, u64)>,
    /// What is wrong, with its line.
    pub problems: Vec<(u64, String)>,
}

impl ScaleEvidence {
    pub fn add(&mut self, question: &Question, line: u64, (number, words): (i64, Option<&str>)) {
        let (low, high) = if self.answers == 0 { (number, number) } else { (self.lowest, self.highest) };
        (self.lowest, self.highest) = (low.min(number), high.max(number));
        self.answers += 1;
        if let Some(words) = words {
            self.name(question, line, (number, words));
        }
    }

    fn name(&mut self, question: &Question, line: u64, (number, words): (i64, &str)) {
        let Some(scale) = scale_of(&question.kind) else { return };
        let (before, first) = *self.called.entry(normalised(words)).or_insert((number, line));
        if before != number {
            let reason = format!("{}: `{words}` is {number} here and {before} on line {first}", question.prompt);
            self.problems.push((line, reason));
            return;
        }
        let is_reversed = matches!(question.kind, QuestionKind::Agreement { reversed: true, .. });
        if first == line && !is_reversed && runs_backward(words, number, scale) {
            let (low, high) = scale;
            let turned = low + high - number;
            let reversed = match question.kind {
                QuestionKind::Agreement { .. } => "map the column as reversed (agreement:POINTS:reversed), or ",
                _ => "",
            };
            self.problems.push((
                line,
                format!(
                    "{}: `{words}` is {number} on a scale where {high} is the most: it seems to run the other way; \
                     {reversed}say what each label means, such as --value \"{number} - {words}={turned}\"",
                    question.prompt
                ),
            ));
        }
    }

    /// What is doubtful of a scale whose highest point nobody chose.
    pub fn note(&self, question: &Question) -> Option<String> {
        let (low, high) = scale_of(&question.kind)?;
        let is_doubtful = self.answers > 0 && self.highest < high;
        is_doubtful.then(|| {
            format!(
                "{}: answers lie between {} and {} although the map says {low} to {high} (is that its scale?)",
                question.key, self.lowest, self.highest
            )
        })
    }

    pub fn answers(&self) -> u64 {
        self.answers
    }

    /// The number that words stand for here.
    pub fn called(&self) -> impl Iterator<Item = (&str, i64)> {
        self.called.iter().map(|(words, (number, _))| (words.as_str(), *number))
    }
}

/// Words on a scale from its lowest to its highest point.
type Called<'a> = ((i64, i64), &'a str);

/// What is said of words that are one number in one question and another in another one of the same scale.
pub fn differing_words(questions: &[(usize, Question)], evidence: &[ScaleEvidence]) -> Vec<String> {
    let mut called: BTreeMap<Called<'_>, (i64, &str)> = BTreeMap::new();
    let mut found = Vec::new();
    for ((_, question), seen) in questions.iter().zip(evidence) {
        let Some(scale) = scale_of(&question.kind) else { continue };
        for (words, number) in seen.called() {
            let (other, first) = *called.entry((scale, words)).or_insert((number, &question.key));
            if other != number {
                found.push(format!("`{words}` is {other} in {first} and {number} in {}", question.key));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(kind: QuestionKind) -> Question {
        Question { key: "q".into(), prompt: "Q".into(), required: false, ask_if: None, kind }
    }

    fn agreement(points: u8, reversed: bool) -> Question {
        question(QuestionKind::Agreement { points, benefit: None, reversed })
    }

    fn check(question: &Question, answers: &[(i64, Option<&str>)], problem: &str, note: &str) {
        let mut evidence = ScaleEvidence::default();
        (2..).zip(answers).for_each(|(line, answer)| evidence.add(question, line, *answer));
        let problems: Vec<String> = evidence.problems.iter().map(|(line, reason)| format!("{line} {reason}")).collect();
        assert!(problems.join("|").starts_with(problem) && problems.is_empty() == problem.is_empty(), "{problems:?}");
        assert_eq!(evidence.note(question).unwrap_or_default(), note);
    }

    #[test]
    fn a_scale_that_nobody_uses_to_its_end_is_doubtful() {
        let (five, seven) = (agreement(5, false), agreement(7, false));
        check(&five, &[(1, None), (5, None)], "", "");
        let note = "q: answers lie between 2 and 5 although the map says 1 to 7 (is that its scale?)";
        check(&seven, &[(2, None), (5, None)], "", note);
        let note = "q: answers lie between 1 and 5 although the map says 0 to 10 (is that its scale?)";
        check(&question(QuestionKind::Recommendation), &[(1, None), (5, None)], "", note);
        check(&seven, &[], "", "");
    }

    #[test]
    fn a_scale_that_runs_the_other_way_is_found_by_its_words() {
        let (five, turned) = (agreement(5, false), agreement(5, true));
        let answers = [(1, Some("Strongly agree")), (5, Some("Strongly disagree")), (1, Some("Strongly agree"))];
        check(&five, &answers, "2 Q: `Strongly agree` is 1 on a scale where 5 is the most", "");
        check(&turned, &answers, "", "");
        check(&five, &[(5, Some("Strongly agree")), (1, Some("Strongly disagree"))], "", "");
        let answers = [(0, Some("Extremely likely")), (10, None)];
        check(&question(QuestionKind::Recommendation), &answers, "2 Q: `Extremely likely` is 0", "");
        check(&five, &[(5, Some("Often")), (4, Some("often"))], "3 Q: `often` is 4 here and 5 on line 2", "");
    }

    #[test]
    fn words_that_differ_between_questions_are_said() {
        let questions = [(0, agreement(5, false)), (1, Question { key: "r".into(), ..agreement(5, false) })];
        let mut evidence = [ScaleEvidence::default(), ScaleEvidence::default()];
        evidence[0].add(&questions[0].1, 2, (5, Some("Often")));
        evidence[1].add(&questions[1].1, 2, (1, Some("Often")));
        assert_eq!(differing_words(&questions, &evidence), ["`often` is 5 in q and 1 in r"]);
    }
}
