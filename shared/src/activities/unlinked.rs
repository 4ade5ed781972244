/// What is tracked and linked to nobody, so that no activity can be credited with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unlinked {
    pub touchpoints_without_account: u64,
    /// The members whose touchpoints these are.
    pub members_without_account: u64,
    pub outcomes_of_accounts_without_member: u64,
    /// The accounts whose outcomes these are.
    pub accounts_without_member: u64,
    pub outcomes_of_nobody: u64,
}

impl Unlinked {
    /// What is not linked, a sentence each.
    pub fn sentences(&self) -> Vec<String> {
        let some = |count: u64, one: &str, many: &str| match count {
            1 => format!("1 {one}"),
            count => format!("{count} {many}"),
        };
        let touchpoints = some(self.touchpoints_without_account, "touchpoint", "touchpoints");
        let members = some(self.members_without_account, "member without an account", "members without an account");
        let outcomes = some(self.outcomes_of_accounts_without_member, "outcome", "outcomes");
        let accounts =
            some(self.accounts_without_member, "account without a linked member", "accounts without a linked member");
        let of_nobody = some(self.outcomes_of_nobody, "outcome", "outcomes");
        [
            (self.touchpoints_without_account, format!("{touchpoints} of {members}")),
            (self.outcomes_of_accounts_without_member, format!("{outcomes} of {accounts}")),
            (self.outcomes_of_nobody, format!("{of_nobody} of neither an account nor a member")),
        ]
        .into_iter()
        .filter_map(|(count, sentence)| (count > 0).then_some(sentence))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_linked_is_said_and_nothing_else() {
        assert!(Unlinked::default().sentences().is_empty());
        let unlinked = Unlinked {
            touchpoints_without_account: 41,
            members_without_account: 17,
            outcomes_of_accounts_without_member: 1,
            accounts_without_member: 1,
            outcomes_of_nobody: 0,
        };
        assert_eq!(
            unlinked.sentences(),
            ["41 touchpoints of 17 members without an account", "1 outcome of 1 account without a linked member"]
        );
    }
}
