//! What made-up members answered.

use chrono::NaiveDate;
use rand::{Rng, RngExt};
use rand_pcg::Pcg64Mcg;
use valuemap_shared::ids::{SubmissionId, uuid_v7};
use valuemap_shared::survey::{
    AnswerDraft, Benefit, Choice, Condition, Question, QuestionKind, Submission, SurveyDefinition, SurveyDraft, Test,
};

use crate::sample::comments;
use crate::sample::world::World;
use crate::survey::store::PublishedVersion;

/// A made-up submission with its day.
pub type Given = (SubmissionId, NaiveDate, Submission);

/// Answers to the member survey: more members find it as the community grows, two or three a day at first, six at the
/// end.
pub fn member_answers(world: &mut World, version: &PublishedVersion) -> Vec<Given> {
    given(world, version, |age| 2.5 + 0.5 * age, answers)
}

/// Answers to the questions on the help pages, which calibrate what self-service saves.
pub fn help_answers(world: &mut World, version: &PublishedVersion) -> Vec<Given> {
    given(
        world,
        version,
        |age| 1.5 + 0.2 * age,
        |dice, age| {
            let questions =
                [("found_answer", 0.56 + 0.02 * age), ("would_have_asked", 0.36), ("asked_anyway", 0.22 - 0.01 * age)];
            let mut drafts = Vec::new();
            for (question, share) in questions {
                let yes = dice.random_bool(share);
                drafts.push(AnswerDraft {
                    question: question.into(),
                    choices: Some(vec![if yes { "yes".into() } else { "no".into() }]),
                    ..AnswerDraft::default()
                });
                if !yes {
                    break;
                }
            }
            drafts
        },
    )
}

/// The survey on the help pages: each question is put to those who said yes to the one before.
pub fn help_survey() -> Result<SurveyDefinition, anyhow::Error> {
    let question = |key: &str, prompt: &str, after: Option<&str>| Question {
        key: key.into(),
        prompt: prompt.into(),
        required: true,
        ask_if: after.map(|question| Condition { question: question.into(), test: Test::AnyOf(vec!["yes".into()]) }),
        kind: QuestionKind::SingleChoice {
            choices: [("yes", "Yes"), ("no", "No")]
                .map(|(key, label)| Choice { key: key.into(), label: label.into() })
                .to_vec(),
            shuffled: false,
        },
    };
    let draft = SurveyDraft {
        title: "Did this help?".into(),
        questions: vec![
            question("found_answer", "Did you find what you were looking for?", None),
            question("would_have_asked", "Would you have contacted support otherwise?", Some("found_answer")),
            question("asked_anyway", "Will you still contact support about it?", Some("would_have_asked")),
        ],
        ..SurveyDraft::default()
    };
    SurveyDefinition::parse(draft).map_err(|problems| anyhow::anyhow!("the survey of the help pages: {problems:?}"))
}

fn given(
    world: &mut World,
    version: &PublishedVersion,
    a_day: impl Fn(f64) -> f64,
    mut answers: impl FnMut(&mut Pcg64Mcg, f64) -> Vec<AnswerDraft>,
) -> Vec<Given> {
    let mut given = Vec::new();
    for (age, day) in world.days() {
        let expected = a_day(age);
        let count = expected.floor() as u32 + u32::from(world.dice.random_bool(expected.fract()));
        for _ in 0..count {
            let drafts = answers(&mut world.dice, age);
            if let Ok(submission) = Submission::parse(&version.definition, &drafts) {
                let noon = day.and_hms_opt(12, 0, 0).unwrap_or_default().and_utc().timestamp_millis();
                let mut random = [0; 10];
                world.dice.fill_bytes(&mut random);
                let id = uuid_v7(u64::try_from(noon).unwrap_or_default(), &random);
                given.push((SubmissionId(id), day, submission));
            }
        }
    }
    given
}

/// How a benefit stands after so many quarters, as the mean on the scale from 1 to 5.
///
/// The story: answers come faster and better, and best practices spread. Recognition stalled until badges for experts
/// came in the fifth quarter. Influence on the roadmap slipped, and is being mended.
fn mean(benefit: Benefit, age: f64) -> f64 {
    match benefit {
        Benefit::ProductKnowledge => 3.6 + 0.08 * age,
        Benefit::UnconventionalUses => 2.9 + 0.05 * age,
        Benefit::PeerBestPractices => 3.2 + 0.12 * age,
        Benefit::RecognisedExpertise => 2.8 + if age >= 4.0 { 0.25 * (age - 3.0) } else { 0.0 },
        Benefit::RoadmapInfluence => 3.1 - 0.15 * age.min(5.0) + if age > 5.0 { 0.2 * (age - 5.0) } else { 0.0 },
    }
}

fn answers(dice: &mut Pcg64Mcg, age: f64) -> Vec<AnswerDraft> {
    // Some members like everything a little better than others do.
    let mood = dice.random_range(-0.8..0.8);
    let mut drafts = Vec::new();
    let mut sum = 0.0;
    for benefit in Benefit::ALL {
        let noise = dice.random_range(-1.3..1.3) + dice.random_range(-0.7..0.7);
        let point = (mean(benefit, age) + mood + noise).round().clamp(1.0, 5.0);
        sum += point;
        if dice.random_bool(0.96) {
            drafts.push(number(benefit.as_str(), point as i64));
        }
    }
    if dice.random_bool(0.93) {
        let liking = 2.2 * (sum / 5.0) + dice.random_range(-2.0..2.0);
        drafts.push(number("recommendation", liking.round().clamp(0.0, 10.0) as i64));
    }
    if dice.random_bool(0.22) {
        let comment = comments::COMMENTS[dice.random_range(0..comments::COMMENTS.len())];
        drafts.push(AnswerDraft {
            question: "more_useful".into(),
            text: Some(comment.into()),
            ..AnswerDraft::default()
        });
    }
    drafts
}

fn number(question: &str, number: i64) -> AnswerDraft {
    AnswerDraft { question: question.into(), number: Some(number), ..AnswerDraft::default() }
}
