//! What every page stands in: masthead, navigation, and the choice of community and period.

mod address;
mod app;
mod community_picker;
mod context;
mod frame;
mod masthead;
mod navigation;
mod period_picker;
mod product;
mod scope;
mod title;

pub use address::{AddressPart, use_address};
pub use app::App;
pub use context::{PageContext, PageProps};
pub use period_picker::PeriodPicker;
pub use title::use_title;
