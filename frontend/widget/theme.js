// Corrects a partner's colours where they could not be read (WCAG 2.2: 1.4.3 and 1.4.11). It is loaded only where a
// partner has set colours.

/** Relative luminance of sRGB, each part 0 to 1. */
const luminance = (colour) =>
  colour.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)).reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);

const contrast = (one, other) => {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};

/** Text, and what is not text but has to be seen. */
const TEXT = 4.5;
const SHAPE = 3;

export const correct = (room, signal) => {
  const host = room.getRootNode().host;
  const probe = document.createElement("i");
  /** Red, green, blue and opacity of anything that CSS takes for a colour. */
  const parts = (colour) => {
    probe.style.color = `color-mix(in srgb, ${colour}, ${colour})`;
    const [red, green, blue, opacity = 1] = getComputedStyle(probe).color.match(/[-\d.e]+(?=[ )])/g).map(Number);
    return [red, green, blue, opacity].map((part) => Math.min(Math.max(part, 0), 1));
  };
  /** What is seen where the colours lie on each other, the topmost first. */
  const seen = (colours) => {
    const [red, green, blue, opacity] = parts(colours[0]);
    if (opacity == 1 || colours.length == 1) return [red, green, blue];
    const below = seen(colours.slice(1));
    return [red, green, blue].map((part, at) => part * opacity + below[at] * (1 - opacity));
  };
  const behind = () => {
    const colours = [];
    for (let node = host; node; node = node.parentElement ?? node.getRootNode().host) colours.push(getComputedStyle(node).backgroundColor);
    return [...colours, "Canvas"];
  };
  const repair = () => {
    for (const name of ["--ink", "--accent", "--on-accent", "--muted", "--control"]) room.style.removeProperty(name);
    const theme = getComputedStyle(host);
    for (const name of ["text", "surface", "accent", "on-accent"]) {
      const value = theme.getPropertyValue(`--valuemap-${name}`);
      // What is no colour at all counts as not set.
      if (value && !CSS.supports("color", value)) room.style.setProperty(`--valuemap-${name}`, "initial");
    }
    room.append(probe);
    const under = behind();
    const colour = (name) => seen(name == "--surface" ? [`var(${name})`, ...under] : [`var(${name})`, "var(--surface)", ...under]);
    const better = (background) => (contrast([0, 0, 0], background) > contrast([1, 1, 1], background) ? "#000" : "#fff");
    const demand = (name, background, least, instead) => {
      if (contrast(colour(name), colour(background)) < least) room.style.setProperty(name, instead(colour(background)));
    };
    demand("--ink", "--surface", TEXT, better);
    demand("--accent", "--surface", SHAPE, () => "var(--ink)");
    demand("--on-accent", "--accent", TEXT, better);
    demand("--muted", "--surface", TEXT, () => "var(--ink)");
    demand("--control", "--surface", SHAPE, () => "var(--muted)");
    probe.remove();
  };
  repair();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repair, { signal });
};
