// Sends answers until the server has them. A submission has its identifier from before its first try, so sending it
// again is idempotent. Where storage is allowed it waits there, and another page sends it.
const PREFIX = "valuemap:outbox:";
const HOUR = 3600 * 1000;
const MONTH = 30 * 24 * HOUR;
/** Maximum number of bytes that browsers let outlive the page. */
const KEEPALIVE = 60_000;
const TIMEOUT = 15_000;
/** The member is told after so many tries; what comes then takes as long as it takes. */
const QUICK_TRIES = 3;

/** Ends every pause: the connection is back, the page is left, the member presses a button, or has signed in. */
const wake = new EventTarget();
export const hurry = () => wake.dispatchEvent(new Event("wake"));
for (const event of ["online", "pagehide", "valuemap:identified"]) addEventListener(event, hurry);

const pause = (milliseconds) =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
    wake.addEventListener("wake", resolve, { once: true });
  });

/** Doubles from half a second to a minute; a random half is taken off, so that a server that comes back is not met by all at once. */
const waitAfter = (tries, asked) => asked + Math.min(500 * 2 ** (tries - 1), 60_000) * (1 - Math.random() / 2);

const store = (key, value) => {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
};

/** Whom a token is about, and for which site. */
const subject = (jwt) => {
  try {
    const { sub, aud } = JSON.parse(atob(jwt.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")));
    return JSON.stringify([sub, aud]);
  } catch {}
};

/** One try: the server's answer, or what is in the way and whether it may pass. */
const attempt = async ({ server, query, input }) => {
  const body = JSON.stringify({ query, variables: { input } });
  // A proxy may speak in our server's place, or a network that wants a log-in first: that is not an answer either.
  const unreachable = { code: "UNREACHABLE", message: `${server} does not answer`, waiting: true, asked: 0 };
  try {
    const response = await fetch(server + "embed/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/graphql-response+json" },
      body,
      credentials: "omit",
      keepalive: body.length < KEEPALIVE,
      signal: AbortSignal.timeout(TIMEOUT),
    });
    const { data, errors } = await response.json();
    if (data) return { data };
    const [{ message, extensions }] = errors;
    const { status, headers } = response;
    const waiting = [401, 408, 425, 429].includes(status) || status >= 500;
    return { code: extensions.code, message, waiting, asked: (headers.get("retry-after") | 0) * 1000 };
  } catch {
    return unreachable;
  }
};

/** Tries until the answers are there or refused for good. `report` hears of a long wait, and of the end. */
const send = async (entry, identity, report, first) => {
  const { id, site } = entry.input;
  let isUnknown = false;
  /** A newer token of the same member. Whoever else is signed in by now did not give these answers. */
  const renew = () => {
    const [old, jwt] = [entry.input.identity, identity()];
    const fits = old ? subject(jwt) == subject(old) : isUnknown && Date.now() - entry.since < HOUR;
    if (jwt && jwt != old && fits) entry.input.identity = jwt;
    return entry.input.identity != old;
  };
  renew();
  for (let tries = 1; ; tries++) {
    const outcome = await (first ?? attempt(entry));
    first = undefined;
    if (!outcome.waiting) {
      store(PREFIX + id);
      if (entry.remembers && outcome.data?.submitResponse?.__typename == "Receipt") store("valuemap:seen:" + site, Date.now());
      return report(outcome);
    }
    isUnknown = outcome.code == "UNAUTHENTICATED";
    if (renew()) continue;
    if (isUnknown || tries >= QUICK_TRIES) report(outcome);
    await pause(isUnknown ? 1e9 : waitAfter(tries, outcome.asked));
    renew();
  }
};

/** One tab at a time sends a submission. Without locks (an insecure page) the server sees to it alone. */
const alone = (id, work) => navigator.locks?.request(PREFIX + id, work) ?? work();

export const deliver = ({ element, server, query, input, identity, report, tell }) => {
  const remembers = element.consent != "denied";
  const entry = { server, query, input: { ...input, identity: identity() }, since: Date.now(), remembers };
  if (remembers && !store(PREFIX + input.id, JSON.stringify(entry)))
    tell("error", { code: "STORAGE_BLOCKED", message: "answers that are not sent would not survive a reload: this page may not store anything" });
  // At once: where nothing may be stored, a page that is left in this moment has no second chance.
  const first = attempt(entry);
  return alone(input.id, () => send(entry, identity, report, first));
};

/** Sends what earlier pages could not. */
export const flush = (tell, identity) => {
  for (const key of Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))) {
    const id = key.slice(PREFIX.length);
    alone(id, () => {
      const text = localStorage.getItem(key);
      // Another tab has sent it.
      if (!text) return;
      let entry;
      try {
        entry = JSON.parse(text);
      } catch {}
      if (!(Date.now() - entry?.since < MONTH)) return store(key);
      return send(entry, identity, ({ data, code, message }) => {
        if (data?.submitResponse?.__typename == "Receipt") tell("submitted", { submissionId: id });
        else tell("error", { code: code ?? "REFUSED", message: message ?? "the server did not take answers of an earlier page" });
      });
    });
  }
};
