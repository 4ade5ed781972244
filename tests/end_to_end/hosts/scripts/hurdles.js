// What keeps somebody from using what the survey shows now, apart from what axe-core finds.
const root = document.querySelector("valuemap-survey")?.shadowRoot ?? document;
const hurdles = [];
const name = (element) => `${element.localName}[${element.type ?? element.getAttribute("part") ?? ""}] ${element.value ?? ""}`;

// WCAG 2.2, 2.5.8. The label of a control is part of its target.
for (const control of root.querySelectorAll("button, a[href], input, textarea, select, summary")) {
  if (!control.checkVisibility()) continue;
  const { width, height } = (control.closest("label") ?? control).getBoundingClientRect();
  if (width < 24 || height < 24) hurdles.push(`${name(control)} is a target of ${width} x ${height}`);
}

// 1.4.10: nothing has to be scrolled sideways.
const { scrollWidth } = document.scrollingElement;
if (scrollWidth > innerWidth) hurdles.push(`the page is ${scrollWidth} wide in a window of ${innerWidth}`);
for (const element of root.querySelectorAll("*")) {
  const { overflowX } = getComputedStyle(element);
  const scrolls = overflowX === "auto" || overflowX === "scroll";
  if (element.localName !== "textarea" && scrolls && element.scrollWidth > element.clientWidth + 1) {
    hurdles.push(`${name(element)} scrolls sideways`);
  }
  const { left, right, width } = element.getBoundingClientRect();
  if (width > 1 && element.checkVisibility() && (left < -1 || right > innerWidth + 1)) {
    hurdles.push(`${name(element)} is partly outside of the window`);
  }
}

if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
  const moving = [...document.getAnimations(), ...root.getAnimations()].filter((a) => a.playState === "running");
  for (const animation of moving) hurdles.push(`${animation.animationName ?? animation.transitionProperty} moves`);
}
return hurdles;
