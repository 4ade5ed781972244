// What is compared. Each contender is a page, the files that it loads, and where on it the survey is to be found.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { ends, points, questions, title } from "./survey.mjs";
import { asFile, brotli } from "./server.mjs";

const pages = join(dirname(fileURLToPath(import.meta.url)), "pages");

/** `tools` has esbuild, the folder node_modules and the folder dist; `site` is the key of our site. */
export async function contenders(tools, site) {
  const all = [preact, valuemap, surveyjs, posthog, formbricks];
  return (await Promise.all(all.map((contender) => contender(tools, site)))).flat();
}

const page = (head, body) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
  `<title>Forum</title><link rel="icon" href="data:,">${head}</head><body><h1>Forum</h1>${body}</body></html>`;

/** A page of its own in /NAME/, which loads one bundle and a style sheet if there is one. */
async function bundled(tools, name, entry, survey) {
  const built = await tools.esbuild.build({
    entryPoints: [join(pages, entry)],
    nodePaths: [tools.modules],
    bundle: true,
    minify: true,
    write: false,
    outdir: "/bundle",
    entryNames: "page",
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    define: { "process.env.NODE_ENV": '"production"' },
    legalComments: "none",
  });
  const files = new Map(built.outputFiles.map(({ path, contents }) => [`/${name}/${path.split("/").pop()}`, asFile(path, contents)]));
  const style = files.has(`/${name}/page.css`) ? '<link rel="stylesheet" href="page.css">' : "";
  files.set(`/${name}/`, asFile("index.html", page(`${style}<script type="module" src="page.js"></script>`, '<div id="survey"></div>')));
  files.set(`/${name}/survey.json`, asFile("survey.json", JSON.stringify(survey)));
  files.set(`/${name}/answers`, asFile("answers.json", "{}"));
  return files;
}

const version = (tools, name) => JSON.parse(readFileSync(join(tools.modules, name, "package.json"), "utf8")).version;

async function preact(tools) {
  return {
    name: "preact",
    title: `Preact ${version(tools, "preact")}, written for this survey`,
    files: await bundled(tools, "preact", "preact.jsx", { title, questions, points, ends }),
    parts: { question: ".question", choice: "input[type=radio]", next: "button[type=submit]" },
  };
}

async function surveyjs(tools) {
  const elements = questions.map(({ key, prompt }) => ({
    type: "rating",
    name: key,
    title: prompt,
    rateMax: points,
    displayMode: "buttons",
    minRateDescription: ends[0],
    maxRateDescription: ends[1],
  }));
  const survey = { title, questionsOnPageMode: "questionPerPage", showProgressBar: true, elements };
  return {
    name: "surveyjs",
    title: `SurveyJS ${version(tools, "survey-core")}`,
    note: "survey-core and survey-js-ui, with the default style less its web fonts",
    files: await bundled(tools, "surveyjs", "surveyjs.js", survey),
    parts: { question: ".sd-question", choice: ".sd-rating input[type=radio]", next: ".sd-navigation__next-btn, .sd-navigation__complete-btn" },
  };
}

async function formbricks(tools) {
  const asked = questions.map(({ key, prompt }) => ({
    id: key,
    type: "rating",
    headline: prompt,
    required: false,
    scale: "number",
    range: points,
    lowerLabel: ends[0],
    upperLabel: ends[1],
    buttonLabel: "Next",
    backButtonLabel: "Back",
  }));
  const survey = {
    id: "bench",
    name: title,
    type: "link",
    welcomeCard: { enabled: false },
    thankYouCard: { enabled: true, headline: "Thank you" },
    questions: asked,
  };
  const core = await tools.esbuild.build({
    stdin: { contents: 'export { default } from "@formbricks/js"', resolveDir: pages },
    nodePaths: [tools.modules],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
  });
  const more = brotli(core.outputFiles[0].contents).length;
  return {
    name: "formbricks",
    title: `Formbricks surveys ${version(tools, "@formbricks/surveys")}`,
    note:
      "the newest renderer on npm, of 2024, called directly; today's comes from a Formbricks server only. What npm ships today, " +
      `@formbricks/js ${version(tools, "@formbricks/js")}, is ${more.toLocaleString("en")} bytes that load it and show nothing by themselves`,
    files: await bundled(tools, "formbricks", "formbricks.js", survey),
    parts: { question: "#fbjs form", choice: "input[type=radio]", next: "#fbjs button[type=submit]" },
  };
}

async function posthog(tools) {
  const files = new Map();
  const dist = (file) => readFileSync(join(tools.modules, "posthog-js/dist", file));
  files.set("/posthog/static/array.js", asFile("array.js", dist("array.js")));
  files.set(`/posthog/static/${version(tools, "posthog-js")}/surveys.js`, asFile("surveys.js", dist("surveys.js")));
  const asked = questions.map(({ key, prompt }) => ({
    id: key,
    type: "rating",
    question: prompt,
    display: "number",
    scale: points,
    lowerBoundLabel: ends[0],
    upperBoundLabel: ends[1],
    buttonText: "Next",
    optional: true,
  }));
  const survey = { id: "bench", name: title, type: "api", start_date: "2026-01-01T00:00:00Z", questions: asked, appearance: { displayThankYouMessage: true } };
  files.set("/posthog/api/surveys/", asFile("surveys.json", JSON.stringify({ surveys: [survey], survey_config: {} })));
  for (const path of ["/posthog/i/v0/e/", "/posthog/e/", "/posthog/flags/"]) files.set(path, asFile("answer.json", '{"status":1}'));
  const snippet = await tools.esbuild.transform(readFileSync(join(pages, "posthog.js"), "utf8"), { minify: true });
  const head = `<script>${snippet.code}</script><script async src="/posthog/static/array.js"></script>`;
  files.set("/posthog/", asFile("index.html", page(head, '<div id="survey"></div>')));
  return {
    name: "posthog",
    title: `PostHog ${version(tools, "posthog-js")}`,
    note: "array.js and surveys.js, everything but surveys turned off, the remote configuration in the page",
    files,
    parts: { question: ".survey-question", choice: ".ratings-number", next: ".form-submit" },
  };
}

async function valuemap(tools, site) {
  const files = new Map();
  const dist = join(tools.dist, "embed/v1");
  for (const file of readdirSync(dist, { recursive: true })) {
    if (/\.(js|css|json|wasm)$/.test(file)) files.set(`/embed/v1/${file}`, asFile(file, readFileSync(join(dist, file))));
  }
  const script = '<script type="module" src="/embed/v1/valuemap.js"></script>';
  const element = (attributes = "") => `<valuemap-survey site="${site}"${attributes}></valuemap-survey>`;
  const parts = {
    host: "valuemap-survey",
    question: "[part~=question]",
    choice: "input[type=radio]",
    next: "[data-action=next], [data-action=send]",
  };
  files.set("/valuemap/", asFile("index.html", page(script, element())));
  files.set("/valuemap-eager/", asFile("index.html", page(script, element(' load="eager"'))));
  const plain = { name: "valuemap", title: "Valuemap", files, parts };
  return [
    plain,
    { name: "valuemap-eager", title: 'Valuemap, load="eager"', files: new Map(), parts },
    {
      name: "valuemap-preload",
      title: "Valuemap, with preload lines",
      note: "the snippet names what an untouched page view loads",
      files: new Map(),
      parts,
      /** `asked` is what the browser asked for on the page without the lines. */
      preload: (asked) => page(asked.map(preloadLine).join("") + script, element()),
      like: "valuemap",
    },
  ];
}

const preloadLine = ({ path, type }) =>
  type === "script"
    ? `<link rel="modulepreload" href="${path}">`
    : `<link rel="preload" as="${type === "stylesheet" ? "style" : "fetch"}" crossorigin href="${path}">`;
