// Runs inside of the page, from before its first script: looks for the survey once a frame, and answers it.
// `parts` are CSS selectors: of elements whose shadow roots hold the survey (none: the document does), of a question, of
// a choice, of the button that goes on.
({ parts, prompts, steps }) => {
  /** When each question was visible, how many were shown so far, how many were answered. */
  const bench = (window.bench = { times: [], shown: 0, answered: 0 });

  const roots = () =>
    parts.host ? [...document.querySelectorAll(parts.host)].map((host) => host.shadowRoot ?? host) : [document];
  const all = (selector) => roots().flatMap((root) => [...root.querySelectorAll(selector)]);

  // Half faded in counts as visible: some let their questions appear gently.
  const isVisible = (element) => {
    const { width, height } = element.getBoundingClientRect();
    if (!width || !height || !element.checkVisibility({ visibilityProperty: true })) return false;
    let opacity = 1;
    for (let at = element; at; at = at.parentElement ?? at.getRootNode().host) opacity *= getComputedStyle(at).opacity;
    return opacity >= 0.5;
  };
  const isAsked = (index) =>
    all(parts.question).some((question) => question.textContent.includes(prompts[index]) && isVisible(question));

  /** Clicks that did nothing are tried again after so many ms, as a member would. */
  const PATIENCE = 400;
  let found = false;
  let clicked = -Infinity;

  const look = (now) => {
    // What was found in one frame is on the screen when the next one begins.
    if (found) {
      bench.times.push(now);
      bench.shown++;
      clicked = -Infinity;
    }
    found = bench.shown < prompts.length && isAsked(bench.shown);
    const current = bench.shown - 1;
    if (!found && bench.answered < steps && current >= bench.answered) {
      if (isAsked(current)) {
        if (now - clicked > PATIENCE) answer(now);
      } else if (bench.shown === prompts.length) {
        bench.answered = bench.shown;
      }
    }
    if (current > bench.answered) bench.answered = current;
    requestAnimationFrame(look);
  };

  const answer = (now) => {
    const choice = all(parts.choice)[3];
    if (choice && !choice.checked) choice.click();
    const button = all(parts.next).find((button) => !button.disabled && isVisible(button));
    button?.click();
    if (button) clicked = now;
  };

  requestAnimationFrame(look);
};
