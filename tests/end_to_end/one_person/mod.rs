//! One e-mail address is one person, whichever door it came by; what links tie together, and what a person unties.

use std::time::Instant;

use serde_json::{Value, json};
use valuemap_tests::{Engine, PATIENCE};

use crate::{World, on_both_databases};

mod counts;
mod doors;
mod earlier;
mod first_day;
mod links;

on_both_databases!(
    an_address_is_one_person_and_stands_nowhere,
    a_link_that_a_person_ended_stays_ended_until_it_is_restored,
    what_contradicts_itself_is_refused,
    an_id_with_several_addresses_makes_nobody_one_person,
    a_member_of_two_accounts_is_shared_and_nothing_counts_twice,
    contacts_deals_and_attendees_are_joined_by_address_alone,
    what_earlier_versions_stored_becomes_one_person,
    who_is_one_person_counts_once,
);

use counts::who_is_one_person_counts_once;
use doors::an_address_is_one_person_and_stands_nowhere;
use earlier::what_earlier_versions_stored_becomes_one_person;
use first_day::contacts_deals_and_attendees_are_joined_by_address_alone;
use links::{
    a_link_that_a_person_ended_stays_ended_until_it_is_restored,
    a_member_of_two_accounts_is_shared_and_nothing_counts_twice, an_id_with_several_addresses_makes_nobody_one_person,
    what_contradicts_itself_is_refused,
};

const MAP: &str = "query($id: ID!, $period: Quarter) { valueMap(community: $id, period: $period) {
    layers { elements { element reading { __typename
        ... on Worth { count explanation { inputs { name value } } }
        ... on NoScore { reason message } } } } } }";

impl World {
    /// What the map says of an element in the third quarter of 2026.
    async fn worth(&self, element: &str) -> Value {
        let data = self.api.ask(MAP, json!({ "id": self.community, "period": "2026-Q3" })).await.unwrap();
        let layers = data["valueMap"]["layers"].as_array().unwrap().clone();
        let mut elements = layers.iter().flat_map(|layer| layer["elements"].as_array().unwrap());
        elements.find(|reading| reading["element"] == element).unwrap()["reading"].clone()
    }

    /// Waits until the map says this of an element: the server looks about once a second for what the command line
    /// stored.
    async fn worth_that(&self, element: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let started = Instant::now();
        loop {
            let worth = self.worth(element).await;
            if is_it(&worth) {
                return worth;
            }
            assert!(started.elapsed() < PATIENCE, "{element} is {worth}");
        }
    }

    /// Waits until activities are credited with the first amount, of all that outcomes brought.
    async fn expect_credited(&self, element: &str, expected: [f64; 2]) {
        let credited = |worth: &Value| {
            let inputs = worth["explanation"]["inputs"].as_array()?;
            let input = |name: &str| inputs.iter().find(|input| input["name"] == name)?["value"].as_f64();
            Some([input("amount credited")?, input("amount of all outcomes")?])
        };
        self.worth_that(element, |worth| credited(worth) == Some(expected)).await;
    }

    /// The parties that are one with the party of a key, and the accounts that they work at, in order.
    async fn identity(&self, key: &str) -> [Vec<String>; 2] {
        let query = "query($id: ID!) { community(id: $id) { parties(first: 100) { nodes { source key identity {
            parties { source key } accounts { source key } links { why method } } } } } }";
        let data = self.api.ask(query, json!({ "id": self.community })).await.unwrap();
        let parties = data["community"]["parties"]["nodes"].as_array().unwrap();
        let party = parties.iter().find(|party| party["key"] == key).unwrap_or_else(|| panic!("{key}: {parties:?}"));
        let name = |party: &Value| format!("{}/{}", party["source"].as_str().unwrap(), party["key"].as_str().unwrap());
        ["parties", "accounts"].map(|list| {
            let mut names: Vec<String> = party["identity"][list].as_array().unwrap().iter().map(name).collect();
            names.sort();
            names
        })
    }

    /// An activity of 18 June 2026 that everybody can meet.
    async fn with_a_user_day(engine: Engine) -> Self {
        let world = Self::new(engine).await;
        let types = json!([{ "key": "userday", "name": "User days", "modality": "IN_PERSON", "goal": "RETENTION" }]);
        world.tell("saveActivityTypes", "SaveActivityTypesInput", "types", types).await;
        let activities = json!([{ "source": "csv", "key": "880011", "activityType": "userday", "name": "User day",
            "startsOn": "2026-06-18" }]);
        world.tell("saveActivities", "SaveActivitiesInput", "activities", activities).await;
        world
    }
}
