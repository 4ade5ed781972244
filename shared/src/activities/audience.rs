use chrono::NaiveDate;

use super::PartyKind;
use super::named::named_enum;

named_enum! {
    /// What somebody is to the organisation.
    pub enum Audience ("an audience") {
        CurrentCustomer => "current_customer",
        ProspectiveCustomer => "prospective_customer",
        /// Sells, integrates or advises.
        Partner => "partner",
        /// May become a partner.
        ProspectivePartner => "prospective_partner",
        Employee => "employee",
    }
}

/// What of a party says to which audience it belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AudienceFacts {
    pub kind: PartyKind,
    pub is_staff: bool,
    /// Of an account: when it became a customer.
    pub since: Option<NaiveDate>,
    /// The first day on which it was none any more.
    pub until: Option<NaiveDate>,
    pub stated: Option<Audience>,
}

impl AudienceFacts {
    fn is_customer(&self, day: NaiveDate) -> bool {
        self.since.is_some_and(|since| since <= day) && self.until.is_none_or(|until| day < until)
    }
}

impl Audience {
    /// What somebody is on a day, of whom `own` is on record, and who works at these accounts.
    ///
    /// What was stated of them counts first, then whether they are staff. An account is a current customer between its
    /// dates and else a prospective one; a member is what their account is, and of several accounts a current customer
    /// where one of them is. `None` of a member without an account, of whom nothing was stated.
    pub fn on(day: NaiveDate, own: &[AudienceFacts], accounts: &[AudienceFacts]) -> Option<Self> {
        if let Some(stated) = own.iter().find_map(|facts| facts.stated) {
            return Some(stated);
        }
        if own.iter().any(|facts| facts.is_staff) {
            return Some(Self::Employee);
        }
        let is_account = own.iter().any(|facts| facts.kind == PartyKind::Account);
        let dated = if is_account { own } else { accounts };
        if dated.iter().any(|facts| facts.stated.is_none() && facts.is_customer(day)) {
            return Some(Self::CurrentCustomer);
        }
        let stated = dated.iter().find_map(|facts| facts.stated);
        stated.or((!dated.is_empty()).then_some(Self::ProspectiveCustomer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, 1).unwrap()
    }

    const MEMBER: AudienceFacts =
        AudienceFacts { kind: PartyKind::Member, is_staff: false, since: None, until: None, stated: None };
    const ACCOUNT: AudienceFacts = AudienceFacts { kind: PartyKind::Account, ..MEMBER };

    #[test]
    fn an_account_is_a_customer_between_its_dates() {
        let account = AudienceFacts { since: Some(day(3)), until: Some(day(6)), ..ACCOUNT };
        let on = |month| Audience::on(day(month), &[account], &[]).unwrap();
        assert_eq!(on(2), Audience::ProspectiveCustomer);
        assert_eq!((on(3), on(5)), (Audience::CurrentCustomer, Audience::CurrentCustomer));
        assert_eq!(on(6), Audience::ProspectiveCustomer);
        assert_eq!(Audience::on(day(3), &[ACCOUNT, account], &[]), Some(Audience::CurrentCustomer), "two that are one");
    }

    #[test]
    fn a_member_is_what_their_account_is() {
        let customer = AudienceFacts { since: Some(day(1)), ..ACCOUNT };
        let partner = AudienceFacts { stated: Some(Audience::ProspectivePartner), ..ACCOUNT };
        let of = |own: AudienceFacts, accounts: &[AudienceFacts]| Audience::on(day(5), &[own], accounts);
        assert_eq!(of(MEMBER, &[]), None);
        assert_eq!(of(MEMBER, &[ACCOUNT]), Some(Audience::ProspectiveCustomer));
        assert_eq!(of(MEMBER, &[partner]), Some(Audience::ProspectivePartner));
        assert_eq!(of(MEMBER, &[partner, customer]), Some(Audience::CurrentCustomer));
        // When a member joined says nothing of whether they are a customer.
        assert_eq!(
            of(AudienceFacts { since: Some(day(1)), ..MEMBER }, &[ACCOUNT]),
            Some(Audience::ProspectiveCustomer)
        );
        assert_eq!(of(AudienceFacts { is_staff: true, ..MEMBER }, &[customer]), Some(Audience::Employee));
        let stated = AudienceFacts { is_staff: true, stated: Some(Audience::Partner), ..MEMBER };
        assert_eq!(of(stated, &[customer]), Some(Audience::Partner));
    }
}
