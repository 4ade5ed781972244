use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The name that an enum value has in the API.
pub fn wire_name(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(name)) => name,
        _ => String::new(),
    }
}

/// The enum value that has this name in the API.
pub fn read_wire_name<T: DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_value(Value::from(name)).ok()
}

#[cfg(test)]
mod tests {
    use valuemap_shared::value_map::Element;

    use super::*;

    #[test]
    fn enum_values_have_the_name_of_the_api() {
        assert_eq!(wire_name(Element::ProductKnowledge), "PRODUCT_KNOWLEDGE");
        assert_eq!(read_wire_name("PRODUCT_KNOWLEDGE"), Some(Element::ProductKnowledge));
        assert_eq!(read_wire_name::<Element>("?"), None);
    }
}
