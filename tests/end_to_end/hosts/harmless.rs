//! What a page must be like with the survey on it: as without.

use std::collections::BTreeSet;

use anyhow::ensure;
use serde_json::{Value, json};

use super::partner::Partner;

const SNAPSHOT: &str = include_str!("scripts/snapshot.js");

/// What a page is like without the survey.
pub struct Bare(Value);

impl Partner {
    /// Looks at the page as it was before the partner pasted our script into it.
    pub async fn bare(&self, page: &str) -> anyhow::Result<Bare> {
        self.open(&format!("{page}?bare")).await?;
        self.until_loaded().await?;
        Ok(Bare(self.run(SNAPSHOT).await?))
    }

    /// Waits until the page is loaded, and its reader is where they stay.
    pub async fn until_loaded(&self) -> anyhow::Result<()> {
        let script = "return document.readyState === 'complete' && recorded.placed";
        self.until("the page is loaded", script).await.map(drop)
    }

    /// The page that is open is as without the survey, and its reader is where they were.
    pub async fn is_unharmed_and_untouched(&self, bare: &Bare) -> anyhow::Result<()> {
        let now = self.is_unharmed(bare).await?;
        for part in ["focus", "scroll"] {
            ensure!(now[part] == bare.0[part], "{part} was {} and is {}", bare.0[part], now[part]);
        }
        ensure!(now["visited"] == 0, "history has grown by {}", now["visited"]);
        Ok(())
    }

    /// The page that is open is as without the survey, wherever its reader has gone.
    pub async fn is_unharmed(&self, bare: &Bare) -> anyhow::Result<Value> {
        let now = self.run(SNAPSHOT).await?;
        let changes = changed_styles(&bare.0["styles"], &now["styles"]);
        ensure!(changes.is_empty(), "styles of the page's own elements changed: {}", changes.join(", "));
        for part in ["globals", "attributes", "head", "body", "title"] {
            let list = |snapshot: &Value| -> BTreeSet<String> {
                snapshot[part].as_array().into_iter().flatten().map(Value::to_string).collect()
            };
            let (before, after) = (list(&bare.0), list(&now));
            let difference: Vec<&String> = before.symmetric_difference(&after).collect();
            ensure!(bare.0[part] == now[part] || before == after && part == "globals", "{part} differ: {difference:?}");
        }
        Ok(now)
    }

    /// Nothing is kept in the browser, in no kind of storage.
    pub async fn nothing_is_stored(&self) -> anyhow::Result<()> {
        let nothing =
            json!({ "cookies": [], "local": [], "session": [], "databases": [], "caches": [], "workers": [] });
        let stored = self.stored().await?;
        ensure!(stored == nothing, "the browser keeps {stored}");
        Ok(())
    }

    /// No error is on the console, and no policy of the page was broken.
    pub async fn nobody_complains(&self) -> anyhow::Result<()> {
        let console = self.console().await?;
        let errors: Vec<&String> =
            console.iter().filter(|(level, _)| level == "SEVERE").map(|(_, text)| text).collect();
        ensure!(errors.is_empty(), "errors on the console: {errors:?}");
        let violations = self.run("return recorded.violations").await?;
        ensure!(violations == json!([]), "policies were broken: {violations}");
        Ok(())
    }
}

/// Every property of every element that is not what it was, the first few of them.
fn changed_styles(before: &Value, after: &Value) -> Vec<String> {
    let mut changes = Vec::new();
    for (element, styles) in before.as_object().into_iter().flatten() {
        for (property, value) in styles.as_object().into_iter().flatten() {
            let now = &after[element][property];
            if now != value {
                changes.push(format!("{property} of {element} from {value} to {now}"));
            }
        }
    }
    changes.truncate(5);
    changes
}
