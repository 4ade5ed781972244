// Notes what happens on a page, from before its first script on.
(() => {
  const recorded = { events: [], shift: 0, violations: [], visits: history.length };
  Object.defineProperty(window, "recorded", { value: recorded });
  for (const name of ["ready", "shown", "answered", "submitted", "closed", "error"]) {
    document.addEventListener(`valuemap:${name}`, (event) => {
      recorded.events.push({ name, detail: event.detail, site: event.target.getAttribute?.("site") ?? null });
    });
  }
  document.addEventListener("securitypolicyviolation", (event) => {
    recorded.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`);
  });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) recorded.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  // A reader who stands in a field of the page and has scrolled a little, from the first frame on.
  document.addEventListener("readystatechange", () => {
    if (document.readyState !== "interactive") return;
    document.querySelector("[data-focus]")?.focus({ preventScroll: true });
    requestAnimationFrame(() => {
      scrollTo(0, 40);
      recorded.placed = true;
    });
  });
})();
