//! What became of members' questions.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use sea_orm::QuerySelect;
use sea_orm::prelude::*;
use uuid::Uuid;
use valuemap_shared::activities::ContributionKind;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::{ANSWER_DAYS, FirstPosts, HISTORY_DAYS, QuestionCounts};

use crate::activities::entities::{contribution, party};
use crate::activities::identity::Identities;
use crate::database::statements::chunks;
use crate::value_map::days::Span;

/// A topic, by its source and its number there.
type Thread = (String, String);

const ANSWERS: [ContributionKind; 2] = [ContributionKind::Reply, ContributionKind::Solution];
const POSTS: [ContributionKind; 3] = [ContributionKind::Question, ContributionKind::Reply, ContributionKind::Solution];

/// A question with what came of it.
#[derive(Clone, Debug)]
struct Question {
    thread: Option<Thread>,
    by: Uuid,
    at: DateTime<Utc>,
    /// The first answer by another person.
    answered_at: Option<DateTime<Utc>>,
    solved_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug)]
struct Answer {
    thread: Thread,
    by: Uuid,
    at: DateTime<Utc>,
    is_solution: bool,
}

/// When members posted first, and when they joined.
#[derive(Clone, Copy, Debug, Default)]
struct Newcomer {
    first_post: Option<DateTime<Utc>>,
    joined: Option<NaiveDate>,
}

pub async fn counts(
    db: &impl ConnectionTrait,
    community: CommunityId,
    identities: &Identities,
    (days, now): (Span, DateTime<Utc>),
    with_first_posts: bool,
) -> Result<QuestionCounts, DbErr> {
    let mut questions = questions(db, community, days).await?;
    questions.retain(|question| !identities.is_staff(question.by));
    if questions.is_empty() {
        return Ok(QuestionCounts::default());
    }
    answer(&mut questions, answers(db, community, days).await?, identities);
    let mut counts = count(&questions, Ord::min(days.bounds().1, now), now);
    counts.answers_tracked = are_tracked(db, community, &ANSWERS, days).await?;
    counts.solutions_tracked = are_tracked(db, community, &[ContributionKind::Solution], days).await?;
    if with_first_posts {
        counts.first_posts = first_posts(db, community, identities, &questions, (days, now)).await?;
    }
    Ok(counts)
}

/// The questions that were asked on some days.
async fn questions(db: &impl ConnectionTrait, community: CommunityId, days: Span) -> Result<Vec<Question>, DbErr> {
    let (from, until) = days.bounds();
    let rows: Vec<(String, Option<String>, Uuid, DateTime<Utc>)> = posts(community, &[ContributionKind::Question])
        .columns([contribution::Column::Source, contribution::Column::Thread])
        .columns([contribution::Column::PartyId, contribution::Column::At])
        .filter(contribution::Column::At.gte(from))
        .filter(contribution::Column::At.lt(until))
        .into_tuple()
        .all(db)
        .await?;
    let question = |(source, thread, by, at): (String, Option<String>, Uuid, DateTime<Utc>)| Question {
        thread: thread.map(|thread| (source, thread)),
        by,
        at,
        answered_at: None,
        solved_at: None,
    };
    Ok(rows.into_iter().map(question).collect())
}

/// The answers that came while questions of some days were watched.
async fn answers(db: &impl ConnectionTrait, community: CommunityId, days: Span) -> Result<Vec<Answer>, DbErr> {
    let (from, until) = days.bounds();
    let rows: Vec<(String, String, Uuid, DateTime<Utc>, String)> = posts(community, &ANSWERS)
        .columns([contribution::Column::Source, contribution::Column::Thread, contribution::Column::PartyId])
        .columns([contribution::Column::At, contribution::Column::Kind])
        .filter(contribution::Column::Thread.is_not_null())
        .filter(contribution::Column::At.gte(from))
        .filter(contribution::Column::At.lte(until + watch()))
        .into_tuple()
        .all(db)
        .await?;
    let answer = |(source, thread, by, at, kind): (String, String, Uuid, DateTime<Utc>, String)| Answer {
        thread: (source, thread),
        by,
        at,
        is_solution: kind == ContributionKind::Solution.as_str(),
    };
    Ok(rows.into_iter().map(answer).collect())
}

fn posts(community: CommunityId, kinds: &[ContributionKind]) -> Select<contribution::Entity> {
    contribution::Entity::find()
        .select_only()
        .filter(contribution::Column::CommunityId.eq(community.0))
        .filter(contribution::Column::Kind.is_in(kinds.iter().map(|kind| kind.as_str())))
        .filter(contribution::Column::Withdrawn.eq(false))
}

/// Whether a contribution of such kinds and with its thread was on record by the end of some days.
async fn are_tracked(
    db: &impl ConnectionTrait,
    community: CommunityId,
    kinds: &[ContributionKind],
    days: Span,
) -> Result<bool, DbErr> {
    let any: Option<Uuid> = posts(community, kinds)
        .column(contribution::Column::Id)
        .filter(contribution::Column::Thread.is_not_null())
        .filter(contribution::Column::At.lte(days.bounds().1 + watch()))
        .into_tuple()
        .one(db)
        .await?;
    Ok(any.is_some())
}

fn watch() -> TimeDelta {
    TimeDelta::days(i64::from(ANSWER_DAYS))
}

/// Gives each question the first of its answers, in whichever order they are.
fn answer(questions: &mut [Question], answers: Vec<Answer>, identities: &Identities) {
    let mut by_thread: HashMap<Thread, Vec<usize>> = HashMap::new();
    for (index, question) in questions.iter().enumerate() {
        if let Some(thread) = &question.thread {
            by_thread.entry(thread.clone()).or_default().push(index);
        }
    }
    let earliest = |known: Option<DateTime<Utc>>, at| Some(known.map_or(at, |known| Ord::min(known, at)));
    for Answer { thread, by, at, is_solution } in answers {
        for index in by_thread.get(&thread).into_iter().flatten() {
            let question = &mut questions[*index];
            if at < question.at {
                continue;
            }
            if is_solution {
                question.solved_at = earliest(question.solved_at, at);
            }
            let person = |party| identities.person(party, at.date_naive());
            if person(by) != person(question.by) {
                question.answered_at = earliest(question.answered_at, at);
            }
        }
    }
}

/// Whether a question was asked at least [`ANSWER_DAYS`] ago, and whether it was answered within them.
fn answered_in_time(question: &Question, now: DateTime<Utc>) -> Option<bool> {
    let in_time = |at: DateTime<Utc>| at - question.at <= watch();
    (now - question.at >= watch()).then(|| question.answered_at.is_some_and(in_time))
}

fn count(questions: &[Question], watched_until: DateTime<Utc>, now: DateTime<Utc>) -> QuestionCounts {
    let mut counts = QuestionCounts { asked: questions.len() as u64, ..QuestionCounts::default() };
    for question in questions {
        if question.thread.is_none() {
            counts.without_thread += 1;
            continue;
        }
        match answered_in_time(question, now) {
            None => counts.too_young += 1,
            Some(answered) => {
                counts.old_enough += 1;
                counts.unanswered += u64::from(!answered);
            }
        }
        let seconds = |until: DateTime<Utc>| u64::try_from((until - question.at).num_seconds()).ok();
        // One that is dated later than now is not watched yet.
        let Some(watched) = seconds(watched_until) else { continue };
        for (waits, came) in
            [(&mut counts.first_answers, question.answered_at), (&mut counts.solutions, question.solved_at)]
        {
            match came.filter(|came| *came <= watched_until).and_then(seconds) {
                Some(seconds) => waits.add_event(seconds),
                None => waits.add_censored(watched),
            }
        }
    }
    counts
}

/// What became of those questions that were their members' first posts.
async fn first_posts(
    db: &impl ConnectionTrait,
    community: CommunityId,
    identities: &Identities,
    questions: &[Question],
    (days, now): (Span, DateTime<Utc>),
) -> Result<FirstPosts, DbErr> {
    let tracked_from: Option<Option<DateTime<Utc>>> =
        posts(community, &POSTS).column_as(contribution::Column::At.min(), "first").into_tuple().one(db).await?;
    let Some(tracked_from) = tracked_from.flatten() else { return Ok(FirstPosts::default()) };
    let askers: HashSet<Uuid> = questions.iter().map(|question| question.by).collect();
    let person = |party| identities.person(party, days.last);
    let newcomers = newcomers(db, community, identities.by_any_name(askers), person).await?;
    // Whether the first was answered, by member; at one time they may have asked twice.
    let mut firsts: HashMap<Uuid, Option<bool>> = HashMap::new();
    let mut counts = FirstPosts::default();
    let mut unclear: HashSet<Uuid> = HashSet::new();
    for question in questions.iter().filter(|question| question.thread.is_some()) {
        let member = person(question.by);
        let newcomer = newcomers.get(&member).copied().unwrap_or_default();
        if newcomer.first_post != Some(question.at) {
            continue;
        }
        let joined_later = newcomer.joined.is_some_and(|joined| joined >= tracked_from.date_naive());
        let history = Days::new(u64::from(HISTORY_DAYS));
        if joined_later || question.at >= tracked_from + history {
            let answered = answered_in_time(question, now);
            firsts.entry(member).and_modify(|known| *known = Ord::max(*known, answered)).or_insert(answered);
        } else {
            unclear.insert(member);
        }
    }
    for answered in firsts.into_values() {
        match answered {
            None => counts.too_young += 1,
            Some(answered) => {
                counts.old_enough += 1;
                counts.answered += u64::from(answered);
            }
        }
    }
    counts.unclear = unclear.len() as u64;
    Ok(counts)
}

/// What is known of the persons that some parties are.
async fn newcomers(
    db: &impl ConnectionTrait,
    community: CommunityId,
    parties: HashSet<Uuid>,
    person: impl Fn(Uuid) -> Uuid,
) -> Result<HashMap<Uuid, Newcomer>, DbErr> {
    let mut newcomers: HashMap<Uuid, Newcomer> = HashMap::new();
    for some in chunks(parties, 1_000) {
        let joined: Vec<(Uuid, Option<NaiveDate>)> = party::Entity::find()
            .select_only()
            .columns([party::Column::Id, party::Column::Since])
            .filter(party::Column::CommunityId.eq(community.0))
            .filter(party::Column::Id.is_in(some.iter().copied()))
            .into_tuple()
            .all(db)
            .await?;
        for (party, joined) in joined {
            let known = newcomers.entry(person(party)).or_default();
            known.joined = known.joined.into_iter().chain(joined).min();
        }
        let posted: Vec<(Uuid, DateTime<Utc>)> = posts(community, &POSTS)
            .column(contribution::Column::PartyId)
            .column_as(contribution::Column::At.min(), "first")
            .filter(contribution::Column::PartyId.is_in(some))
            .group_by(contribution::Column::PartyId)
            .into_tuple()
            .all(db)
            .await?;
        for (party, first) in posted {
            let known = newcomers.entry(person(party)).or_default();
            known.first_post = known.first_post.into_iter().chain([first]).min();
        }
    }
    Ok(newcomers)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    fn question(thread: &str, by: u128, hours: i64) -> Question {
        let thread = Some(("forum".to_owned(), thread.to_owned()));
        Question { thread, by: Uuid::from_u128(by), at: at(hours), answered_at: None, solved_at: None }
    }

    fn reply(thread: &str, by: u128, hours: i64) -> Answer {
        let thread = ("forum".to_owned(), thread.to_owned());
        Answer { thread, by: Uuid::from_u128(by), at: at(hours), is_solution: false }
    }

    fn counted(mut questions: Vec<Question>, answers: Vec<Answer>, until: i64, now: i64) -> QuestionCounts {
        answer(&mut questions, answers, &Identities::default());
        count(&questions, at(until), at(now))
    }

    #[test]
    fn only_others_answer_and_only_what_came_after_the_question() {
        let mut found = vec![question("a", 1, 100)];
        let answers = vec![reply("a", 1, 101), reply("a", 2, 90), reply("b", 2, 102), reply("a", 2, 110)];
        answer(&mut found, answers, &Identities::default());
        assert_eq!((found[0].answered_at, found[0].solved_at), (Some(at(110)), None));
        let own = Answer { is_solution: true, ..reply("a", 1, 105) };
        answer(&mut found, vec![own], &Identities::default());
        assert_eq!((found[0].answered_at, found[0].solved_at), (Some(at(110)), Some(at(105))));
    }

    #[test]
    fn what_comes_after_the_days_is_open_and_still_in_time() {
        // Watched for ten hours, and answered after twenty.
        let counts = counted(vec![question("a", 1, 100)], vec![reply("a", 2, 120)], 110, 1_000);
        assert_eq!((counts.first_answers.count(), counts.first_answers.open()), (1, 1));
        assert_eq!((counts.old_enough, counts.unanswered), (1, 0));
    }

    #[test]
    fn a_question_of_yesterday_is_too_young_to_be_unanswered() {
        let week = 7 * 24;
        let counts = |now| counted(vec![question("a", 1, 0)], Vec::new(), now, now);
        assert_eq!((counts(week - 1).too_young, counts(week - 1).old_enough), (1, 0));
        assert_eq!((counts(week).too_young, counts(week).unanswered), (0, 1));
        let late = counted(vec![question("a", 1, 0)], vec![reply("a", 2, week + 1)], 2_000, 2_000);
        assert_eq!(late.unanswered, 1, "an answer after the seven days comes too late");
    }

    proptest! {
        #[test]
        fn shuffled_rows_count_the_same(
            mut questions in prop::collection::vec((0_u8..6, 0_u128..4, 0_i64..400), 0..20),
            mut answers in prop::collection::vec((0_u8..6, 0_u128..4, 0_i64..600, any::<bool>()), 0..40),
            turn in 0_usize..20,
        ) {
            let counts = |questions: &[(u8, u128, i64)], answers: &[(u8, u128, i64, bool)]| {
                let questions = questions.iter().map(|(thread, by, hours)| question(&thread.to_string(), *by, *hours));
                let answer = |(thread, by, hours, is_solution): &(u8, u128, i64, bool)| {
                    Answer { is_solution: *is_solution, ..reply(&thread.to_string(), *by, *hours) }
                };
                counted(questions.collect(), answers.iter().map(answer).collect(), 300, 500)
            };
            let one = counts(&questions, &answers);
            questions.reverse();
            answers.reverse();
            let (a, b) = (turn.min(questions.len()), turn.min(answers.len()));
            questions.rotate_left(a);
            answers.rotate_left(b);
            prop_assert_eq!(one, counts(&questions, &answers));
        }
    }
}
