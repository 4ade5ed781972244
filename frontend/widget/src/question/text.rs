use valuemap_shared::survey::Lines;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use crate::survey::Answer;
use crate::texts::{Phrase, Texts, digits};

/// Room for an open answer, which says how much is left when little is.
pub fn text_field(text: &str, max_chars: u16, lines: Lines, texts: &Texts, on_answer: &Callback<Answer>) -> Html {
    // An input has its value under the same name as a text area.
    let oninput = on_answer
        .reform(|event: InputEvent| Answer::Text(event.target_unchecked_into::<HtmlTextAreaElement>().value()));
    let maxlength = digits(max_chars.into());
    let left = little_left(text, max_chars).map(|left| texts.count(Phrase::CHARACTERS_LEFT, left, 0));
    let value = text.to_owned();
    let control = match lines {
        Lines::One => html! {
            <input id="text" part="text" aria-describedby="note left hint" {maxlength} {value} {oninput} />
        },
        Lines::Several => html! {
            <textarea id="text" part="text" rows="4" aria-describedby="note left hint" {maxlength} {value} {oninput} />
        },
    };
    html! {
        <div>
            { control }
            <p id="left" part="left">{ left.unwrap_or_default() }</p>
        </div>
    }
}

/// How many characters still fit, once less than a tenth is left. Counted as the browser counts `maxlength`, in UTF-16
/// units: never fewer than the server counts.
fn little_left(text: &str, max_chars: u16) -> Option<usize> {
    let left = usize::from(max_chars).saturating_sub(text.encode_utf16().count());
    (left < usize::from(max_chars) / 10).then_some(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_mentioned_when_it_is_near() {
        assert_eq!(little_left(&"x".repeat(180), 200), None);
        assert_eq!(little_left(&"x".repeat(181), 200), Some(19));
        assert_eq!(little_left(&"\u{1f600}".repeat(99), 200), Some(2));
        assert_eq!(little_left(&"x".repeat(201), 200), Some(0));
    }
}
