// The end of the module that wasm-bindgen makes: puts the survey in the place of the first question.

// Needed when the answers are sent; by then the connection may be gone.
const delivery = () => import("__DELIVERY__");
delivery().catch(() => {});

export const handOver = (survey) => {
  const { element, signal, tell, status, screen } = survey;
  const next = document.createElement("div");
  const mounted = mount(next, survey, survey.say, survey.answer, {
    tell,
    announce(words) {
      status.textContent = words;
    },
    place() {
      screen.replaceWith(next);
    },
    async deliver(query, input, report) {
      if (element.preview) return report({ data: { submitResponse: { __typename: "Receipt" } } });
      try {
        (await delivery()).deliver({ ...survey, query, input, report });
      } catch {
        report({ code: "NOT_LOADED", message: "the survey's files do not load", waiting: true });
        survey.hurry = () => this.deliver(query, input, report);
      }
    },
    async hurry() {
      if (survey.hurry) survey.hurry();
      else (await delivery()).hurry();
    },
  });
  if (!mounted) throw new Error("this version of the widget does not know a question of the survey");
  signal.onabort = () => mounted.destroy();
};
