/// How the inputs of an internal element are weighed. Comparing them shows how much of a score is the model's doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "SCREAMING_SNAKE_CASE"))]
pub enum Weighting {
    /// By the model's weights, as a weighted mean.
    #[default]
    Model,
    /// All alike, as a mean.
    Equal,
    /// By the model's weights, as a geometric mean: a weak input is not made good by a strong one (OECD, JRC 2008).
    Geometric,
}
