// One small server for the files of all contenders, so that no one is measured on a better server than another. What is
// dynamic for Valuemap is passed on to the real one; what is dynamic for others comes from memory.
import { createServer, request } from "node:http";
import { brotliCompressSync, constants } from "node:zlib";

const TYPES = { css: "text/css", html: "text/html; charset=utf-8", js: "text/javascript", json: "application/json", wasm: "application/wasm" };

export const brotli = (content) => {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  return brotliCompressSync(content, { params });
};

/** What is sent for a path, compressed beforehand. */
export function asFile(path, content) {
  return { type: TYPES[path.split(".").pop()] ?? TYPES.json, body: brotli(Buffer.from(content)) };
}

/** Serves `files` (a Map of paths) on a free port. Every answer is reported to `onsent` with its path and the bytes of its body. */
export async function startServer(files, onsent) {
  let upstream;
  const server = createServer((asked, answer) => {
    const { pathname } = new URL(asked.url, "http://bench");
    const file = files.get(pathname);
    if (file) {
      asked.resume();
      answer.writeHead(200, {
        "content-type": file.type,
        "content-encoding": "br",
        "content-length": file.body.length,
        "cache-control": "public, max-age=31536000, immutable",
        vary: "accept-encoding",
      });
      answer.end(file.body);
      onsent(pathname, file.body.length);
    } else if (upstream && /^\/embed\/(graphql|surveys\/)/.test(pathname)) {
      passOn(upstream, asked, answer, (bytes) => onsent(pathname, bytes));
    } else {
      answer.writeHead(404).end();
      onsent(pathname, 0, 404);
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    passOnTo: (address) => (upstream = address),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function passOn(upstream, asked, answer, sent) {
  const onward = request(new URL(asked.url, upstream), { method: asked.method, headers: { ...asked.headers, host: new URL(upstream).host } });
  onward.on("response", (reply) => {
    answer.writeHead(reply.statusCode, reply.headers);
    let bytes = 0;
    reply.on("data", (part) => (bytes += part.length)).on("end", () => sent(bytes));
    reply.pipe(answer);
  });
  onward.on("error", () => answer.writeHead(502).end());
  asked.pipe(onward);
}
