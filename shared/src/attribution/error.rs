use super::Model;

/// Why journeys could not be read or credit could not be divided.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AttributionError {
    #[error("the look-back window is shorter than a second, so no touch could be credited; make it longer")]
    EmptyLookBack,
    #[error("a touch names source {touched}, but there are {sources} sources, counted from 0; correct its number")]
    UnknownSource { touched: u32, sources: u32 },
    #[error("the outcomes are worth more than can be added up exactly; attribute a shorter period or a larger unit")]
    ValuesTooLarge,
    #[error(
        "{model} takes at most {most} sources that have touches, and these journeys have {used}; credit what activities \
         have in common, such as modality or goal, or choose a model without this limit, such as linear"
    )]
    TooManySources { model: Model, used: usize, most: usize },
    #[error(
        "shapley credits types, channels, modalities or goals, and not single activities, which too few journeys met \
         for conversion rates; choose one of these, or a model without this limit, such as shapley_nonnegative"
    )]
    ShapleyOfActivities,
    #[error(
        "shapley looks at all subsets of what at least some journeys met alike, at most {most}, and these journeys have \
         {subsets}; credit modalities or goals, shorten the look-back window, or choose another model, such as \
         shapley_nonnegative"
    )]
    TooManySets { subsets: u64, most: u64 },
    #[error("the equations of {0} have no usable solution for these journeys; choose another model")]
    NoSolution(Model),
}
