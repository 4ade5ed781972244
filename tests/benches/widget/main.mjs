// Measures the widget beside what a partner would use instead. `cargo xtask bench widget` installs and builds what this
// needs and says where it is.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { visit } from "./browser.mjs";
import { contenders } from "./contenders.mjs";
import { printBytes, printTimes, summary } from "./report.mjs";
import { asFile, startServer } from "./server.mjs";
import { questions } from "./survey.mjs";
import { startValuemap } from "./valuemap.mjs";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "11" },
    only: { type: "string" },
    json: { type: "boolean", default: false },
    /** Serves the pages, to be looked at, in place of measuring them. */
    serve: { type: "boolean", default: false },
  },
});

const setting = (name) => process.env[name] ?? fail(`${name} is not set: start this with \`cargo xtask bench widget\``);
const fail = (message) => {
  throw new Error(message);
};

const modules = setting("VALUEMAP_NODE_MODULES");
const require = createRequire(join(modules, "x"));
const tools = { modules, dist: setting("VALUEMAP_DIST"), esbuild: require("esbuild") };
const { chromium } = require("playwright-core");
const executable = setting("CHROMIUM");
const prompts = questions.map((question) => question.prompt);

let sent = [];
const files = new Map();
const server = await startServer(files, (path, bytes, status = 200) => sent.push({ path, bytes, status }));
const valuemap = await startValuemap(setting("VALUEMAP_TEST_SERVER"));
try {
  server.passOnTo(valuemap.address);
  const site = await valuemap.site(server.origin);
  const wanted = options.only?.split(",");
  const compared = (await contenders(tools, site)).filter(({ name }) => !wanted || wanted.includes(name));
  for (const contender of compared) contender.files.forEach((file, path) => files.set(path, file));

  if (options.serve) {
    for (const { name } of compared) console.log(`${server.origin}/${name}/`);
    await new Promise((resolve) => process.once("SIGINT", resolve));
  }

  const open = (contender, steps, slow) => {
    sent = [];
    const { name, parts } = contender;
    return visit({ chromium, executable, parts, prompts, steps, slow, url: `${server.origin}/${name}/` });
  };

  const bytes = {};
  for (const contender of compared) {
    const { name, preload } = contender;
    if (preload) {
      const like = compared.find((other) => other.name === contender.like) ?? fail(`${name} needs ${contender.like}`);
      files.set(`/${name}/`, asFile("index.html", preload(bytes[like.name].untouched.asked)));
    }
    const untouched = await open(contender, 0, false);
    const whilst = [...sent];
    const answered = await open(contender, prompts.length, false);
    bytes[name] = { untouched: { asked: preloadable(untouched.asked), ...parted(whilst, name) }, answered: parted(sent, name) };
    const complaints = [...new Set([...untouched.complaints, ...answered.complaints])];
    const missing = [...whilst, ...sent].filter(({ status }) => status === 404).map(({ path }) => path);
    for (const complaint of complaints) console.error(`${name}: ${complaint}`);
    if (missing.length) console.error(`${name}: 404 for ${[...new Set(missing)].join(", ")}`);
  }
  if (!options.json) printBytes(compared, bytes);

  const rounds = [];
  for (let round = 0; round < Number(options.rounds); round++) {
    const measured = {};
    // Each round begins with another one, so that nobody always comes after the same neighbour.
    for (let turn = 0; turn < compared.length; turn++) {
      const contender = compared[(turn + round) % compared.length];
      const { times, wire } = await open(contender, 1, true);
      measured[contender.name] = { first: times[0], second: times[1], wire };
    }
    rounds.push(measured);
    if (process.stderr.isTTY) process.stderr.write(`\rround ${round + 1} of ${options.rounds} `);
  }
  if (options.json) console.log(JSON.stringify({ bytes, times: summary(compared, rounds) }, null, 2));
  else printTimes(compared, rounds);
} finally {
  server.close();
  await valuemap.close();
}

/** What a page may name beforehand: what the widget asked for with GET, less the page. */
function preloadable(asked) {
  return asked.filter(({ type, method }) => method === "GET" && type !== "document");
}

/** The bytes of bodies by what they are: code and style, or the survey and its answers. The page itself is left out. */
function parted(sent, name) {
  const own = sent.filter(({ path }) => path !== `/${name}/`);
  const isData = ({ path }) => /survey\.json$|answers$|\/embed\/(graphql|surveys\/)|\/posthog\/(?!static)/.test(path);
  const sum = (parts) => parts.reduce((total, { bytes }) => total + bytes, 0);
  return { code: sum(own.filter((part) => !isData(part))), data: sum(own.filter(isData)), requests: own.length };
}
