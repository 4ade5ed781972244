//! Objects of the browser's own JSON, read and written by name.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

pub fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // Cannot fail: the object is plain and our own.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

pub fn list<T>(items: &[T], write: impl Fn(&T) -> JsValue) -> JsValue {
    items.iter().map(write).collect::<Array>().into()
}

/// The field, or `undefined` where there is none.
pub fn field(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

pub fn text(value: &JsValue, name: &str) -> Option<String> {
    field(value, name).as_string()
}

pub fn number(value: &JsValue, name: &str) -> Option<u32> {
    field(value, name).as_f64().map(|number| number as u32)
}

/// Each item read; nothing if there is no list, or if one of its items cannot be read.
pub fn items<T>(value: &JsValue, name: &str, read: fn(&JsValue) -> Option<T>) -> Option<Vec<T>> {
    let list = field(value, name).dyn_into::<Array>().ok()?;
    let mut items = Vec::new();
    for index in 0..list.length() {
        items.push(read(&list.get(index))?);
    }
    Some(items)
}
