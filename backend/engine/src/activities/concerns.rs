//! What rows are part of.

use valuemap_shared::activities::{ContributionKind, PartyKind};

use crate::activities::changed_days::Concerns;
use crate::activities::entities::{
    activity, activity_type, contribution, cost_line, identity_link, outcome, party, support_case, touchpoint,
};

/// A row that figures are summed up from.
pub(super) trait Concerning {
    fn concerns(&self) -> Concerns;
}

impl Concerning for party::Model {
    fn concerns(&self) -> Concerns {
        // What figures of days ask of a party: whether they are staff, and since when it is a customer.
        let is_customer = self.kind == PartyKind::Account.as_str() && self.since.is_some();
        let identity = if self.is_staff { vec![self.id] } else { Vec::new() };
        Concerns { identity, is_customer, paid: is_customer.then_some(self.id), ..Concerns::default() }
    }
}

impl Concerning for identity_link::Model {
    fn concerns(&self) -> Concerns {
        Concerns { identity: vec![self.from_id, self.to_id], ..Concerns::default() }
    }
}

/// No figure of a day is of it.
impl Concerning for activity_type::Model {
    fn concerns(&self) -> Concerns {
        Concerns::default()
    }
}

/// No figure of a day is of it.
impl Concerning for activity::Model {
    fn concerns(&self) -> Concerns {
        Concerns::default()
    }
}

impl Concerning for cost_line::Model {
    fn concerns(&self) -> Concerns {
        Concerns { day: Some(self.day), ..Concerns::default() }
    }
}

impl Concerning for touchpoint::Model {
    fn concerns(&self) -> Concerns {
        let (day, met) = (Some(self.at.date_naive()), Some((self.party_id, self.at)));
        Concerns { day, active: Some(self.party_id), met, ..Concerns::default() }
    }
}

impl Concerning for outcome::Model {
    fn concerns(&self) -> Concerns {
        Concerns { day: Some(self.at.date_naive()), paid: self.party_id, ..Concerns::default() }
    }
}

impl Concerning for support_case::Model {
    fn concerns(&self) -> Concerns {
        Concerns { day: Some(self.opened_at.date_naive()), ..Concerns::default() }
    }
}

impl Concerning for contribution::Model {
    fn concerns(&self) -> Concerns {
        // A question has an answer where a solution stands in its topic.
        let is_solution = self.kind == ContributionKind::Solution.as_str();
        let thread = self.thread.clone().filter(|_| is_solution).map(|thread| (self.source.clone(), thread));
        Concerns { day: Some(self.at.date_naive()), active: Some(self.party_id), thread, ..Concerns::default() }
    }
}
