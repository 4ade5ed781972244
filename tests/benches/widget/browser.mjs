// One visit: a browser that was never here, on a slow line and a slow machine or on neither.
import { readFileSync } from "node:fs";

const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** 1.6 Mbit/s, 150 ms, a quarter of the processor. */
const LINE = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 200_000 };
const SLOWDOWN = 4;
/** How long nothing may be asked for before a page counts as done, and how long anything may take. */
const QUIET = 700;
const PATIENCE = 60_000;

const driver = readFileSync(new URL("driver.js", import.meta.url), "utf8").trim().replace(/;$/, "");

/**
 * Visits a contender's page and answers its first `steps` questions. Returns the times at which questions were visible, in
 * ms since the navigation began, what the browser asked for and the bytes over the wire, headers included.
 */
export async function visit({ chromium, executable, url, parts, prompts, steps, slow }) {
  const browser = await chromium.launch({ executablePath: executable, args: ARGUMENTS });
  try {
    const page = await browser.newPage({ viewport: { width: 1024, height: 768 } });
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Network.enable");
    let wire = 0;
    devtools.on("Network.loadingFinished", ({ encodedDataLength }) => (wire += encodedDataLength));
    if (slow) {
      await devtools.send("Network.emulateNetworkConditions", LINE);
      await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
    }
    const { asked, complaints, quiet } = watch(page);
    await page.addInitScript(`(${driver})(${JSON.stringify({ parts, prompts, steps })})`);
    await page.goto(url, { waitUntil: "commit" });
    const expected = Math.min(steps + 1, prompts.length);
    const done = ({ expected, steps }) => window.bench.shown >= expected && window.bench.answered >= steps;
    await page.waitForFunction(done, { expected, steps }, { timeout: PATIENCE }).catch(() => {
      throw new Error(`${url} showed no question ${expected}, or took no answer to it. ${complaints.join("; ")}`);
    });
    if (!slow) await quiet();
    return { times: await page.evaluate(() => window.bench.times), asked, wire, complaints };
  } finally {
    await browser.close();
  }
}

function watch(page) {
  const [asked, complaints] = [[], []];
  let open = 0;
  let last = Date.now();
  page.on("request", (request) => {
    open++;
    const { pathname, search } = new URL(request.url());
    asked.push({ path: pathname + search, type: request.resourceType(), method: request.method() });
  });
  for (const end of ["requestfinished", "requestfailed"]) {
    page.on(end, () => {
      open--;
      last = Date.now();
    });
  }
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  const quiet = async () => {
    for (const start = Date.now(); (open > 0 || Date.now() - last < QUIET) && Date.now() - start < PATIENCE; ) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  return { asked, complaints, quiet };
}
