use js_sys::Date;
use valuemap_shared::ids::{SubmissionId, uuid_v7};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::endpoint::Endpoint;
use crate::events::Event;
use crate::response::{Action, Response};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn fill_with_random_values(bytes: &mut [u8]);
}

pub fn new_submission_id() -> SubmissionId {
    let mut random = [0; 10];
    fill_with_random_values(&mut random);
    uuid_v7(Date::now() as u64, &random).into()
}

/// Sends the member's answers whenever the response says so. A delivery is never called back: should the survey be
/// taken off the page meanwhile, the answers still arrive.
#[hook]
pub fn use_delivery(response: &UseReducerHandle<Response>, endpoint: &Endpoint, emit: &Callback<Event>) {
    let (dispatcher, endpoint, emit) = (response.dispatcher(), endpoint.clone(), emit.clone());
    use_effect_with(response.submission(), move |submission| {
        let Some(submission) = submission.clone() else { return };
        spawn_local(async move {
            match endpoint.submit(&submission).await {
                Ok(results) => {
                    dispatcher.dispatch(Action::Arrived(results));
                    emit.emit(Event::Submitted(submission.id));
                }
                Err(failure) => {
                    emit.emit(failure.clone().into());
                    dispatcher.dispatch(Action::Failed(failure));
                }
            }
        });
    });
}
