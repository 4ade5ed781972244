use std::rc::Rc;

use valuemap_shared::calendar::Quarter;
use yew::prelude::*;

use crate::session::{Account, Community};

/// What every page is given.
#[derive(Clone, PartialEq)]
pub struct PageContext {
    pub account: Rc<Account>,
    /// `None` where the organisation has none.
    pub community: Option<Community>,
    /// `None` for the latest quarter that holds answers.
    pub period: Option<Quarter>,
    /// Grows each time everything is to be fetched again.
    pub round: u32,
    pub onpickperiod: Callback<Quarter>,
    pub onrefresh: Callback<()>,
}

#[derive(Properties, PartialEq)]
pub struct PageProps {
    pub context: PageContext,
}
