use async_graphql::SimpleObject;
use valuemap_shared::activities as domain;

use crate::wire::scalars::Count;

/// What is tracked and linked to nobody.
#[derive(SimpleObject)]
pub struct Unlinked {
    /// Touchpoints of members without an account, where outcomes are credited by account.
    touchpoints_without_account: Count,
    members_without_account: Count,
    /// Outcomes of accounts that no member is linked to and that met nothing themselves.
    outcomes_of_accounts_without_member: Count,
    accounts_without_member: Count,
    /// Outcomes of neither an account nor a member.
    outcomes_of_nobody: Count,
    /// The same in words, a sentence for each that is not zero.
    sentences: Vec<String>,
}

impl From<domain::Unlinked> for Unlinked {
    fn from(unlinked: domain::Unlinked) -> Self {
        Self {
            touchpoints_without_account: Count(unlinked.touchpoints_without_account),
            members_without_account: Count(unlinked.members_without_account),
            outcomes_of_accounts_without_member: Count(unlinked.outcomes_of_accounts_without_member),
            accounts_without_member: Count(unlinked.accounts_without_member),
            outcomes_of_nobody: Count(unlinked.outcomes_of_nobody),
            sentences: unlinked.sentences(),
        }
    }
}
