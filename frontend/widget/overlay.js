// When a survey comes that does not simply stand in the page, and the popover or modal that it comes in.

/** What this browser keeps under a name, where it may keep anything: what it is given, or else what it has. */
const kept = (key, value, storage = "localStorage") => {
  try {
    return value ? (self[storage][key] = value) : self[storage][key];
  } catch {}
};

/** Who a visitor without a name is while this page is open. */
const stranger = crypto.getRandomValues(new Uint32Array(4)).join("");

/** Who the page says that the member is. Nobody has checked it here, which is good enough to draw lots. */
const subject = (jwt) => {
  try {
    return JSON.parse(atob(jwt.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).sub;
  } catch {}
};

const visitor = ({ element, identity }) =>
  element.visitor ||
  subject(identity()) ||
  (element.consent == "granted" && kept("valuemap:visitor", kept("valuemap:visitor") || stranger)) ||
  stranger;

/** The lot that a text draws, from 0 to below 1: FNV-1a. */
const lot = (text) => {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ letter.codePointAt(), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
};

// An attribute that is not a number is ignored: every comparison with NaN is false.
const isDrawn = (survey) => !(lot(visitor(survey) + " " + survey.element.site) >= parseFloat(survey.element.sample));

const isTooSoon = ({ site, coolDown }, usual) => {
  const days = parseFloat(coolDown);
  const age = Date.now() - kept("valuemap:seen:" + site);
  // What was seen in the future was seen by a clock that was wrong.
  return age >= 0 && age < (days >= 0 ? days : usual) * 864e5;
};

/** What members have closed on this page. Where that may be stored, the whole tab knows. */
const dismissed = new Set();
const dismissal = ({ element, version }) => `valuemap:dismissed:${element.site}:${version}`;

const dismiss = (survey) => {
  const { preview, consent } = survey.element;
  if (preview) return;
  dismissed.add(dismissal(survey));
  if (consent != "denied") kept(dismissal(survey), 1, "sessionStorage");
};

const isDismissed = (survey) => dismissed.has(dismissal(survey)) || kept(dismissal(survey), undefined, "sessionStorage");

/** Whether no other tab shows the survey, and from then on none does until it is `gone`. */
const isOnlyOne = (site, gone) =>
  new Promise((resolve) => {
    const decide = (lock) => {
      resolve(lock);
      return lock && gone;
    };
    navigator.locks?.request("valuemap:shown:" + site, { ifAvailable: true }, decide).catch(resolve) ?? resolve(true);
  });

const on = (target, types, signal, act) => {
  for (const type of types.split(" ")) target.addEventListener(type, act, { signal, capture: true });
};

/** The addresses that a pattern with `*` for anything means. What is not ASCII is written in bytes there. */
const addresses = (pattern) =>
  RegExp(`^${pattern.replace(/[^ -~]+/g, encodeURI).replace(/[^*\w]/g, "\\$&").replace(/\*/g, ".*")}$`);

/** Whether so much of the page is behind. One that is too short to be scrolled is seen to its end. */
const isScrolled = (percent) => {
  const { scrollTop, scrollHeight, clientHeight } = document.scrollingElement ?? document.body;
  // Positions may be fractions where heights are rounded.
  return document.readyState == "complete" && scrollTop + 1 >= ((scrollHeight - clientHeight) * percent) / 100;
};

const isIn = (path, selector) => {
  try {
    return path.some((node) => node.matches?.(selector));
  } catch {
    // It is no selector.
  }
};

/** Calls `come` with the name of each trigger of the element that happens. Returns whether it has any. */
const listen = (element, signal, come) => {
  const { triggerExit: exit, triggerEvent: type, triggerClick: selector } = element;
  const seconds = parseFloat(element.triggerDelay);
  const percent = parseFloat(element.triggerScroll);
  if (seconds >= 0) {
    // A timer that is set for longer than it can count goes off at once.
    const timer = setTimeout(come, Math.min(seconds, 1e6) * 1e3, "delay");
    on(signal, "abort", undefined, () => clearTimeout(timer));
  }
  if (percent >= 0) {
    const look = () => isScrolled(percent) && come("scroll");
    on(window, "scroll resize load", signal, look);
    look();
  }
  // A finger that is lifted does not leave.
  const isLeaving = (event) => event.pointerType == "mouse" && !event.relatedTarget && event.clientY < 20;
  if (exit) on(document, "pointerout", signal, (event) => isLeaving(event) && come("exit"));
  if (type) on(window, type, signal, () => come("event"));
  if (selector) on(document, "click", signal, (event) => isIn(event.composedPath(), selector) && come("click"));
  return seconds >= 0 || percent >= 0 || exit || type || selector;
};

/** The place in the page where the element stands. */
const inPlace = (root) => ({
  frame: root,
  reveal: () => (root.lastElementChild.style.display = ""),
  conceal: () => (root.lastElementChild.style.display = "none"),
});

/** A place above the page. */
const above = (root, mode, close) => {
  const frame = Object.assign(document.createElement("dialog"), { className: mode, part: "overlay", popover: "manual", tabIndex: -1 });
  const button = Object.assign(document.createElement("button"), { part: "close", textContent: "×" });
  button.dataset.action = "close";
  root.append(frame);

  const byMember = () => close("member");
  /** What had the focus before the survey. */
  let before;
  on(frame, "focusin", undefined, ({ relatedTarget }) => frame.contains(relatedTarget) || (before = relatedTarget ?? before));
  frame.onclick = ({ target }) => target.closest("[data-action=close]") && byMember();
  frame.oncancel = byMember;
  frame.onkeydown = (event) => {
    // The focus is not in the survey yet when a member has just opened it.
    if (event.target == frame) frame.lastElementChild.onkeydown?.(event);
    if (event.key != "Escape" || event.isComposing) return;
    // It was meant for the survey, not for what the page has open.
    event.preventDefault();
    event.stopPropagation();
    byMember();
  };

  return {
    frame,
    reveal(isMember, say) {
      frame.ariaLabel = frame.querySelector("#title")?.textContent ?? say?.invitation;
      button.ariaLabel = say?.close ?? "Close";
      frame.lastElementChild.prepend(button);
      // What is inert is not given the focus for being shown. Only a member who asked for the survey is taken to it.
      frame.inert = true;
      isMember && mode == "modal" ? frame.showModal() : frame.showPopover();
      frame.inert = false;
      if (isMember) frame.focus({ preventScroll: true });
    },
    conceal() {
      const isInside = frame.contains(root.activeElement);
      frame.close();
      frame.hidePopover();
      if (isInside) before?.focus({ preventScroll: true });
    },
  };
};

/** Has the survey come when its attributes say so. Returns what opens and closes it. */
export const attend = (survey) => {
  const { element, root, signal, tell } = survey;
  const mode = ["popover", "modal"].find((mode) => mode == element.mode) ?? "inline";
  const isInline = mode == "inline";
  const address = element.triggerUrl && addresses(element.triggerUrl);
  let place;
  let drawn;
  let isShown;
  /** Ends what began when the survey was opened. */
  let leave;
  /** What there is while the page has the address for it. */
  let here;
  /** Of what comes by itself only the first is shown; the member may open the survey again. */
  let isSpent;

  const end = () => {
    leave?.();
    leave = undefined;
  };

  const close = (reason) => {
    end();
    if (!isShown) return;
    isShown = false;
    if (reason == "member") dismiss(survey);
    place.conceal();
    tell("closed", { reason });
  };

  /** What nobody asked for comes to those who are drawn, not too often, where somebody looks, and to one tab. */
  const mayCome = async (isAsked, gone) => {
    if (!isAsked) {
      if (!isDrawn(survey) || isTooSoon(element, isInline ? 0 : 30)) return;
      while (document.hidden) await new Promise((resolve) => on(document, "visibilitychange", signal, resolve));
    }
    return isInline || (await isOnlyOne(element.site, gone)) || isAsked;
  };

  const draw = async () => {
    place ??= isInline ? inPlace(root) : above(root, mode, close);
    if (await (drawn ??= survey.show(place.frame))) return true;
    // There may be something to see the next time.
    drawn = undefined;
    place.frame.lastElementChild?.remove();
  };

  const open = async (trigger) => {
    const isAsked = /click|page/.test(trigger);
    const isMember = isAsked && navigator.userActivation?.isActive;
    if (leave || signal.aborted || (isSpent && !isAsked)) return;
    isSpent = true;
    const gone = new Promise((resolve) => (leave = resolve));
    const mine = leave;
    const isThere =
      (await mayCome(isAsked, gone)) && leave == mine && (await draw()) && (isAsked || isInline || !isDismissed(survey));
    if (leave != mine) return;
    if (!isThere) return end();
    isShown = true;
    place.reveal(isMember, survey.say);
    if (element.consent == "granted") kept("valuemap:seen:" + element.site, Date.now());
    tell("shown", { mode, trigger });
  };

  const look = () => {
    const isHere = !signal.aborted && (!address || address.test(location.href) || address.test(location.pathname));
    if (isHere == !!here) return;
    here?.abort();
    here = isHere && new AbortController();
    if (here && !listen(element, here.signal, open) && (address || isInline)) open(address ? "url" : undefined);
  };
  look();
  on(signal, "abort", undefined, () => {
    end();
    look();
  });
  // Where there is no event for it, a look is taken after what usually changes the address: the history is the page's own.
  on(window.navigation ?? window, "currententrychange popstate click", signal, () => setTimeout(look, 300));

  return {
    open,
    close,
    /** The element has been moved in the page, which closes what was above it. */
    moved() {
      if (!isShown) return;
      place.conceal();
      place.reveal(false, survey.say);
    },
  };
};
