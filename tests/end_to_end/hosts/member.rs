//! A member who answers: in the widget, in the frame that stands in for it, and in the plain form.

use anyhow::{Context, ensure};
use serde_json::Value;
use thirtyfour::prelude::*;

use super::partner::Partner;

impl Partner {
    /// The root of the survey in the page or frame that the browser is in.
    pub async fn root(&self) -> anyhow::Result<WebElement> {
        let host = self.browser.page.find(By::Css("valuemap-survey")).await?;
        Ok(host.get_shadow_root().await?)
    }

    /// Clicks something in the survey with the mouse, once it is there and holds still.
    pub async fn click(&self, css: &str) -> anyhow::Result<()> {
        self.eventually(&format!("{css} can be clicked"), async || {
            let element = self.root().await?.find(By::Css(css)).await?;
            element.scroll_into_view().await?;
            self.browser.page.action_chain().move_to_element_center(&element).click().perform().await?;
            Ok(Some(()))
        })
        .await
    }

    pub async fn press(&self, keys: &str) -> anyhow::Result<()> {
        Ok(self.browser.page.action_chain().send_keys(keys).perform().await?)
    }

    /// Gives an answer to the question that is shown: the last point or choice, or a few words.
    pub async fn answer(&self, view: &Value) -> anyhow::Result<()> {
        let question = view["question"].as_str().context("a question has a key")?;
        let within = format!("[data-question='{question}']");
        match (view["kind"].as_str(), view["last"].as_str()) {
            (Some("radio" | "checkbox"), Some(value)) => {
                self.click(&format!("{within} label:has(input[value='{value}'])")).await?;
                let chosen = format!("{within} input[value='{value}']:checked");
                self.eventually(&format!("{chosen} is there"), async || {
                    Ok(Some(self.root().await?.find(By::Css(&chosen)).await?))
                })
                .await?;
            }
            _ => {
                self.click(&format!("{within} :is(textarea, input)")).await?;
                self.press("More examples, \u{fc}ber alles.").await?;
            }
        }
        Ok(())
    }

    /// Answers every question with the mouse, up to the last one, and leaves it to the caller to send.
    pub async fn answer_everything(&self) -> anyhow::Result<()> {
        loop {
            let view = self.until_state("question").await?;
            self.answer(&view).await?;
            if self.root().await?.find(By::Css("[data-action=send]")).await.is_ok() {
                return Ok(());
            }
            self.click("[data-action=next]").await?;
            self.until_other_question(&view).await?;
        }
    }

    pub async fn until_other_question(&self, than: &Value) -> anyhow::Result<Value> {
        self.eventually(&format!("there is another question than {}", than["question"]), async || {
            let view = self.view().await?;
            Ok((!view.is_null() && view["question"] != than["question"]).then_some(view))
        })
        .await
    }

    pub async fn send(&self) -> anyhow::Result<()> {
        self.click("[data-action=send]").await
    }

    /// Waits until the first try to send is over, and returns the state that it led to.
    pub async fn until_not_sending(&self) -> anyhow::Result<String> {
        self.eventually("the first try is over", async || {
            let state = self.view().await?["state"].as_str().map(str::to_owned);
            Ok(state.filter(|state| state != "sending" && state != "question"))
        })
        .await
    }

    /// Answers everything in the widget, and sees the thanks and exactly one row more.
    pub async fn take_part(&self) -> anyhow::Result<()> {
        let before = self.rows().await?;
        self.answer_everything().await?;
        self.send().await?;
        self.until_state("thanks").await?;
        self.until_rows(before + 1).await
    }

    /// Answers everything in the frame that stands in for the widget.
    pub async fn take_part_in_the_frame(&self) -> anyhow::Result<()> {
        let before = self.rows().await?;
        let frame = self
            .eventually("there is a frame", async || Ok(Some(self.root().await?.find(By::Css("iframe")).await?)))
            .await?;
        frame.enter_frame().await?;
        let outcome = async {
            self.answer_everything().await?;
            self.send().await?;
            self.until_state("thanks").await
        }
        .await;
        self.browser.page.enter_default_frame().await?;
        outcome?;
        self.until_rows(before + 1).await
    }

    /// Follows the link that the partner left inside of the element, and sends the plain form behind it.
    pub async fn take_part_in_the_form(&self) -> anyhow::Result<()> {
        let before = self.rows().await?;
        let link = self.browser.page.find(By::Css("valuemap-survey a")).await?;
        ensure!(link.is_displayed().await?, "the partner's link is not shown");
        link.click().await?;
        self.fill_in_the_form().await?;
        self.until_rows(before + 1).await
    }

    /// Gives the last answer that there is to every question of the plain form, and sends it.
    pub async fn fill_in_the_form(&self) -> anyhow::Result<()> {
        let page = &self.browser.page;
        self.eventually("there is a form", async || Ok(Some(page.find(By::Css("form")).await?))).await?;
        for group in page.find_all(By::Css("form fieldset")).await? {
            if let Some(label) = group.find_all(By::Css("label:has(input:not([value='']))")).await?.last() {
                label.scroll_into_view().await?;
                label.click().await?;
            }
        }
        for text in page.find_all(By::Css("form textarea, form input[type=text]")).await? {
            text.send_keys("On paper").await?;
        }
        Ok(page.find(By::Css("form button[type=submit]")).await?.click().await?)
    }
}
