// What a partner may have mistyped. It is loaded only for elements with more than a key and a language.
const NUMBER = /^\d+(\.\d+)?$/;
const ANY = /^/;
const ATTRIBUTES = {
  site: /^\S+$/,
  server: /^https?:/,
  lang: ANY,
  mode: /^(inline|popover|modal)$/,
  load: /^(interaction|idle|eager)$/,
  consent: /^(granted|denied)$/,
  unavailable: /^(hide|message)$/,
  preview: ANY,
  "trigger-delay": NUMBER,
  "trigger-scroll": NUMBER,
  "trigger-exit": ANY,
  "trigger-url": ANY,
  "trigger-event": ANY,
  "trigger-click": ANY,
  sample: /^([01]|0?\.\d+)$/,
  visitor: ANY,
  "cool-down": NUMBER,
};
/** Attributes of any element, and those that frameworks put on all of theirs. */
const COMMON = /^(id|class|style|hidden|slot|title|dir|role|part|inert|is|key|nonce|tabindex)$|^(on|data|aria|ng|v-)|[:_@.#]/;

/** Tells the page of attributes that do not exist or cannot be, and of a language that there are no texts for. */
export const check = (element, tell, locales) => {
  for (const { name, value } of element.attributes) {
    const form = ATTRIBUTES[name];
    if (!form) {
      if (!COMMON.test(name))
        tell("error", { code: "ATTRIBUTE_UNKNOWN", message: `there is no attribute ${name}, only ${Object.keys(ATTRIBUTES).join(", ")}` });
    } else if (!form.test(value)) tell("error", { code: "ATTRIBUTE_INVALID", message: `${name}="${value}" has to match ${form}` });
  }
  const { lang, triggerClick } = element;
  if (lang && !locales[lang.toLowerCase()] && !locales[lang.toLowerCase().split("-")[0]])
    tell("error", { code: "LANGUAGE_MISSING", message: `there are no texts for lang="${lang}", only for ${Object.keys(locales).join(", ")}` });
  try {
    if (triggerClick) element.matches(triggerClick);
  } catch {
    tell("error", { code: "ATTRIBUTE_INVALID", message: `trigger-click="${triggerClick}" is not a CSS selector` });
  }
};
