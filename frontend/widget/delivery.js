// Sends answers until the server has them. A submission has its identifier from before its first try, so it may be sent
// again and again and is stored once. Where storage is allowed it waits there, and another page sends it.
const PREFIX = "valuemap:outbox:";
const MONTH = 30 * 24 * 3600 * 1000;
/** Most bytes that browsers let outlive the page. */
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

const store = (id, entry) => {
  try {
    if (entry) localStorage.setItem(PREFIX + id, JSON.stringify(entry));
    else localStorage.removeItem(PREFIX + id);
    return true;
  } catch {
    return false;
  }
};

/** One try: the server's answer, or what is in the way and whether it may pass. */
const attempt = async ({ server, query, input }) => {
  const body = JSON.stringify({ query, variables: { input } });
  const unreachable = { code: "UNREACHABLE", message: `${server} does not answer`, waiting: true, asked: 0 };
  let response;
  try {
    response = await fetch(server + "embed/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/graphql-response+json" },
      body,
      credentials: "omit",
      keepalive: body.length < KEEPALIVE,
      signal: AbortSignal.timeout(TIMEOUT),
    });
  } catch {
    return unreachable;
  }
  const { data, errors } = await response.json().catch(() => ({}));
  const { status } = response;
  if (data) return { data };
  const passes = [401, 408, 425, 429].includes(status) || status >= 500;
  // Without errors these are not our server's words: a proxy speaks in its place, or a network that wants a log-in.
  if (!errors) return { ...unreachable, waiting: passes || status < 400 };
  const asked = (response.headers.get("retry-after") | 0) * 1000;
  return { code: errors[0].extensions.code, message: errors[0].message, waiting: passes, asked };
};

/** Tries until the answers are there or refused for good. `report` hears of a long wait, and of the end. */
const send = async (entry, identity, report, first) => {
  const { id } = entry.input;
  for (let tries = 1; ; tries++) {
    entry.input.identity = identity() ?? entry.input.identity;
    const outcome = await (first ?? attempt(entry));
    first = undefined;
    if (!outcome.waiting) {
      store(id);
      return report(outcome);
    }
    const isUnknown = outcome.code == "UNAUTHENTICATED";
    if (isUnknown || tries == QUICK_TRIES) report(outcome);
    await pause(isUnknown ? 1e9 : waitAfter(tries, outcome.asked));
  }
};

/** One tab at a time sends a submission. Without locks (an insecure page) the server sees to it alone. */
const alone = (id, options, work) => navigator.locks?.request(PREFIX + id, options, work) ?? work(true);

export const deliver = ({ element, server, query, input, identity, report, tell }) => {
  const { consent, site } = element;
  const entry = { server, query, input: { ...input, identity: identity() }, since: Date.now() };
  if (consent != "denied" && !store(input.id, entry))
    tell("error", { code: "STORAGE_BLOCKED", message: "answers that are not sent would not survive a reload: this page may not store anything" });
  // At once: where nothing may be stored, a page that is left in this moment has no second chance.
  const first = attempt(entry);
  const heard = (outcome) => {
    report(outcome);
    if (outcome.data && consent != "denied")
      try {
        localStorage.setItem("valuemap:seen:" + site, Date.now());
      } catch {
        // The member may be asked again.
      }
  };
  return alone(input.id, {}, () => send(entry, identity, heard, first));
};

/** Sends what earlier pages could not. */
export const flush = (tell, identity) => {
  for (const key of Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))) {
    const id = key.slice(PREFIX.length);
    alone(id, { ifAvailable: true }, (lock) => {
      // Another tab has sent it, or is about to.
      const text = lock && localStorage.getItem(key);
      if (!text) return;
      let entry;
      try {
        entry = JSON.parse(text);
      } catch {}
      if (!(Date.now() - entry?.since < MONTH)) return store(id);
      return send(entry, identity, ({ data, code, message }) =>
        data ? tell("submitted", { submissionId: id }) : tell("error", { code, message }),
      );
    });
  }
};
