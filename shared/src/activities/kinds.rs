use super::named::named_enum;

named_enum! {
    /// Where an activity takes place.
    pub enum Modality ("a modality") {
        Online => "online",
        InPerson => "in_person",
        Hybrid => "hybrid",
    }
}

named_enum! {
    /// What the organisation runs a type of activity for, and so what its success is measured by.
    pub enum Goal ("a goal") {
        LowerSupportCost => "lower_support_cost",
        Revenue => "revenue",
        NewCustomers => "new_customers",
        Retention => "retention",
        Goodwill => "goodwill",
        ProductInsight => "product_insight",
        Recruiting => "recruiting",
    }
}

named_enum! {
    /// What a cost line pays for. Together they make the fully loaded cost.
    pub enum CostKind ("a kind of cost") {
        Cash => "cash",
        Travel => "travel",
        /// Hours of the organisation's people at their loaded rate.
        Staff => "staff",
        /// The share of a platform's or tool's price.
        Platform => "platform",
    }
}

named_enum! {
    /// How a member or account met an activity. From `Attended` on they took part in it.
    pub enum Role ("a role") {
        /// Saw or received its promotion.
        Reached => "reached",
        Registered => "registered",
        Attended => "attended",
        Contributed => "contributed",
        Spoke => "spoke",
        Organised => "organised",
    }
}

impl Role {
    /// Whether they took part, and did not merely hear of it.
    pub fn is_participation(self) -> bool {
        self >= Self::Attended
    }
}

named_enum! {
    /// Something that happened and counts.
    pub enum OutcomeKind ("a kind of outcome") {
        Download => "download",
        Lead => "lead",
        /// A lead that sales works on, whether it is won or lost in the end.
        Opportunity => "opportunity",
        Trial => "trial",
        /// Somebody who may become a partner.
        PartnerLead => "partner_lead",
        Purchase => "purchase",
        Upgrade => "upgrade",
        Renewal => "renewal",
        Referral => "referral",
        Review => "review",
        DeflectedTicket => "deflected_ticket",
        GoodwillNote => "goodwill_note",
    }
}

impl OutcomeKind {
    /// Those that may carry money of their own. Every other kind counts in points: its money, if any, comes in as the
    /// purchase that it led to, or as measured deflection, and would be counted twice.
    pub const WITH_MONEY: [Self; 3] = [Self::Purchase, Self::Upgrade, Self::Renewal];

    pub fn takes_money(self) -> bool {
        Self::WITH_MONEY.contains(&self)
    }
}

named_enum! {
    /// Somebody whom activities reach: a person in the community, or a customer organisation.
    pub enum PartyKind ("a kind of party") {
        Member => "member",
        Account => "account",
    }
}

named_enum! {
    /// How it was found out that two parties belong together.
    pub enum LinkMethod ("a method") {
        SignedToken => "signed_token",
        SingleSignOn => "single_sign_on",
        EmailMatch => "email_match",
        Manual => "manual",
        Import => "import",
    }
}

impl LinkMethod {
    /// Why two parties that are linked by it are taken for one, or for a member and their account.
    pub fn why(self) -> &'static str {
        match self {
            Self::SignedToken => "A token that the organisation's server signed names both.",
            Self::SingleSignOn => "They signed in with the same account.",
            Self::EmailMatch => "They have the same e-mail address.",
            Self::Manual => "Somebody said so.",
            Self::Import => "The system that they come from says so.",
        }
    }
}

named_enum! {
    /// What a member did in the community.
    pub enum ContributionKind ("a kind of contribution") {
        /// Opened a topic: asked a question.
        Question => "question",
        Reply => "reply",
        /// A reply that was accepted as the solution.
        Solution => "solution",
        Like => "like",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_people_write_them() {
        assert_eq!("In Person".parse(), Ok(Modality::InPerson));
        assert_eq!("in-person".parse(), Ok(Modality::InPerson));
        let refused = "remote".parse::<Modality>().unwrap_err();
        assert_eq!(refused, "`remote` is not a modality; write one of online, in_person, hybrid");
    }

    #[test]
    fn who_merely_heard_of_it_did_not_take_part() {
        let took_part: Vec<Role> = Role::ALL.iter().copied().filter(|role| role.is_participation()).collect();
        assert_eq!(took_part, [Role::Attended, Role::Contributed, Role::Spoke, Role::Organised]);
    }
}
