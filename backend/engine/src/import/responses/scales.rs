//! What the points of scales are called. It shows when a scale runs the other way, and which number a word may mean.

use std::collections::BTreeSet;

use crate::import::columns::normalised;

/// How far a phrase agrees: from -3 (not at all) over 0 (neither) to 3 (completely).
pub fn rank_of(phrase: &str) -> Option<i8> {
    let plain = normalised(phrase);
    let known = PHRASES.iter().find(|(_, phrases)| phrases.iter().any(|known| normalised(known) == plain));
    known.map(|(rank, _)| *rank)
}

const PHRASES: [(i8, &[&str]); 7] = [
    (
        -3,
        &[
            "strongly disagree",
            "completely disagree",
            "totally disagree",
            "fully disagree",
            "not at all",
            "not at all likely",
            "extremely unlikely",
            "very unlikely",
            "very dissatisfied",
            "stimme \u{fc}berhaupt nicht zu",
            "stimme gar nicht zu",
            "trifft \u{fc}berhaupt nicht zu",
            "trifft gar nicht zu",
            "\u{fc}berhaupt nicht",
            "sehr unwahrscheinlich",
            "pas du tout d'accord",
            "pas du tout",
            "totalement en d\u{e9}saccord",
            "tout \u{e0} fait en d\u{e9}saccord",
            "totalmente en desacuerdo",
            "muy en desacuerdo",
            "para nada",
            "\u{5168}\u{304f}\u{305d}\u{3046}\u{601d}\u{308f}\u{306a}\u{3044}",
            "\u{307e}\u{3063}\u{305f}\u{304f}\u{305d}\u{3046}\u{601d}\u{308f}\u{306a}\u{3044}",
        ],
    ),
    (
        -2,
        &[
            "disagree",
            "unlikely",
            "dissatisfied",
            "stimme nicht zu",
            "trifft nicht zu",
            "pas d'accord",
            "en d\u{e9}saccord",
            "en desacuerdo",
            "\u{305d}\u{3046}\u{601d}\u{308f}\u{306a}\u{3044}",
        ],
    ),
    (
        -1,
        &[
            "somewhat disagree",
            "slightly disagree",
            "rather disagree",
            "stimme eher nicht zu",
            "trifft eher nicht zu",
            "plut\u{f4}t pas d'accord",
            "algo en desacuerdo",
            "\u{3042}\u{307e}\u{308a}\u{305d}\u{3046}\u{601d}\u{308f}\u{306a}\u{3044}",
        ],
    ),
    (
        0,
        &[
            "neither agree nor disagree",
            "neither",
            "neutral",
            "undecided",
            "teils/teils",
            "teils teils",
            "weder noch",
            "unentschieden",
            "ni d'accord ni pas d'accord",
            "ni en accord ni en d\u{e9}saccord",
            "neutre",
            "ni de acuerdo ni en desacuerdo",
            "\u{3069}\u{3061}\u{3089}\u{3068}\u{3082}\u{3044}\u{3048}\u{306a}\u{3044}",
            "\u{3069}\u{3061}\u{3089}\u{3067}\u{3082}\u{306a}\u{3044}",
        ],
    ),
    (
        1,
        &[
            "somewhat agree",
            "slightly agree",
            "rather agree",
            "stimme eher zu",
            "trifft eher zu",
            "plut\u{f4}t d'accord",
            "algo de acuerdo",
            "\u{3084}\u{3084}\u{305d}\u{3046}\u{601d}\u{3046}",
        ],
    ),
    (
        2,
        &[
            "agree",
            "likely",
            "satisfied",
            "stimme zu",
            "trifft zu",
            "d'accord",
            "de acuerdo",
            "\u{305d}\u{3046}\u{601d}\u{3046}",
        ],
    ),
    (
        3,
        &[
            "strongly agree",
            "completely agree",
            "totally agree",
            "fully agree",
            "completely",
            "extremely likely",
            "very likely",
            "very satisfied",
            "stimme voll und ganz zu",
            "stimme voll zu",
            "stimme v\u{f6}llig zu",
            "trifft voll und ganz zu",
            "trifft voll zu",
            "voll und ganz",
            "sehr wahrscheinlich",
            "tout \u{e0} fait d'accord",
            "totalement d'accord",
            "tout \u{e0} fait",
            "totalmente de acuerdo",
            "muy de acuerdo",
            "\u{975e}\u{5e38}\u{306b}\u{305d}\u{3046}\u{601d}\u{3046}",
            "\u{3068}\u{3066}\u{3082}\u{305d}\u{3046}\u{601d}\u{3046}",
            "\u{5f37}\u{304f}\u{305d}\u{3046}\u{601d}\u{3046}",
        ],
    ),
];

/// The scale whose points phrases name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedScale {
    pub points: u8,
    /// Each phrase with its number.
    pub numbers: Vec<(String, u8)>,
}

/// The scale that phrases come from, where they tell it for sure: each has to be known, an end and the middle have to be
/// among them, since a scale without a middle has other numbers, and all but one step of five, or two of seven.
pub fn scale_of(phrases: &[String]) -> Option<NamedScale> {
    let ranks: Vec<i8> = phrases.iter().map(|phrase| rank_of(phrase)).collect::<Option<_>>()?;
    let has = |rank: i8| ranks.iter().any(|other| other.abs() == rank);
    let different = ranks.iter().collect::<BTreeSet<_>>().len();
    let points = match (has(1), has(2)) {
        (true, true) if different >= 5 => 7,
        (true, true) => return None,
        _ if different >= 4 => 5,
        _ => return None,
    };
    if !has(0) || !has(3) {
        return None;
    }
    let number = |rank: i8| {
        let step = match (points, rank.abs()) {
            (7, step) => step,
            (_, 3) => 2,
            (_, 0) => 0,
            _ => 1,
        };
        (points / 2 + 1) as i8 + rank.signum() * step
    };
    let numbers = phrases.iter().cloned().zip(ranks.iter().map(|rank| number(*rank) as u8)).collect();
    Some(NamedScale { points, numbers })
}

/// Whether a number on a scale of this lowest and highest point contradicts what it is called.
pub fn runs_backward(phrase: &str, number: i64, (low, high): (i64, i64)) -> bool {
    let side = (2 * number - low - high).signum();
    rank_of(phrase).is_some_and(|rank| side != 0 && i64::from(rank.signum()) == -side)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_tell_their_scale_where_the_middle_is_among_them() {
        let check = |phrases: &[&str], expected: Option<(u8, &[u8])>| {
            let phrases: Vec<String> = phrases.iter().map(|phrase| (*phrase).to_owned()).collect();
            let found = scale_of(&phrases);
            let numbers: Option<Vec<u8>> =
                found.as_ref().map(|scale| scale.numbers.iter().map(|(_, number)| *number).collect());
            assert_eq!(found.map(|scale| scale.points), expected.map(|(points, _)| points), "{phrases:?}");
            assert_eq!(numbers.as_deref(), expected.map(|(_, numbers)| numbers), "{phrases:?}");
        };
        let five: &[&str] = &["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"];
        check(five, Some((5, &[1, 2, 3, 4, 5])));
        let seven: &[&str] = &["Agree", "Neutral", "Somewhat agree", "Strongly agree", "Disagree"];
        check(seven, Some((7, &[6, 4, 5, 7, 2])));
        let german: &[&str] = &["Stimme eher zu", "Teils/teils", "Stimme voll und ganz zu", "Stimme eher nicht zu"];
        check(german, Some((5, &[4, 3, 5, 2])));
        let french: &[&str] = &["Tout \u{e0} fait d\u{2019}accord", "Neutre", "D'accord", "Pas d'accord"];
        check(french, Some((5, &[5, 3, 4, 2])));
        // Of which scale, nobody can tell.
        check(&["Strongly disagree", "Disagree", "Agree", "Strongly agree"], None);
        check(&["Stimme zu", "Stimme eher zu", "Teils/teils", "Stimme eher nicht zu", "Stimme nicht zu"], None);
        check(&["Agree", "Neutral", "Strongly agree"], None);
        check(&["Agree", "Neutral", "Disagree"], None);
        check(&["Neutral", "Sometimes"], None);
    }

    #[test]
    fn a_scale_runs_backward_where_its_words_say_so() {
        assert!(runs_backward("Strongly agree", 1, (1, 5)) && runs_backward("disagree", 4, (1, 5)));
        assert!(!runs_backward("Strongly agree", 5, (1, 5)) && !runs_backward("Neutral", 3, (1, 5)));
        assert!(runs_backward("Extremely likely", 0, (0, 10)) && !runs_backward("Not at all likely", 0, (0, 10)));
        assert!(!runs_backward("Sometimes", 1, (1, 5)));
    }
}
