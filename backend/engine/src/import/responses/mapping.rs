use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use anyhow::{Context, bail};
use sha2::{Digest, Sha256};
use valuemap_shared::survey::{Benefit, Lines, MAX_TEXT_CHARS, Question, QuestionKind};

use crate::base::digests::hexadecimal;
use crate::import::header::TableColumn;
use crate::import::table::Table;

/// What one column of a file is: `COLUMN=TARGET` on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    pub column: String,
    pub target: Target,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Tells respondents apart, so that a row that was loaded before is known again.
    Respondent,
    /// The day of the answers, `2026-05-31` or a time that starts with it.
    Date,
    /// A question of a survey that exists, by its key.
    Existing(String),
    /// A question that the import brings along.
    New(QuestionKind),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Respondent => f.write_str("respondent"),
            Self::Date => f.write_str("date"),
            Self::Existing(key) => write!(f, "question:{key}"),
            Self::New(QuestionKind::Agreement { points, benefit, reversed }) => {
                write!(f, "agreement:{points}")?;
                benefit.map_or(Ok(()), |benefit| write!(f, ":{benefit}"))?;
                f.write_str(if *reversed { ":reversed" } else { "" })
            }
            Self::New(QuestionKind::Recommendation) => f.write_str("recommendation"),
            Self::New(_) => f.write_str("text"),
        }
    }
}

/// The lowest and the highest point of a question's scale, where it has one.
pub fn scale_of(kind: &QuestionKind) -> Option<(i64, i64)> {
    match kind {
        QuestionKind::Agreement { points, .. } => Some((1, i64::from(*points))),
        QuestionKind::Recommendation => Some((0, 10)),
        QuestionKind::Text { .. } | QuestionKind::SingleChoice { .. } | QuestionKind::MultipleChoice { .. } => None,
    }
}

/// An open question of a file.
pub fn text_kind() -> QuestionKind {
    QuestionKind::Text { max_chars: MAX_TEXT_CHARS as u16, lines: Lines::Several }
}

const TARGETS: &str = "respondent, date, agreement:POINTS[:BENEFIT][:reversed], recommendation, text, question:KEY";

impl FromStr for Mapping {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let (column, target) = text
            .rsplit_once('=')
            .with_context(|| format!("`{text}` is not COLUMN=TARGET; a target is one of {TARGETS}"))?;
        let target = parse_target(target).with_context(|| format!("`{text}` cannot be used"))?;
        Ok(Self { column: column.trim().to_owned(), target })
    }
}

fn parse_target(text: &str) -> anyhow::Result<Target> {
    let (name, rest) = text.trim().split_once(':').unwrap_or((text.trim(), ""));
    Ok(match (name, rest) {
        ("respondent", "") => Target::Respondent,
        ("date", "") => Target::Date,
        ("recommendation", "") => Target::New(QuestionKind::Recommendation),
        ("text", "") => Target::New(text_kind()),
        ("question", key) if !key.is_empty() => Target::Existing(key.to_owned()),
        ("agreement", rest) => Target::New(parse_agreement(rest)?),
        _ => bail!("`{text}` is not a target; write one of {TARGETS}"),
    })
}

fn parse_agreement(text: &str) -> anyhow::Result<QuestionKind> {
    let mut parts = text.split(':');
    let points = parts.next().unwrap_or_default();
    let points = points.parse().ok().filter(|points| (2..=11).contains(points));
    let points = points.context("an agreement scale has 2 to 11 points: write agreement:5, say")?;
    let (mut benefit, mut reversed) = (None, false);
    for part in parts {
        match part.parse::<Benefit>() {
            Ok(named) if benefit.is_none() => benefit = Some(named),
            Err(()) if part == "reversed" && !reversed => reversed = true,
            _ => {
                let known = Benefit::ALL.map(Benefit::as_str).join(", ");
                bail!("`{part}` is neither `reversed` nor one of the benefits {known}");
            }
        }
    }
    Ok(QuestionKind::Agreement { points, benefit, reversed })
}

/// The question that a column brings along; its key is made from the column's name.
pub fn question_of(column: &TableColumn, kind: QuestionKind) -> Question {
    let mut key: String = column
        .name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
        .take(LONGEST_KEY)
        .collect();
    if !key.starts_with(|c: char| c.is_ascii_lowercase()) {
        key.insert_str(0, "q_");
    }
    let prompt = column.label.as_deref().filter(|_| !column.name.contains('[')).unwrap_or(&column.name);
    Question { key, prompt: prompt.to_owned(), required: false, ask_if: None, kind }
}

const LONGEST_KEY: usize = 60;

/// Gives those of the questions that columns bring keys of their own where names are too alike: the parts of a grid, and
/// names in other scripts. A key depends on its column's name alone, so that the order of columns changes none.
pub fn with_unique_keys(table: &Table, brought: &BTreeSet<usize>, questions: &mut [(usize, Question)]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (_, question) in questions.iter() {
        *seen.entry(question.key.clone()).or_default() += 1;
    }
    for (index, question) in questions.iter_mut().filter(|(index, _)| brought.contains(index)) {
        if seen.get(&question.key).is_some_and(|times| *times > 1) {
            let column = &table.columns[*index];
            let part = column.label.as_deref().filter(|_| column.name.ends_with(']')).unwrap_or(&column.name);
            let start = question_of(&TableColumn { name: part.to_owned(), label: None }, question.kind.clone()).key;
            let digest = hexadecimal(&Sha256::digest(column.name.as_bytes())[..3]);
            let start: String = start.chars().take(LONGEST_KEY - 10).collect();
            question.key = format!("{}_{digest}", start.trim_end_matches('_'));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agreement(points: u8, benefit: Option<Benefit>, reversed: bool) -> Target {
        Target::New(QuestionKind::Agreement { points, benefit, reversed })
    }

    #[test]
    fn columns_are_mapped_by_what_they_are() {
        let check = |text: &str, expected: Target| assert_eq!(text.parse::<Mapping>().unwrap().target, expected);
        check("id=respondent", Target::Respondent);
        check("A2=agreement:6", agreement(6, None, false));
        check("A2=agreement:6:product_knowledge", agreement(6, Some(Benefit::ProductKnowledge), false));
        check("A1=agreement:6:product_knowledge:reversed", agreement(6, Some(Benefit::ProductKnowledge), true));
        check("NPS=recommendation", Target::New(QuestionKind::Recommendation));
        check("Q1=question:product_knowledge", Target::Existing("product_knowledge".into()));
        assert_eq!("a=b=text".parse::<Mapping>().unwrap().column, "a=b");
        let targets =
            ["respondent", "date", "agreement:6:product_knowledge:reversed", "recommendation", "text", "question:a"];
        for target in targets {
            assert_eq!(format!("A={target}").parse::<Mapping>().unwrap().target.to_string(), target);
        }
    }

    #[test]
    fn what_is_no_target_is_refused_with_the_list_of_targets() {
        for text in
            ["A1", "A1=", "A1=agreement", "A1=agreement:1", "A1=agreement:5:wealth", "A1=number", "A1=question:"]
        {
            assert!(text.parse::<Mapping>().is_err(), "{text} was accepted");
        }
        let message = format!("{:#}", "A1=number".parse::<Mapping>().unwrap_err());
        assert!(message.contains("agreement:POINTS"), "{message}");
    }

    /// The keys of the questions that columns of these names bring.
    fn keys(names: &[&str]) -> Vec<String> {
        let column = |name: &&str| {
            let label = name.strip_suffix(']').and_then(|name| name.rsplit_once('[')).map(|(_, part)| part.to_owned());
            TableColumn { name: (*name).to_owned(), label }
        };
        let table = Table { columns: names.iter().map(column).collect(), ..Table::default() };
        let question = |(index, column)| (index, question_of(column, QuestionKind::Recommendation));
        let mut questions: Vec<(usize, Question)> = table.columns.iter().enumerate().map(question).collect();
        with_unique_keys(&table, &(0..names.len()).collect(), &mut questions);
        questions.into_iter().map(|(_, question)| question.key).collect()
    }

    #[test]
    fn a_key_is_made_from_the_name_of_the_column() {
        assert_eq!(keys(&["A1", "1. How likely?"]), ["a1", "q_1__how_likely_"]);
    }

    #[test]
    fn keys_of_names_that_are_alike_differ_whatever_their_order() {
        let grid = "How much do you agree with these statements about our user community?";
        let (learn, see) = (format!("{grid} [I learn how it works]"), format!("{grid} [I see others]"));
        let found = keys(&[&learn, &see]);
        assert!(found[0].starts_with("i_learn_how_it_works_") && found[1].starts_with("i_see_others_"), "{found:?}");
        assert_eq!(keys(&[&see, &learn]), [found[1].clone(), found[0].clone()]);
        let japanese = keys(&["\u{88fd}\u{54c1}", "\u{4ef2}\u{9593}"]);
        assert!(japanese[0] != japanese[1] && japanese.iter().all(|key| key.starts_with("q_")), "{japanese:?}");
    }
}
