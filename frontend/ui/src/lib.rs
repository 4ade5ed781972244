//! Pieces of a page that know nothing of communities or scores. They carry class names; `base.css` and `pieces.css`
//! say what those look like. Geometry is in SVG attributes, because a strict content security policy blocks `style`.

mod badge;
mod button;
mod checkbox;
mod choices;
mod colour_field;
mod dialog;
mod interval_bar;
mod notice;
mod progress_bar;
mod scale;
mod select;
mod skeleton;
mod slider;
mod span_bar;
mod stacked_bar;
mod tabs;
mod text_field;

pub use badge::Badge;
pub use button::Button;
pub use checkbox::Checkbox;
pub use choices::{Choice, Choices};
pub use colour_field::ColourField;
pub use dialog::Dialog;
pub use interval_bar::IntervalBar;
pub use notice::{Notice, Tone};
pub use progress_bar::ProgressBar;
pub use scale::Scale;
pub use select::{Select, SelectOption};
pub use skeleton::Skeleton;
pub use slider::Slider;
pub use span_bar::SpanBar;
pub use stacked_bar::{Segment, StackedBar};
pub use tabs::{Tab, Tabs};
pub use text_field::TextField;
