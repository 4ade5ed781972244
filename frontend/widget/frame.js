// Inside of the iframe: tells the page around it how high the survey is and what happens in it, and takes the look and
// the member's identity from it. Only the site's own pages can be around it, by the frame-ancestors of this page.

const root = document.documentElement;
const survey = document.querySelector("valuemap-survey");
const tell = (message) => parent !== window && parent.postMessage(message, "*");

/** What a page may set, and what it may look like. A colour or length that CSS does not know is ignored by the browser. */
const COLOUR = /^(#[\da-f]{3,8}|[a-z]{3,24}|(rgb|hsl|hwb|lab|lch|oklab|oklch|color)a?\([\w\s.,%/+-]{1,80}\))$/i;
const LOOK = {
  accent: ["--valuemap-accent", COLOUR],
  surface: ["--valuemap-surface", COLOUR],
  text: ["--valuemap-text", COLOUR],
  font: ["--valuemap-font", /^[\p{L}\d\s"',_-]{1,200}$/u],
  radius: ["--valuemap-radius", /^\d{1,3}(\.\d{1,3})?(px|em)?$/],
  scheme: ["color-scheme", /^(light|dark)$/],
};

for (const [name, value] of new URLSearchParams(location.search)) {
  const [property, allowed] = Object.hasOwn(LOOK, name) ? LOOK[name] : [];
  if (allowed?.test(value)) root.style.setProperty(property, value);
}

for (const name of ["ready", "shown", "answered", "submitted", "closed", "error"]) {
  survey.addEventListener(`valuemap:${name}`, ({ detail }) => tell({ valuemap: "event", name, detail }));
}

addEventListener("message", async ({ source, data }) => {
  if (source !== parent || data?.valuemap !== "identify" || typeof data.jwt !== "string") return;
  await customElements.whenDefined("valuemap-survey");
  survey.identify(data.jwt);
});

new ResizeObserver(() => tell({ valuemap: "size", height: Math.ceil(root.getBoundingClientRect().height) })).observe(root);
