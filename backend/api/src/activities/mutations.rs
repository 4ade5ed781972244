use async_graphql::{Context, InputObject, Object};

use crate::activities::inputs::{
    ActivityInput, ActivityTypeInput, CaseInput, ContributionInput, CostInput, LinkInput, ObservationInput,
    OutcomeInput, PartyInput, TouchpointInput,
};
use crate::activities::recording::{RecordResult, record};
use crate::error::ApiError;
use crate::wire::node_id::NodeId;

#[derive(Default)]
pub struct TrackingMutation;

macro_rules! recording {
    ($($(#[$doc:meta])* $mutation:ident($input:ident { $list:ident: $entry:ty });)*) => {
        $(
            #[derive(InputObject)]
            pub struct $input {
                community: NodeId,
                /// At most 250.
                #[graphql(validator(max_items = 250))]
                $list: Vec<$entry>,
            }
        )*

        /// Each stores all of its list or nothing. What is sent again under its source and key is known when its
        /// content is the same, and changed when it has different content.
        #[Object]
        impl TrackingMutation {
            $(
                $(#[$doc])*
                async fn $mutation(
                    &self,
                    context: &Context<'_>,
                    input: $input,
                ) -> Result<RecordResult, ApiError> {
                    record(context, input.community, (stringify!($list), input.$list)).await
                }
            )*
        }
    };
}

recording! {
    /// Introduces members and accounts.
    record_parties(RecordPartiesInput { parties: PartyInput });
    /// Says which parties belong together. Members and accounts that were never introduced come in by this alone.
    link_identities(LinkIdentitiesInput { links: LinkInput });
    /// Adds types of activities, or changes them.
    save_activity_types(SaveActivityTypesInput { types: ActivityTypeInput });
    /// Adds activities, or changes them, with what they cost. A cost line that is left out stays.
    save_activities(SaveActivitiesInput { activities: ActivityInput });
    /// Adds cost lines of activities, and running costs of the community.
    record_costs(RecordCostsInput { costs: CostInput });
    /// Says who met which activity.
    record_touchpoints(RecordTouchpointsInput { touchpoints: TouchpointInput });
    /// Says what happened and counts.
    record_outcomes(RecordOutcomesInput { outcomes: OutcomeInput });
    /// Says who asked the organisation's support.
    record_cases(RecordCasesInput { cases: CaseInput });
    /// Says what members did in the community.
    record_contributions(RecordContributionsInput { contributions: ContributionInput });
    /// Says what measures were read as.
    record_observations(RecordObservationsInput { observations: ObservationInput });
}
