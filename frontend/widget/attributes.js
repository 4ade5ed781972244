// What a partner may have mistyped. It is loaded only for elements with more than a key and a language.
const NUMBER = [/^\d+(\.\d+)?$/, "a number"];
const FLAG = [/^(true|preview|trigger-exit)?$/, "there or not, without a value"];
const ANY = [/^/];
/** One of these words. */
const words = (...all) => [RegExp(`^(${all.join("|")})$`), all.join(", ")];
const ATTRIBUTES = {
  site: [/^\S+$/, "the key of a site"],
  server: [/^https?:/, "an address that begins with https:"],
  lang: ANY,
  mode: words("inline", "popover", "modal"),
  load: words("interaction", "idle", "eager"),
  consent: words("granted", "denied"),
  unavailable: words("hide", "message"),
  preview: FLAG,
  "trigger-delay": NUMBER,
  "trigger-scroll": NUMBER,
  "trigger-exit": FLAG,
  "trigger-url": ANY,
  "trigger-event": ANY,
  "trigger-click": ANY,
  sample: [/^([01]|0?\.\d+)$/, "a number from 0 to 1"],
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
    } else if (!form[0].test(value)) tell("error", { code: "ATTRIBUTE_INVALID", message: `${name}="${value}" has to be ${form[1]}` });
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
