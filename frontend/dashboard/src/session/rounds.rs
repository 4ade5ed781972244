use std::rc::Rc;

use yew::Reducible;

/// Counters that are part of every request: a higher one means that everything is fetched again.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rounds {
    /// What one session has fetched is not shown to the next.
    pub session: u32,
    /// Within a session, the figures of the last round stay on screen until those of the next arrive.
    pub round: u32,
}

/// Why everything is fetched again.
#[derive(Clone, Copy, Debug)]
pub enum Reason {
    Refresh,
    SignedOut,
}

impl Reducible for Rounds {
    type Action = Reason;

    fn reduce(self: Rc<Self>, reason: Reason) -> Rc<Self> {
        Rc::new(match reason {
            Reason::Refresh => Self { round: self.round.wrapping_add(1), ..*self },
            Reason::SignedOut => Self { session: self.session.wrapping_add(1), ..*self },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(reasons: &[Reason]) -> Rounds {
        *reasons.iter().fold(Rc::new(Rounds::default()), |rounds, reason| rounds.reduce(*reason))
    }

    #[test]
    fn a_refresh_stays_in_the_session_and_signing_out_ends_it() {
        assert_eq!(after(&[Reason::Refresh, Reason::Refresh]), Rounds { session: 0, round: 2 });
        assert_eq!(after(&[Reason::Refresh, Reason::SignedOut]), Rounds { session: 1, round: 1 });
    }
}
