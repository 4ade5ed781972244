// Runs the audits of graphql-http against a server: node audit.mjs MODULES URL TOKEN. Prints one line of JSON an audit.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, url, token] = process.argv.slice(2);
const { serverAudits } = await import(pathToFileURL(join(modules, "graphql-http/lib/audits/index.mjs")));

const fetchFn = (address, request = {}) =>
  fetch(address, { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } });

for (const audit of serverAudits({ url, fetchFn })) {
  const { status, reason } = await audit.fn();
  console.log(JSON.stringify({ name: audit.name, status, reason }));
}
