// Our server, with a community that shows the survey.
import { spawn, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { points, questions, title } from "./survey.mjs";

/** Starts the server on an empty database. `close` ends it and leaves nothing behind. */
export async function startValuemap(binary) {
  const folder = mkdtempSync(join(tmpdir(), "valuemap-bench-"));
  const env = { ...process.env, VALUEMAP_DATABASE_URL: `sqlite:${join(folder, "valuemap.db")}`, VALUEMAP_LOG: "warn" };
  const server = spawn(binary, ["serve", "--listen", "127.0.0.1:0", "--migrate"], { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  const close = async () => {
    server.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const address = await greeted(server);
    const run = (...words) => execFileSync(binary, words, { cwd: folder, env, encoding: "utf8", stdio: "pipe" });
    run("organisation", "Bench");
    const token = run("token", "create", "--name", "bench", "--write").trim();
    const ask = asking(address, token);
    const survey = await publish(ask);
    return { address, close, site: (origin) => site(ask, survey, origin) };
  } catch (cause) {
    await close();
    throw cause;
  }
}

async function greeted(server) {
  for await (const line of createInterface(server.stdout)) {
    const [, address] = line.match(/^Valuemap is at (\S+)/) ?? [];
    if (address) return address;
  }
  throw new Error("the server stopped before it listened");
}

const asking = (address, token) => async (query, variables) => {
  const headers = {
    authorization: `Bearer ${token}`,
    "content-type": "application/json",
    accept: "application/graphql-response+json",
    // A connection that waits for the next question may be gone by then.
    connection: "close",
  };
  const response = await fetch(`${address}/graphql`, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await response.json();
  if (errors) throw new Error(errors.map((error) => error.message).join("; "));
  return data;
};

/** Publishes the survey in a community of its own; returns its id. */
async function publish(ask) {
  const created = await ask('mutation { createCommunity(input: {name: "Bench"}) { ... on Community { surveys { id } } } }');
  const survey = created.createCommunity.surveys[0].id;
  const asked = questions.map(({ key, prompt }) => {
    const benefit = key.toUpperCase();
    return { key, prompt, kind: { agreement: { points, benefit } } };
  });
  const save = `mutation($survey: ID!, $title: String!, $asked: [QuestionInput!]!) {
    saveSurveyDraft(input: {survey: $survey, title: $title, questions: $asked}) { __typename }
    publishSurvey(input: {survey: $survey}) { __typename } }`;
  const { publishSurvey } = await ask(save, { survey, title, asked });
  if (publishSurvey.__typename !== "SurveyVersion") throw new Error(`the survey was not published: ${publishSurvey.__typename}`);
  return survey;
}

/** Makes a site whose pages have this origin; returns its key. */
async function site(ask, survey, origin) {
  const create = `mutation($survey: ID!, $origin: String!) {
    createSite(input: {survey: $survey, name: "Bench", origins: [$origin]}) { ... on Site { key } } }`;
  return (await ask(create, { survey, origin })).createSite.key;
}
