// What keys mean while the focus is anywhere in the survey: numbers choose, and Enter goes on. The loader listens, and
// hands over what was pressed before this was there.

/** Within so many milliseconds, two digits are one number if the scale has it: 1 and then 0 are 10. */
const SOON = 1000;

/** The number that was typed into a question last, and when. */
const typed = new WeakMap();

/** Chooses the point that has the number, or the choice at that position; one of several is toggled. */
const choose = (question, digit, time) => {
  const controls = [...question.querySelectorAll("label input")];
  const last = typed.get(question);
  const isScale = question.querySelector(".scale");
  const numbers = isScale && time - last?.time < SOON ? [last.number + digit, digit] : [digit];
  for (const number of numbers) {
    const control = isScale ? controls.find(({ value }) => value == number) : controls[number - 1];
    if (!control) continue;
    typed.set(question, { number, time });
    control.focus();
    return control.click();
  }
};

/** A key with a digit on it, in the digits of its keyboard: Latin, Arabic, Persian or full width. */
const digitOf = (key) => /^[0-9٠-٩۰-۹０-９]$/.test(key) && `${key.charCodeAt() & 15}`;

/** A key was pressed on a part of the survey. */
export const press = ({ status }, event, target) => {
  const { key, timeStamp, repeat } = event;
  const form = status.parentNode.querySelector("form:not([aria-busy])");
  const isCommand = event.ctrlKey || event.metaKey;
  const isText = target.id == "text";
  const digit = !isText && !isCommand && digitOf(key);
  // A button does what it says, and a text of several lines gets one more.
  const goesOn = key == "Enter" && target.localName != "button" && (isCommand || target.localName != "textarea");
  if (!form || event.altKey || event.isComposing || !(digit || goesOn)) return;
  event.preventDefault();
  // The page may have keys of its own.
  event.stopPropagation();
  if (repeat) return;
  // Without a button: what would be skipped that way is not.
  if (goesOn) form.requestSubmit();
  else choose(form.querySelector("[data-question]"), digit, timeStamp);
};
