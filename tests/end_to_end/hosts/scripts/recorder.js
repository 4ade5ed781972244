// Notes what happens on a page, from before its first script on.
(() => {
  const recorded = { events: [], shift: 0, shifts: [], violations: [], visits: history.length };
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
    for (const { hadRecentInput, value, sources } of list.getEntries()) {
      if (hadRecentInput) continue;
      recorded.shift += value;
      for (const { node, previousRect, currentRect } of sources) {
        recorded.shifts.push(`${node?.localName} from ${previousRect.y} to ${currentRect.y}`);
      }
    }
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
