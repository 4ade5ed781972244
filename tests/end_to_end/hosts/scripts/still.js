// Waits until nothing that ends by itself moves any more: what fades in is faint only for a moment.
const root = document.querySelector("valuemap-survey")?.shadowRoot ?? document;
const ending = root.getAnimations().filter((animation) => animation.effect?.getComputedTiming().endTime < Infinity);
return Promise.allSettled(ending.map((animation) => animation.finished)).then(() => true);
