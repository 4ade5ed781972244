//! What more than one page is made of. Parts that know nothing of communities are in `frontend/ui`.

mod copy_block;
mod fact;
mod failure_notice;
mod figure;

pub use copy_block::CopyBlock;
pub use fact::Fact;
pub use failure_notice::FailureNotice;
pub use figure::{Figure, NoFigure};
