// The texts of the survey that stand out too little from what is behind them: WCAG 2.2, 1.4.3, without the exception for
// large text.
const root = document.querySelector("valuemap-survey")?.shadowRoot ?? document;
const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });

const rgba = (color) => {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = color;
  canvas.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
  return [red, green, blue, alpha / 255];
};
const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3]));
const luminance = (color) => {
  const linear = (part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(color[0]) + 0.7152 * linear(color[1]) + 0.0722 * linear(color[2]);
};
const parent = (element) => element.assignedSlot ?? element.parentElement ?? element.getRootNode().host;

/** What is painted below an element's text, from the top: what lies under the point, then what it stands in. */
const layers = (element, x, y) => {
  const stack = root.elementsFromPoint(x, y);
  const start = stack.indexOf(element);
  const around = [];
  for (let at = element; at; at = parent(at)) around.push(at);
  // What the pointer goes through is not in the stack, and lies above it.
  return start < 0 ? [element, ...stack, ...around] : [...stack.slice(start), ...around];
};
const background = (element, x, y) => {
  let paints = [];
  for (const layer of layers(element, x, y)) {
    const paint = rgba(getComputedStyle(layer).backgroundColor);
    paints.unshift(paint);
    if (paint[3] === 1) break;
  }
  const page = rgba(getComputedStyle(document.documentElement).colorScheme.includes("dark") ? "#121212" : "#fff");
  return paints.reduce((under, paint) => over(paint, under), page);
};

const faint = [];
const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const text = walker.currentNode;
  const element = text.parentElement;
  if (!text.data.trim() || !element?.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
  const range = document.createRange();
  range.selectNodeContents(text);
  element.scrollIntoView({ block: "center" });
  const box = range.getBoundingClientRect();
  // What only a screen reader finds.
  if (box.width < 2 || element.getBoundingClientRect().width < 2) continue;
  const behind = background(element, box.x + box.width / 2, box.y + box.height / 2);
  const [one, other] = [luminance(over(rgba(getComputedStyle(element).color), behind)), luminance(behind)];
  const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  if (ratio < 4.5) faint.push(`${ratio.toFixed(2)} for "${text.data.trim().slice(0, 30)}"`);
}
return faint;
