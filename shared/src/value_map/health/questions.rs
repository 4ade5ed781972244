use crate::statistics::Waits;
use crate::value_map::measured::Measured;

/// A question counts as unanswered when nobody else answered it in so many days.
pub const ANSWER_DAYS: u32 = 7;
/// Whoever posted nothing in so many days of tracking is new, though it is not known when they joined.
pub const HISTORY_DAYS: u32 = 90;

const SECONDS_PER_HOUR: f64 = 3_600.0;

/// What became of the questions that members asked on some days; those of staff are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuestionCounts {
    pub asked: u64,
    /// Of these, the ones of which it is not known what belongs to them; they are in none of the following.
    pub without_thread: u64,
    /// From each question to the first answer by another person, as of the end of the days, or as of now.
    pub first_answers: Waits,
    /// From each question to the answer that was accepted, likewise.
    pub solutions: Waits,
    /// Asked at least [`ANSWER_DAYS`] ago.
    pub old_enough: u64,
    /// Of these, the ones that nobody else answered within [`ANSWER_DAYS`].
    pub unanswered: u64,
    pub too_young: u64,
    pub first_posts: FirstPosts,
    /// Whether an answer with its thread was on record by then at all.
    pub answers_tracked: bool,
    pub solutions_tracked: bool,
}

/// Members whose first post was one of the questions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FirstPosts {
    /// Asked at least [`ANSWER_DAYS`] ago.
    pub old_enough: u64,
    /// Of these, the ones that somebody else answered within [`ANSWER_DAYS`].
    pub answered: u64,
    pub too_young: u64,
    /// The first that is on record; whether there were others before tracking began is not known.
    pub unclear: u64,
}

impl QuestionCounts {
    pub(in crate::value_map) fn time_to_first_answer(&self, minimum: u64) -> Result<Measured, String> {
        self.are_answers_known()?;
        median(&self.first_answers, minimum, "an answer")
    }

    pub(in crate::value_map) fn time_to_solution(&self, minimum: u64) -> Result<Measured, String> {
        self.are_threads_known()?;
        if !self.solutions_tracked {
            return Err("no accepted answer is on record: import contributions of the kind `solution` with their \
                        thread"
                .into());
        }
        median(&self.solutions, minimum, "an accepted answer")
    }

    pub(in crate::value_map) fn unanswered_share(&self, minimum: u64) -> Result<Measured, String> {
        self.are_answers_known()?;
        Measured::share(
            self.unanswered,
            self.old_enough,
            minimum,
            &format!("questions that are {ANSWER_DAYS} days old"),
        )
    }

    pub(in crate::value_map) fn first_post_answered_rate(&self, minimum: u64) -> Result<Measured, String> {
        self.are_answers_known()?;
        let FirstPosts { old_enough, answered, unclear, .. } = self.first_posts;
        if old_enough == 0 && unclear > 0 {
            return Err(format!(
                "whether posts are members' first is not known, as tracking began less than {HISTORY_DAYS} days before \
                 them: import members with the day on which they joined"
            ));
        }
        Measured::share(answered, old_enough, minimum, &format!("first posts that are {ANSWER_DAYS} days old"))
    }

    fn are_threads_known(&self) -> Result<(), String> {
        if self.asked == 0 {
            return Err("no member asked a question".into());
        }
        if self.asked == self.without_thread {
            return Err("no question has a thread, so its answers are not known: import questions and replies with \
                        their thread"
                .into());
        }
        Ok(())
    }

    fn are_answers_known(&self) -> Result<(), String> {
        self.are_threads_known()?;
        if !self.answers_tracked {
            return Err("no answer is on record: import replies with their thread".into());
        }
        Ok(())
    }

    pub(super) fn wait_counts(&self, waits: &Waits) -> Vec<(&'static str, u64)> {
        let (count, open) = (waits.count(), waits.open());
        vec![
            ("questions by members", self.asked),
            ("of these, without a thread and left out", self.without_thread),
            ("came", count - open),
            ("still open", open),
        ]
    }

    pub(super) fn unanswered_counts(&self) -> Vec<(&'static str, u64)> {
        vec![
            ("questions by members", self.asked),
            ("of these, without a thread and left out", self.without_thread),
            ("of these, too young to tell and left out", self.too_young),
            ("questions that are old enough", self.old_enough),
            ("of these, unanswered", self.unanswered),
        ]
    }
}

impl FirstPosts {
    pub(super) fn counts(&self) -> Vec<(&'static str, u64)> {
        vec![
            ("first posts that are old enough", self.old_enough),
            ("of these, answered", self.answered),
            ("too young to tell and left out", self.too_young),
            ("not known to be first and left out", self.unclear),
        ]
    }
}

/// In hours. An upper end that the data does not reach is the longest time that was watched.
fn median(waits: &Waits, minimum: u64, of: &str) -> Result<Measured, String> {
    if waits.count() < minimum.max(1) {
        return Err(format!("too few questions: there is a figure from {minimum} on"));
    }
    let median = waits.median().ok_or_else(|| {
        format!("the median is not reached: fewer than half of the questions have {of} within the time that is watched")
    })?;
    let high = median.high.or(waits.longest()).unwrap_or(median.seconds);
    let hours = |seconds: f64| seconds / SECONDS_PER_HOUR;
    Ok(Measured { value: hours(median.seconds), interval: Some((hours(median.low), hours(high))), answers: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Questions of which some came after an hour each; the others are open after a day.
    fn counts(over: u64, open: u64) -> QuestionCounts {
        let mut waits = Waits::default();
        (0..over).for_each(|_| waits.add_event(3_600));
        (0..open).for_each(|_| waits.add_censored(86_400));
        let asked = over + open;
        QuestionCounts {
            asked,
            first_answers: waits.clone(),
            solutions: waits,
            old_enough: asked,
            unanswered: open,
            answers_tracked: true,
            solutions_tracked: true,
            ..QuestionCounts::default()
        }
    }

    #[track_caller]
    fn check_reason(measured: Result<Measured, String>, expected: &str) {
        let reason = measured.unwrap_err();
        assert!(reason.starts_with(expected), "{reason}");
    }

    #[test]
    fn a_median_is_in_hours_and_its_open_end_is_what_was_watched() {
        let measured = counts(4, 2).time_to_first_answer(5).unwrap();
        assert!((measured.value - 1.0).abs() <= 0.02, "{measured:?}");
        let (low, high) = measured.interval.unwrap();
        assert!((low - 1.0).abs() <= 0.02 && (high - 24.0).abs() <= 0.5, "{low} {high}");
    }

    #[test]
    fn what_is_not_tracked_is_no_zero_and_no_hundred_percent() {
        let none = QuestionCounts::default();
        check_reason(none.time_to_first_answer(5), "no member asked a question");
        let without_thread = QuestionCounts { without_thread: 6, ..counts(3, 3) };
        check_reason(without_thread.unanswered_share(5), "no question has a thread");
        let untracked = QuestionCounts { answers_tracked: false, solutions_tracked: false, ..counts(0, 9) };
        check_reason(untracked.unanswered_share(5), "no answer is on record");
        check_reason(untracked.time_to_solution(5), "no accepted answer is on record");
        check_reason(counts(4, 5).time_to_solution(5), "the median is not reached");
        check_reason(counts(3, 1).time_to_first_answer(5), "too few questions");
        check_reason(counts(3, 1).unanswered_share(5), "too few questions that are 7 days old");
    }

    #[test]
    fn a_post_that_may_not_be_the_first_is_no_first_post() {
        let with = |first_posts| QuestionCounts { first_posts, ..counts(6, 3) }.first_post_answered_rate(5);
        let measured = with(FirstPosts { old_enough: 8, answered: 6, ..FirstPosts::default() }).unwrap();
        assert_eq!(measured.value, 0.75);
        check_reason(with(FirstPosts { unclear: 9, ..FirstPosts::default() }), "whether posts are members' first");
        check_reason(with(FirstPosts { old_enough: 4, ..FirstPosts::default() }), "too few first posts");
    }
}
