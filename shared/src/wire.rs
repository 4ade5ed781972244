//! Structs in the shapes of the GraphQL API.

macro_rules! wire {
    ($($(#[$doc:meta])* pub struct $name:ident { $($(#[$field_doc:meta])* pub $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
        pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }
    )*};
}

pub(crate) use wire;
