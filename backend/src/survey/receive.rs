//! Takes in an answer that came by one of the public doors.

use valuemap_shared::ids::{CommunityId, SiteId};

use super::record::{Entry, Outcome};
use crate::access::entities::site;
use crate::error::ApiError;
use crate::graphql::schema::State;
use crate::limits::client::Client;

/// Stores an answer and returns once it is on disk. An anonymous one is held where too many come from its address; a
/// member whom the site's server signed for has one answer a wave anyway, wherever they are.
pub async fn receive(state: &State, site: &site::Model, client: Client, entry: Entry) -> Result<Outcome, ApiError> {
    let (ambient, limits) = (&state.ambient, &state.limits);
    let community = CommunityId(site.community_id);
    let entry = if entry.member().is_some() {
        entry
    } else {
        let standing = limits.standing_of(client, site.survey_id, entry.response().id, ambient.now())?;
        entry.sent_from(limits.address_hash(&state.database, ambient, client, community).await?, standing)
    };
    let standing = entry.response().standing;
    let outcome = state.writer.submit(entry).await?;
    if matches!(outcome, Outcome::Recorded(_)) {
        limits.note_answer((community, SiteId(site.id)), standing, ambient.now());
    }
    Ok(outcome)
}
