// Answers the question that is shown; with an action, presses its button too.
const root = document.querySelector("valuemap-survey").shadowRoot;
const [action] = arguments;
if (action) return root.querySelector(`[data-action="${action}"]`).click();
const control = [...root.querySelectorAll("[data-question] :is(input, textarea)")].at(-1);
if (control.type === "radio" || control.type === "checkbox") {
  if (!control.checked) control.click();
} else {
  control.value = "More examples";
  control.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
}
