mod element;

use std::rc::Rc;

use valuemap_ui::{Button, Checkbox, Select, SelectOption};
use yew::prelude::*;

use self::element::{PreviewElement, call};
use super::address::View;
use super::settings::{Scheme, Setting, Settings, faint};

const COLOURS: [Setting; 3] = [Setting::Accent, Setting::Surface, Setting::Text];

/// The latest events that are shown.
const EVENTS_SHOWN: usize = 5;

#[derive(Properties, PartialEq)]
pub struct PreviewProps {
    pub site: AttrValue,
    pub settings: Settings,
    pub view: View,
    pub onview: Callback<View>,
}

/// The events of an element, latest first.
#[derive(Default, PartialEq)]
struct EventLog(Vec<(String, String)>);

impl Reducible for EventLog {
    /// An event, or `None` for a new beginning.
    type Action = Option<(String, String)>;

    fn reduce(self: Rc<Self>, event: Self::Action) -> Rc<Self> {
        let Some(event) = event else { return Rc::default() };
        let earlier = self.0.iter().take(EVENTS_SHOWN - 1).cloned();
        Rc::new(Self([event].into_iter().chain(earlier).collect()))
    }
}

/// The survey as members would see it, in the page or over it.
#[component]
pub fn Preview(props: &PreviewProps) -> Html {
    let PreviewProps { site, settings, view, .. } = props;
    let round = use_state(|| 0_u32);
    let log = use_reducer(EventLog::default);
    let node = use_node_ref();
    let view = *view;

    let onevent = {
        let log = log.dispatcher();
        Callback::from(move |event| log.dispatch(Some(event)))
    };
    let onrestart = {
        let (round, log) = (round.clone(), log.dispatcher());
        Callback::from(move |()| {
            log.dispatch(None);
            round.set(round.wrapping_add(1));
        })
    };
    let onopen = {
        let node = node.clone();
        Callback::from(move |()| call(&node, "open"))
    };
    let onscheme = props.onview.reform(move |name: AttrValue| View {
        scheme: Scheme::BOTH.into_iter().find(|scheme| *scheme.name() == *name),
        ..view
    });
    let scheme = view.scheme.map(|scheme| format!("preview-{}", scheme.name()));
    // What changes how the survey starts gives a new one.
    let start = [Setting::Mode, Setting::Load, Setting::Lang].map(|setting| settings.typed(setting)).join(" ");
    let colours = COLOURS.map(|setting| settings.typed(setting));
    // The widget corrects contrast when it starts. Colours that need none follow while they are picked.
    let corrected = match faint(settings).is_empty() {
        true => colours.concat().is_empty().to_string(),
        false => format!("{colours:?} {:?}", view.scheme),
    };
    html! {
        <section class="preview" aria-labelledby="preview-title">
            <div class="preview-header">
                <h2 id="preview-title">{ "Preview" }</h2>
                <div class="preview-tools">
                    <Select
                        label="Scheme"
                        options={schemes()}
                        selected={view.scheme.map(Scheme::name).unwrap_or_default()}
                        onpick={onscheme}
                    />
                    <Checkbox
                        label="Phone"
                        checked={view.is_phone}
                        ontoggle={props.onview.reform(move |is_phone| View { is_phone, ..view })}
                    />
                    <Checkbox
                        label="Right to left"
                        checked={view.is_rtl}
                        ontoggle={props.onview.reform(move |is_rtl| View { is_rtl, ..view })}
                    />
                    <Button onpress={onrestart}>{ "Start again" }</Button>
                </div>
            </div>
            <div
                class={classes!("preview-page", scheme, view.is_phone.then_some("preview-phone"))}
                dir={if view.is_rtl { "rtl" } else { "ltr" }}
            >
                <div class="preview-words" aria-hidden="true">
                    <div /><div /><div />
                </div>
                if settings.is_overlay() {
                    <p class="preview-opener"><Button onpress={onopen}>{ "Open it" }</Button></p>
                }
                <PreviewElement
                    key={format!("{site} {start} {corrected} {}", *round)}
                    site={site.clone()}
                    settings={settings.clone()}
                    node={node.clone()}
                    {onevent}
                />
                <div class="preview-words" aria-hidden="true">
                    <div /><div />
                </div>
            </div>
            <p class="field-hint">{ "Nothing that you answer here is sent or stored. Drag the corner to try other widths." }</p>
            <div role="log" aria-label="Events of the preview">
                if !log.0.is_empty() {
                    <ol class="preview-events">
                        for (name, detail) in &log.0 {
                            <li><code>{ name }</code>{ " " }<span>{ detail }</span></li>
                        }
                    </ol>
                }
            </div>
        </section>
    }
}

fn schemes() -> Vec<SelectOption> {
    let options = [("", "As mine"), ("light", "Light"), ("dark", "Dark")];
    options.map(|(value, label)| SelectOption { value: value.into(), label: label.into() }).to_vec()
}
