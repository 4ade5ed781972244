use std::rc::Rc;

use yew::Reducible;

/// Numbers what the server is asked, so that asking again can be told from having asked.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Asking {
    /// What one session was told is not shown to the next.
    pub session: u32,
    /// Within a session, the figures of the last round stay on screen until those of the next arrive.
    pub round: u32,
}

/// What makes the dashboard ask again.
#[derive(Clone, Copy, Debug)]
pub enum Occasion {
    Refresh,
    SignedOut,
}

impl Reducible for Asking {
    type Action = Occasion;

    fn reduce(self: Rc<Self>, occasion: Occasion) -> Rc<Self> {
        Rc::new(match occasion {
            Occasion::Refresh => Self { round: self.round.wrapping_add(1), ..*self },
            Occasion::SignedOut => Self { session: self.session.wrapping_add(1), ..*self },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(occasions: &[Occasion]) -> Asking {
        *occasions.iter().fold(Rc::new(Asking::default()), |asking, occasion| asking.reduce(*occasion))
    }

    #[test]
    fn a_refresh_stays_in_the_session_and_signing_out_ends_it() {
        assert_eq!(after(&[Occasion::Refresh, Occasion::Refresh]), Asking { session: 0, round: 2 });
        assert_eq!(after(&[Occasion::Refresh, Occasion::SignedOut]), Asking { session: 1, round: 1 });
    }
}
