// What the survey shows now, or null while there is none.
const root = document.querySelector("valuemap-survey")?.shadowRoot;
const section = root?.querySelector("[data-state]");
if (!section) return null;
const question = root.querySelector("[data-question]");
const control = question?.querySelector("input, textarea");
return {
  state: section.dataset.state,
  question: question?.dataset.question ?? null,
  kind: control?.localName === "textarea" ? "text" : (control?.type ?? null),
  last: [...(question?.querySelectorAll("input") ?? [])].at(-1)?.value ?? null,
};
