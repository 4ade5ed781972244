// What there is in place of a survey that cannot be shown: a page of ours in a frame, a form of ours behind a link, a
// calm sentence, or nothing. And for the partner: what to change.

/** How long a frame may take to say that it is there. */
const PATIENCE = 10_000;

/** Whether the page's policy keeps us from asking the server, or whether the server does not answer. */
const isForbidden = (server) =>
  new Promise((resolve) => {
    const watch = new AbortController();
    const know = (answer) => {
      watch.abort();
      resolve(answer);
    };
    document.addEventListener("securitypolicyviolation", ({ blockedURI }) => blockedURI.startsWith(server) && know(true), watch);
    // The event of the violation comes after the failure.
    fetch(`${server}livez`, { mode: "no-cors", credentials: "omit" }).then(
      () => know(false),
      () => setTimeout(know, 100, false),
    );
  });

const explain = async ({ element, server }, cause) => {
  if (!element.site) return ["SITE_MISSING", 'give the element its site key: site="pk_..."'];
  if (cause.extensions) return [cause.extensions.code, cause.message];
  if (!self.WebAssembly || cause instanceof WebAssembly.CompileError)
    return ["WASM_BLOCKED", "add 'wasm-unsafe-eval' to script-src of this page's Content-Security-Policy; until then the survey comes in a frame"];
  if (typeof cause != "string") return ["NOT_LOADED", `the survey's files do not load: ${cause.message}`];
  if (await isForbidden(server))
    return ["CONNECTION_BLOCKED", `add ${server} to connect-src of this page's Content-Security-Policy; until then the survey comes in a frame`];
  return ["UNREACHABLE", `${server} does not answer`];
};

/** A page of ours that holds the survey. Says whether it came. */
const framed = ({ element, server, tag, signal, tell, identity }, room) =>
  new Promise((resolve) => {
    const look = getComputedStyle(element);
    const query = new URLSearchParams({ lang: tag ?? element.lang, consent: element.consent, preview: element.preview ? "1" : "" });
    for (const name of ["accent", "surface", "text", "font", "radius"]) query.set(name, look.getPropertyValue(`--valuemap-${name}`).trim());
    const schemes = look.colorScheme.match(/light|dark/g) ?? ["light"];
    if (schemes.length == 1) query.set("scheme", schemes[0]);
    for (const [name, value] of [...query]) if (!value) query.delete(name);

    const frame = document.createElement("iframe");
    frame.src = `${server}embed/frame/${element.site}?${query}`;
    frame.title = "Survey";
    frame.setAttribute("part", "frame");
    Object.assign(frame.style, { display: "block", inlineSize: "100%", blockSize: "400px", border: "0" });
    const identify = () => identity() && frame.contentWindow?.postMessage({ valuemap: "identify", jwt: identity() }, server);
    addEventListener("valuemap:identified", identify, { signal });
    addEventListener(
      "message",
      ({ source, data }) => {
        if (source != frame.contentWindow) return;
        if (data?.valuemap == "size") {
          frame.style.blockSize = `${data.height}px`;
          identify();
          resolve(true);
        }
        if (data?.valuemap == "event" && data.name != "shown") tell(data.name, data.detail);
      },
      { signal },
    );
    const give = () => resolve(false);
    document.addEventListener("securitypolicyviolation", ({ blockedURI }) => server.startsWith(blockedURI) && give(), { signal });
    setTimeout(give, PATIENCE);
    room.replaceChildren(frame);
  });

/** What the partner put into the element for this, else a link. */
const plain = ({ element, server, tag }, room, words) => {
  const slot = document.createElement("slot");
  const link = document.createElement("a");
  link.href = `${server}embed/form/${element.site}?lang=${tag ?? element.lang}`;
  link.target = "_blank";
  link.textContent = words?.open_form ?? "Answer the survey on a page of its own";
  slot.append(link);
  room.replaceChildren(slot);
  room.style.minBlockSize = "auto";
  return true;
};

/** Says whether there is anything to see. */
export const fall = async (survey, room, cause) => {
  const { element, server, tell, signal, words } = survey;
  const [code, message] = await explain(survey, cause);
  tell("error", { code, message });
  const isOurs = new URL(server).origin == location.origin;
  const said = await words?.catch(() => {});
  if (signal.aborted) return false;
  if (/_BLOCKED$/.test(code)) {
    if (!isOurs) {
      if (await framed(survey, room)) return true;
      tell("error", { code: "FRAME_BLOCKED", message: `add ${server} to frame-src of this page's Content-Security-Policy` });
    }
    return plain(survey, room, said);
  }
  if (element.unavailable != "message") return room.remove();
  const sentence = document.createElement("p");
  sentence.textContent = said?.unavailable ?? "The survey cannot be shown at the moment.";
  room.replaceChildren(sentence);
  room.style.minBlockSize = "auto";
  return true;
};
