use crate::activities::OutcomeKind;
use crate::activities::named::named_enum;

named_enum! {
    /// How far a member or account has come on the way to a sale.
    pub enum Stage ("a stage") {
        Lead => "lead",
        Opportunity => "opportunity",
        /// A purchase or an upgrade. A renewal needs no lead.
        Sale => "sale",
    }
}

impl Stage {
    /// The steps whose conversion rates are computed.
    pub const STEPS: [(Self, Self); 3] =
        [(Self::Lead, Self::Opportunity), (Self::Opportunity, Self::Sale), (Self::Lead, Self::Sale)];

    /// The outcomes that say that somebody has reached it.
    pub fn kinds(self) -> &'static [OutcomeKind] {
        match self {
            Self::Lead => &[OutcomeKind::Lead],
            Self::Opportunity => &[OutcomeKind::Opportunity],
            Self::Sale => &[OutcomeKind::Purchase, OutcomeKind::Upgrade],
        }
    }

    /// `None` for kinds that are no stage on the way to a sale.
    pub fn of(kind: OutcomeKind) -> Option<Self> {
        Self::ALL.iter().copied().find(|stage| stage.kinds().contains(&kind))
    }
}
