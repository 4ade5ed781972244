// The element of a community's page: all that a page loads at first. It shows the first question by itself, and hands
// what was answered over to WebAssembly when the member goes on. What it needs only sometimes are modules of their own.
// The build fills in the names of the files.
const home = new URL("../..", import.meta.url).href;
const style = new URL("__STYLE__", import.meta.url);
const wasm = new URL("__WASM__", import.meta.url);
const locales = __LOCALES__;

const ATTRIBUTES =
  "site server lang mode load consent unavailable preview trigger-delay trigger-scroll trigger-exit trigger-url trigger-event trigger-click sample visitor cool-down";

/** Loads once, when it is first wanted. A failure is not kept. */
const kept = (load) => {
  let found;
  return () => (found ??= load().catch((cause) => ((found = undefined), Promise.reject(cause))));
};

const get = async (url, read) => {
  const response = await fetch(url).catch(() => {});
  const body = await response?.[read]().catch(() => {});
  if (response?.ok && body) return body;
  // What is wrong is looked into by fallback.js.
  throw body?.errors?.[0] ?? `${url}`;
};

// The room is as high as most questions from the start, so that the page does not move when the first one comes.
const ROOM = ":host(:not([hidden])){display:block}.room{min-block-size:var(--valuemap-height,400px)}";
const sheet = new CSSStyleSheet();
sheet.replaceSync(ROOM);
const styled = kept(async () => sheet.replaceSync(ROOM + (await get(style, "text"))));

const running = kept(async () => {
  const code = fetch(wasm);
  // Should the import fail first, nobody is left to look at this one.
  code.catch(() => {});
  const [glue] = await Promise.all([import("__GLUE__"), import("__DELIVERY__")]);
  await glue.default({ module_or_path: code });
  return glue;
});

/** Sends what an earlier page could not. */
const flush = async (...page) => {
  if (Object.keys(localStorage).some((key) => /^valuemap:o/.test(key))) (await import("__DELIVERY__")).flush(...page);
};

/** An element with attributes, of which those that are false are left out, and children. */
const h = (name, attributes, ...children) => {
  const element = document.createElement(name);
  for (const key in attributes) attributes[key] === false || element.setAttribute(key, attributes[key]);
  element.append(...children);
  return element;
};

/** The first question, drawn as `src/question` draws those after it. Returns its form and a way to read the answer. */
const firstQuestion = ({ title, total, more, first }, say, shown) => {
  const { key, kind, points, required } = first;
  const option = (part, type, value, ...words) =>
    h("label", { part }, h("input", { type, name: key, value }), ...words.map((word) => h("span", {}, word)));
  const scale = (low, high, ends) => {
    const point = (_, place) => {
      const label = option("point", "radio", low + place, low + place);
      label.append(h("span", { class: "unseen" }, place ? (low + place < high ? "" : ends[1]) : ends[0]));
      return label;
    };
    return h(
      "div",
      { class: "scale", "data-points": high - low + 1 },
      h("div", { part: "points" }, ...Array.from({ length: high - low + 1 }, point)),
      ...ends.map((end) => h("span", { part: "end", "aria-hidden": true }, end)),
    );
  };
  const several = kind == "MULTIPLE_CHOICE";
  const one = first.lines == "ONE";
  const controls =
    kind == "AGREEMENT"
      ? scale(1, points, [say.agree_low, say.agree_high])
      : kind == "RECOMMENDATION"
        ? scale(0, 10, [say.recommend_low, say.recommend_high])
        : kind == "TEXT"
          ? h(one ? "input" : "textarea", { id: "text", part: "text", maxlength: first.maxLength, "aria-describedby": "note hint" })
          : h("div", { part: "choices" }, ...shown.map((choice) => option("choice", several ? "checkbox" : "radio", choice.key, choice.label)));
  const note = several ? say[required ? "choose_one_or_more" : "choose_any"] : required ? say.needs_answer : "";
  const field = (box, name) =>
    h(box, { "aria-describedby": "note hint" }, h(name, { for: name == "label" && "text", part: "prompt" }, first.prompt), h("p", { id: "note", part: "note" }, note), h("div", {}, controls));
  const next = h("button", {});
  const form = h(
    "form",
    { part: "card", method: "dialog" },
    h(
      "header",
      {},
      h("h2", { id: "title", part: "title" }, title),
      h("span", { id: "place", part: "place" }, say.place.replace("{n}", 1).replace("{total}", total)),
      h("progress", { part: "progress", "aria-labelledby": "place", max: total, value: 1 }),
    ),
    h(
      "div",
      { part: "question", "data-question": key },
      kind == "TEXT" ? field("div", "label") : field("fieldset", "legend"),
    ),
    h("p", { id: "hint", part: "hint" }),
    h("footer", {}, next),
  );
  const answer = () => {
    const chosen = [...form.querySelectorAll(":checked")].map((input) => input.value);
    return kind == "TEXT" ? controls.value || undefined : chosen[0] && (shown[0] ? chosen : +chosen[0]);
  };
  form.oninput = () => {
    const goes = required || !more || answer() != null;
    next.part = "button next" + (goes ? "" : " quiet");
    next.dataset.action = more ? "next" : "send";
    next.textContent = say[goes ? next.dataset.action : "skip"];
  };
  form.oninput();
  return { form, answer };
};

class ValuemapSurvey extends HTMLElement {
  static observedAttributes = ["site", "server", "lang", "mode"];

  #root = this.attachShadow({ mode: "open" });
  #jwt;
  /** What belongs to the survey that is here now; it is aborted when that goes. */
  #life;
  /** A promise of what opens and closes the survey. */
  #door;

  connectedCallback() {
    for (const property of PROPERTIES)
      // Set before the element was defined.
      if (Object.hasOwn(this, property)) {
        const value = this[property];
        delete this[property];
        this[property] = value;
      }
    if (this.#life) this.#door.then((door) => door?.moved?.());
    else this.#begin();
  }

  /** An element that is moved leaves and comes back at once: only one that stays away is taken down. */
  disconnectedCallback() {
    queueMicrotask(() => this.isConnected || this.#end());
  }

  attributeChangedCallback(_name, before, now) {
    if (this.#life && before != now) this.reset();
  }

  open() {
    if (!this.#life && this.isConnected) this.#begin();
    this.#door?.then((door) => door?.open("page"));
  }

  close() {
    this.#door?.then((door) => door?.close("page"));
  }

  /** Starts anew, with nothing answered. */
  reset() {
    this.#end();
    if (this.isConnected) this.#begin();
  }

  /** Says who the member is: a token that the partner's server has signed. */
  identify(jwt) {
    this.#jwt = jwt;
    dispatchEvent(new Event("valuemap:identified"));
  }

  #begin() {
    const { signal } = (this.#life = new AbortController());
    const tell = (name, detail = {}) => {
      if (name == "error") console.warn(`<valuemap-survey>: ${detail.message} (${detail.code})`);
      this.dispatchEvent(new CustomEvent("valuemap:" + name, { detail, bubbles: true, composed: true }));
    };
    const names = this.getAttributeNames();
    if (names.some((name) => !/^(site|id|class)$/.test(name)))
      import("__ATTRIBUTES__").then(({ check }) => check(this, tell, locales), () => {});
    const survey = {
      element: this,
      root: this.#root,
      server: (this.server || home).replace(/\/*$/, "/"),
      signal,
      tell,
      identity: () => this.#jwt,
      lost: () => tell("error", { code: "UNREACHABLE", message: `${home} does not answer` }),
      show: (frame) => this.#show(survey, frame),
    };
    // Where storage is blocked there is nothing in it; and what does not load now has more luck on the next page.
    this.preview || flush(tell, survey.identity).catch(() => {});
    this.#root.adoptedStyleSheets = [sheet];
    this.#door =
      /pop|mod/.test(this.mode) || names.some((name) => /^(tri|sam|coo)/.test(name))
        ? import("__OVERLAY__").then((overlay) => overlay.attend(survey), survey.lost)
        : survey.show(this.#root).then((shown) => {
            if (shown) tell("shown", { mode: "inline" });
            return {
              open() {},
              close: (reason) => {
                this.#end();
                tell("closed", { reason });
              },
            };
          });
  }

  #end() {
    this.#life?.abort();
    this.#life = this.#door = undefined;
    this.#root.replaceChildren();
  }

  /** Draws the survey into a frame, and says whether there is anything to see. */
  async #show(survey, frame) {
    const { server, signal, tell } = survey;
    const room = h("div", { class: "room" });
    frame.append(room);
    try {
      if (!this.site) throw this;
      // An empty module: does the page's policy let WebAssembly in?
      new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
      const tag = (survey.tag = (this.lang || this.closest("[lang]")?.lang || navigator.language).toLowerCase());
      const locale = [tag, tag.split("-")[0], "en"].find((tag) => locales[tag]);
      const address = `${server}embed/surveys/${this.site}`;
      const language = `?language=${tag}`;
      survey.words = get(locales[locale], "json");
      const [say, { data }] = await Promise.all([survey.words, get(address + language, "json"), styled()]);
      if (signal.aborted) return;
      survey.say = say;

      room.lang = data.survey.language;
      room.dir = say.direction;
      const seed = crypto.getRandomValues(new Uint32Array(1))[0];
      const { first } = data.survey;
      const shown = first.shuffled ? (await import("__SHUFFLE__")).shuffled(first.choices, seed) : first.choices;
      const { form, answer } = firstQuestion(data.survey, say, shown);
      const status = h("p", { class: "unseen", role: "status" });
      const screen = h("section", { part: "survey", "aria-labelledby": "title", "data-state": "question" }, form);
      room.append(status, screen);
      const theme = getComputedStyle(this);
      if (["text", "surface", "accent", "on-accent"].some((name) => theme.getPropertyValue("--valuemap-" + name)))
        await import("__THEME__").then(({ correct }) => correct(room, signal)).catch(() => {});

      const rest = kept(() => Promise.all([running(), get(`${address}/${data.survey.version}${language}`, "json")]));
      const warm = () => rest().catch(() => {});
      const after = { eager: 0, idle: 2e3 }[this.load];
      if (after >= 0) setTimeout(warm, after);
      room.onpointerenter = warm;
      room.addEventListener("focusin", warm);
      form.onsubmit = async (event) => {
        event.preventDefault();
        if (form.ariaBusy) return;
        form.ariaBusy = true;
        try {
          const [glue, whole] = await rest();
          signal.aborted || glue.handOver({ ...survey, ...data.survey, ...whole.data.survey, site: this.site, seed, answer: answer(), status, screen });
        } catch (cause) {
          form.ariaBusy = null;
          status.textContent = form.querySelector("#hint").textContent = say.kept;
          tell("error", { code: "NOT_LOADED", message: cause.message ?? cause });
        }
      };
      tell("ready");
      return true;
    } catch (cause) {
      if (signal.aborted) return;
      return import("__FALLBACK__").then(
        ({ fall }) => fall(survey, room, cause),
        () => {
          room.remove();
          survey.lost();
        },
      );
    }
  }
}

/** Attributes reflect as properties: `trigger-delay` as `triggerDelay`. */
const PROPERTIES = ATTRIBUTES.split(" ").map((name) => {
  const property = name.replace(/-./g, (letter) => letter[1].toUpperCase());
  const isFlag = /preview|exit/.test(name);
  if (property != "lang")
    Object.defineProperty(ValuemapSurvey.prototype, property, {
      get() {
        return isFlag ? this.hasAttribute(name) : this.getAttribute(name) ?? "";
      },
      set(value) {
        if (value == null || value === false) this.removeAttribute(name);
        else this.setAttribute(name, value === true ? "" : value);
      },
    });
  return property;
});

// A page may hold the script twice.
customElements.get("valuemap-survey") ?? customElements.define("valuemap-survey", ValuemapSurvey);
