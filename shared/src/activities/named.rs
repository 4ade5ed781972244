/// A closed set of names: the enum, all its values, and the text that stands for each in files, on the command line
/// and in the database. On the wire they are written `LIKE_THIS`.
macro_rules! named_enum {
    ($(#[$doc:meta])* pub enum $name:ident ($what:literal) { $($(#[$variant_doc:meta])* $variant:ident => $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(
            feature = "serde",
            derive(serde::Serialize, serde::Deserialize),
            serde(rename_all = "SCREAMING_SNAKE_CASE")
        )]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            /// Reads it in any case, with spaces or hyphens for underscores.
            fn from_str(text: &str) -> Result<Self, String> {
                let plain = text.trim().to_lowercase().replace([' ', '-'], "_");
                Self::ALL.iter().copied().find(|value| value.as_str() == plain).ok_or_else(|| {
                    let shown: String = text.chars().take(40).collect();
                    let known: Vec<&str> = Self::ALL.iter().map(|value| value.as_str()).collect();
                    format!("`{shown}` is not {}; write one of {}", $what, known.join(", "))
                })
            }
        }
    };
}
pub(crate) use named_enum;
