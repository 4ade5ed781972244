// The element of a community's page: all that a page loads at first. It shows the first question by itself, and hands
// what was answered over to WebAssembly when the member goes on. What it needs only sometimes are modules of their own.
// The build fills in the names of the files.
const home = new URL("../..", import.meta.url).href;
const style = new URL("__STYLE__", import.meta.url);
const wasm = new URL("__WASM__", import.meta.url);
const locales = __LOCALES__;

/** With another one of the first four, it is another survey. */
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

/** What hands over to WebAssembly, and knows what keys mean. */
const code = kept(() => import("__GLUE__"));

const running = kept(async () => {
  const bytes = fetch(wasm);
  // Should the import fail first, nobody is left to look at this one.
  bytes.catch(() => {});
  const [glue] = await Promise.all([code(), import("__DELIVERY__")]);
  await glue.default({ module_or_path: bytes });
  return glue;
});

/** Sends what an earlier page could not. */
const flush = async (...page) => {
  if (/valuemap:o/.test(Object.keys(localStorage))) (await import("__DELIVERY__")).flush(...page);
};

/** An element with attributes and children. */
const h = (name, attributes, ...children) => {
  const element = document.createElement(name);
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  element.append(...children);
  return element;
};

/** The first question, drawn as `src/question` draws those after it. Returns its form and a way to read the answer. */
const firstQuestion = ({ title, total, more, first, say }, shown) => {
  const { key, kind, points, required } = first;
  const option = (part, type, value, word, ...more) =>
    h("label", { part }, h("input", { type, name: key, value }), h("span", {}, word), ...more);
  const scale = (low, high, ends) => {
    const numbers = [...Array(high + 1).keys()].slice(low);
    const meaning = (number) => h("span", { class: "unseen" }, ends[[low, high].indexOf(number)] ?? "");
    return h(
      "div",
      { class: "scale", "data-points": numbers.length },
      h("div", { part: "points" }, ...numbers.map((number) => option("point", "radio", number, number, meaning(number)))),
      ...ends.map((end) => h("span", { part: "end", "aria-hidden": true }, end)),
    );
  };
  const several = kind == "MULTIPLE_CHOICE";
  const isText = kind == "TEXT";
  const controls = isText
    ? h(first.lines == "ONE" ? "input" : "textarea", { id: "text", part: "text", maxlength: first.maxLength, "aria-describedby": "note hint" })
    : shown[0]
      ? h("div", { part: "choices" }, ...shown.map((choice) => option("choice", several ? "checkbox" : "radio", choice.key, choice.label)))
      : points
        ? scale(1, points, [say.agree_low, say.agree_high])
        : scale(0, 10, [say.recommend_low, say.recommend_high]);
  const note = several ? say[required ? "choose_one_or_more" : "choose_any"] : required ? say.needs_answer : "";
  const next = h("button", { "data-action": more ? "next" : "send" });
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
      h(
        isText ? "div" : "fieldset",
        { "aria-describedby": "note hint" },
        h(isText ? "label" : "legend", { ...(isText && { for: "text" }), part: "prompt" }, first.prompt),
        h("p", { id: "note", part: "note" }, note),
        h("div", {}, controls),
      ),
    ),
    h("p", { id: "hint", part: "hint" }),
    h("footer", {}, next),
  );
  const answer = () => {
    const chosen = [...form.querySelectorAll(":checked")].map((input) => input.value);
    return isText ? controls.value.trim() || undefined : chosen[0] && (shown[0] ? chosen : +chosen[0]);
  };
  form.oninput = () => {
    const goes = required || !more || answer() != null;
    next.part = "button next" + (goes ? "" : " quiet");
    next.textContent = say[goes ? next.dataset.action : "skip"];
  };
  form.oninput();
  return { form, answer };
};

class ValuemapSurvey extends HTMLElement {
  static observedAttributes = ATTRIBUTES.split(" ", 4);

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
      // An empty module, "\0asm" and its version: does the page's policy let WebAssembly in?
      new WebAssembly.Module(Uint32Array.of(1836278016, 1));
      const tag = (survey.tag = (this.lang || this.closest("[lang]")?.lang || navigator.language).toLowerCase());
      const locale = [tag, tag.split("-")[0], "en"].find((tag) => locales[tag]);
      const address = `${server}embed/surveys/${this.site}`;
      const language = `?language=${tag}`;
      survey.words = get(locales[locale], "json");
      const [say, { data }] = await Promise.all([survey.words, get(address + language, "json"), styled()]);
      if (signal.aborted) return;
      Object.assign(survey, data.survey, { say });

      room.lang = survey.language;
      room.dir = say.direction;
      const seed = crypto.getRandomValues(new Uint32Array(1))[0];
      const { first } = survey;
      const shown = first.shuffled ? (await import("__SHUFFLE__")).shuffled(first.choices, seed) : first.choices;
      const { form, answer } = firstQuestion(survey, shown);
      const status = h("p", { class: "unseen", role: "status" });
      const screen = h("section", { part: "survey", "aria-labelledby": "title", "data-state": "question" }, form);
      room.append(status, screen);

      const rest = kept(() => Promise.all([running(), get(`${address}/${survey.version}${language}`, "json")]));
      const warm = () => rest().catch(() => {});
      const after = { eager: 0, idle: 2e3 }[this.load];
      if (after >= 0) setTimeout(warm, after);
      room.onpointerenter = warm;
      room.addEventListener("focusin", warm);
      /** Has the code do something with the first question. What is done before the code is there is not lost. */
      const act = (name, ...how) => {
        warm();
        code().then((glue) => glue[name]({ ...survey, seed, answer, status, screen, rest }, ...how)).catch((cause) => {
          form.ariaBusy = null;
          status.textContent = form.querySelector("#hint").textContent = say.kept;
          tell("error", { code: "NOT_LOADED", message: cause.message ?? cause });
        });
      };
      form.onsubmit = (event) => {
        event.preventDefault();
        if (form.ariaBusy) return;
        form.ariaBusy = true;
        act("goOn", event.submitter);
      };
      room.onkeydown = (event) => {
        const { key, target } = event;
        // The browser would press the button, even if that says "Skip".
        if (key == "Enter" && target.localName == "input") event.preventDefault();
        if (/^\p{Nd}$|Enter/u.test(key)) act("press", event, target);
      };
      const theme = getComputedStyle(this);
      if (["text", "surface", "accent", "on-accent"].some((name) => theme.getPropertyValue("--valuemap-" + name)))
        await import("__THEME__").then(({ correct }) => correct(room, signal)).catch(() => {});
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
