// The end of the module that wasm-bindgen makes: puts the survey in the place of the first question when the member goes
// on from there.
import { deliver, hurry } from "__DELIVERY__";

/** How it looks after the last question, which nobody sees before. */
const outcome = new CSSStyleSheet();
fetch(new URL("__OUTCOME__", import.meta.url)).then(
  async (response) => outcome.replaceSync(await response.text()),
  // It stays readable.
  () => {},
);

/** Goes on from the first question, unless it would be skipped by something else than the button that says so. */
export const goOn = async (survey, button) => {
  const { screen, status, say, signal } = survey;
  const form = screen.querySelector("form");
  const next = form.querySelector("[part~=next]");
  if (!button && next.part.contains("quiet")) {
    const hint = form.querySelector("#hint");
    const words = say[form.querySelector("#text") ? "not_written" : "not_chosen"];
    status.textContent = hint.textContent = words.replace("{button}", next.textContent);
    form.addEventListener("input", () => (hint.textContent = ""), { once: true });
    form.ariaBusy = null;
    return;
  }
  const [, whole] = await survey.rest();
  if (!signal.aborted) handOver({ ...survey, ...whole.data.survey, site: survey.element.site });
};

const handOver = (survey) => {
  const { element, root, signal, tell, status, screen } = survey;
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, outcome];
  const next = document.createElement("div");
  const mounted = mount(next, survey, survey.say, survey.answer(), {
    tell,
    hurry,
    announce(words) {
      // The same words again would be read aloud again.
      if (status.textContent != words) status.textContent = words;
    },
    place() {
      screen.replaceWith(next);
    },
    deliver(query, input, report) {
      // Should the survey be off the page by then, the answers arrive all the same.
      const hear = (outcome) => signal.aborted || report(outcome);
      if (element.preview) hear({ data: { submitResponse: { __typename: "Receipt" } } });
      else deliver({ ...survey, query, input, report: hear });
    },
  });
  if (!mounted) throw new Error("this version of the widget does not know a question of the survey");
  signal.onabort = () => mounted.destroy();
};
