//! What browsers download, built into dist/: the widget, the dashboard, the demo page.

mod bindgen;
mod bundle;
mod compile;
mod css;
mod dashboard;
mod demo;
mod embed;
pub mod functions;
pub mod hash;
mod optimize;
pub mod package;
pub mod sizes;
mod snip;
mod stamp;
mod template;

use anyhow::Result;

use crate::{
    setup::{self, node::NodeTools},
    workspace::Workspace,
};

pub fn build(workspace: &Workspace) -> Result<()> {
    setup::rust::ensure_wasm_target(workspace)?;
    let node = NodeTools::ensure(workspace)?;
    embed::build(workspace, node.as_ref())?;
    dashboard::build(workspace, node.as_ref())?;
    demo::build(workspace)
}
