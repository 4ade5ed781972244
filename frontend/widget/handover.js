// The end of the module that wasm-bindgen makes: puts the survey in the place of the first question.

// Loaded before it is needed: answers are kept and sent at once, or a page that is left a moment later would lose them.
let delivery;
const loading = () => import("__DELIVERY__").then((module) => (delivery = module));
loading().catch(() => {});

export const handOver = (survey) => {
  const { element, signal, tell, status, screen } = survey;
  const next = document.createElement("div");
  let again;
  const host = {
    tell,
    announce(words) {
      status.textContent = words;
    },
    place() {
      screen.replaceWith(next);
    },
    deliver(query, input, report) {
      if (element.preview) report({ data: { submitResponse: { __typename: "Receipt" } } });
      else if (delivery) delivery.deliver({ ...survey, query, input, report });
      else {
        again = () => host.deliver(query, input, report);
        const lost = () => report({ code: "NOT_LOADED", message: "the survey's files do not load", waiting: true });
        loading().then(again, lost);
      }
    },
    hurry() {
      delivery ? delivery.hurry() : again();
    },
  };
  const mounted = mount(next, survey, survey.say, survey.answer, host);
  if (!mounted) throw new Error("this version of the widget does not know a question of the survey");
  signal.onabort = () => mounted.destroy();
};
