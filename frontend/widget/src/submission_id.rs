use js_sys::Date;
use valuemap_shared::ids::{SubmissionId, uuid_v7};
use wasm_bindgen::prelude::*;

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
