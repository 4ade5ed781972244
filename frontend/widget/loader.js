// The element of a community's page. It opens a shadow root, keeps room for the survey and hands over to WebAssembly.
// The build fills in the names of the files and the style.
const here = import.meta.url;
const endpoint = new URL("../graphql", here).href;

const sheet = new CSSStyleSheet();
sheet.replaceSync(__STYLE__);

/** Loads the survey's code, once for all surveys of a page. After a failure the next one tries again. */
let loading;
const load = () =>
  (loading ??= (async () => {
    const wasm = fetch(new URL("__WASM__", here), { credentials: "omit" });
    // Should the import fail first, nobody is left to look at this one.
    wasm.catch(() => {});
    const glue = await import(new URL("__GLUE__", here));
    await glue.default({ module_or_path: wasm });
    return glue;
  })().catch((cause) => {
    loading = undefined;
    throw cause;
  }));

/** What a partner can change so that the code is let in. */
const advice = (cause) =>
  cause instanceof WebAssembly.CompileError
    ? { code: "WASM_BLOCKED", message: "WebAssembly is blocked here: add 'wasm-unsafe-eval' to the page's script-src" }
    : { code: "NOT_LOADED", message: `the survey's files do not load from ${new URL(here).origin}: ${cause.message}` };

class ValuemapSurvey extends HTMLElement {
  static observedAttributes = ["site"];

  #root = this.attachShadow({ mode: "open" });
  #mounted;
  /** Counts starts and stops, so that what was overtaken while it loaded knows it. */
  #turn = 0;

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [sheet];
  }

  connectedCallback() {
    if (!this.#mounted) this.#show();
  }

  /** An element that is moved leaves and comes back at once: only one that stays away is taken down. */
  disconnectedCallback() {
    queueMicrotask(() => this.isConnected || this.#hide());
  }

  attributeChangedCallback(_name, before, now) {
    if (this.#turn && this.isConnected && before !== now) {
      this.#hide();
      this.#show();
    }
  }

  async #show() {
    const turn = ++this.#turn;
    const site = this.getAttribute("site");
    if (!site) {
      this.#tell("error", { code: "SITE_MISSING", message: 'give the element its site key: site="pk_..."' });
      return;
    }
    const room = this.#newRoom();
    try {
      const glue = await load();
      if (turn !== this.#turn) return;
      this.#mounted = glue.mount(room, site, endpoint, (name, detail) => this.#tell(name, detail));
    } catch (cause) {
      if (turn !== this.#turn) return;
      room.replaceChildren();
      this.#tell("error", advice(cause));
    }
  }

  #hide() {
    this.#turn++;
    this.#mounted?.destroy();
    this.#mounted = undefined;
    this.#root.replaceChildren();
  }

  /** Each survey gets a room of its own: the listeners that Yew leaves behind go with it. An empty one takes no space. */
  #newRoom() {
    const [room, waiting] = ["room", "waiting"].map((name) => {
      const element = document.createElement("div");
      element.className = name;
      return element;
    });
    room.append(waiting);
    this.#root.replaceChildren(room);
    return room;
  }

  #tell(name, detail) {
    if (name === "error") console.warn(`<valuemap-survey>: ${detail.message} (${detail.code})`);
    this.dispatchEvent(new CustomEvent(`valuemap:${name}`, { detail, bubbles: true, composed: true }));
  }
}

// A page may hold the script twice.
if (!customElements.get("valuemap-survey")) customElements.define("valuemap-survey", ValuemapSurvey);
