// Uses the npm package as its users do: packed by npm, in folders of their own. `cargo xtask package --check` installs and
// builds what this needs and says where it is.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { asFile, startServer } from "../benches/widget/server.mjs";
import { questions } from "../benches/widget/survey.mjs";
import { startValuemap } from "../benches/widget/valuemap.mjs";

const fail = (message) => {
  throw new Error(message);
};
const setting = (name) => process.env[name] ?? fail(`${name} is not set: start this with \`cargo xtask package --check\``);

const sources = dirname(fileURLToPath(import.meta.url));
const built = setting("VALUEMAP_PACKAGE");
const modules = setting("VALUEMAP_NODE_MODULES");
const folder = mkdtempSync(join(tmpdir(), "valuemap-package-"));
/** Those who end up with nothing to say are good; what they say is the failure. */
const passed = [];
const check = async (what, work) => {
  try {
    await work();
  } catch (cause) {
    throw new Error(`${what}: ${cause.stdout ?? ""}${cause.stderr ?? ""}${cause.message}`);
  }
  passed.push(what);
  console.log(`ok: ${what}`);
};
const node = (script, words, options = {}) =>
  execFileSync(process.execPath, [script, ...words], { encoding: "utf8", stdio: "pipe", cwd: folder, ...options });

try {
  for (const name of readdirSync(sources)) {
    if (!name.endsWith(".mjs") && !name.startsWith(".") && !name.startsWith("package")) cpSync(join(sources, name), join(folder, name), { recursive: true });
  }
  const ours = install();
  const module = (name) => import(pathToFileURL(createRequire(join(modules, "x")).resolve(name)).href);

  await check("publint", async () => {
    const [{ publint }, { formatMessage }] = [await module("publint"), await module("publint/utils")];
    const { messages, pkg } = await publint({ pkgDir: built });
    if (messages.length) fail(messages.map((message) => formatMessage(message, pkg, { color: false })).join("\n"));
  });
  await check("are the types wrong? (profile esm-only)", () => {
    node(join(modules, "@arethetypeswrong/cli/dist/index.js"), ["--pack", ours, "--profile", "esm-only", "--no-emoji"]);
  });
  await check("types in TypeScript and JSX", () => node(join(modules, "typescript/bin/tsc"), ["--project", "react/tsconfig.json"]));
  await check("types in Vue templates", () => node(join(modules, "vue-tsc/bin/vue-tsc.js"), ["--project", "vue/tsconfig.json"]));
  await check("an import on a server does nothing", () => {
    for (const name of ["valuemap-survey", "valuemap-survey/react", "valuemap-survey/vue"]) {
      execFileSync(process.execPath, ["--input-type=module", "--eval", `await import("${name}")`], { cwd: folder, stdio: "pipe" });
    }
  });
  await inBrowser(ours, module);
  console.log(`${passed.length} passed, 0 failed`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Our package as npm would unpack it, beside those that it is used with. */
function install() {
  const home = join(folder, "node_modules");
  mkdirSync(home);
  for (const name of readdirSync(modules)) if (!name.startsWith(".")) symlinkSync(join(modules, name), join(home, name));
  const [{ filename }] = JSON.parse(execFileSync("npm", ["pack", built, "--json", "--pack-destination", folder], { encoding: "utf8", stdio: "pipe" }));
  execFileSync("tar", ["-xzf", filename], { cwd: folder });
  const ours = join(home, "valuemap-survey");
  cpSync(join(folder, "package"), ours, { recursive: true });
  return ours;
}

async function inBrowser(ours, module) {
  const { build, createLogger, createServer } = await module("vite");
  const plugins = {
    react: [(await module("@vitejs/plugin-react")).default()],
    vue: [(await module("@vitejs/plugin-vue")).default({ template: { compilerOptions: { isCustomElement: (tag) => tag.startsWith("valuemap-") } } })],
  };
  const { chromium } = createRequire(join(modules, "x"))("playwright-core");
  const files = new Map();
  const server = await startServer(files, () => {});
  const valuemap = await startValuemap(setting("VALUEMAP_TEST_SERVER"));
  const browser = await chromium.launch({ executablePath: setting("CHROMIUM"), args: ["--no-sandbox", "--disable-gpu"] });
  const shows = async (url) => {
    const site = await valuemap.site(new URL(url).origin);
    const page = await browser.newPage();
    const complaints = [];
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("response", (response) => response.ok() || complaints.push(`${response.status()} ${response.url()}`));
    await page.goto(`${url}?site=${site}&server=${valuemap.address}`);
    const seen = (error) => fail(`${error.message}\n${complaints.join("\n")}`);
    await page.getByText(questions[0].prompt).waitFor().catch(seen);
    await page.locator("input[type=radio]").nth(3).check();
    await page.locator("[data-action=next]").click();
    await page.getByText(questions[1].prompt).waitFor().catch(seen);
    // What the app heard by the events that it listens to.
    await page.locator("output", { hasText: `ready, ${questions[0].key}` }).waitFor().catch(seen);
    if (complaints.length) fail(complaints.join("\n"));
    await page.close();
  };

  try {
    await check("a page without a bundler", async () => {
      for (const name of readdirSync(ours)) files.set(`/plain/npm/${name}`, asFile(name, readFileSync(join(ours, name))));
      files.set("/plain/", asFile("index.html", readFileSync(join(folder, "plain/index.html"))));
      await shows(`${server.origin}/plain/`);
    });
    for (const [name, ofFramework] of Object.entries(plugins)) {
      const root = join(folder, name);
      await check(`${name}, built by Vite`, async () => {
        const complaints = [];
        const complain = (message) => complaints.push(message);
        const customLogger = createLogger("warn");
        customLogger.warn = customLogger.warnOnce = customLogger.error = complain;
        await build({ root, configFile: false, base: "./", plugins: ofFramework, customLogger, logLevel: "warn" });
        if (complaints.length) fail(complaints.join("\n"));
        for (const file of readdirSync(join(root, "dist"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())) {
          const path = join(file.parentPath, file.name);
          files.set(`/${name}/${path.slice(join(root, "dist/").length).replace(/^index\.html$/, "")}`, asFile(path, readFileSync(path)));
        }
        await shows(`${server.origin}/${name}/`);
      });
      await check(`${name}, served by Vite while it is written`, async () => {
        const vite = await createServer({
          root,
          configFile: false,
          plugins: ofFramework,
          logLevel: "error",
          server: { port: 0, host: "127.0.0.1", fs: { strict: false } },
        });
        try {
          await vite.listen();
          await shows(vite.resolvedUrls.local[0]);
        } finally {
          await vite.close();
        }
      });
    }
  } finally {
    await browser.close();
    await valuemap.close();
    server.close();
  }
}
