/**
 * Pieces of tests that run in a Node of their own.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Server } from "node:http";
import { within } from "./foreign_http.ts";
import { Process } from "./processes.ts";

/** What such a piece gets of Node. */
export interface NodeModules {
  /** Its `node:http`. */
  readonly http: typeof import("node:http");
  /** Its `node:crypto`. */
  readonly crypto: typeof import("node:crypto");
  /** Its `node:net`. */
  readonly net: typeof import("node:net");
  /** Its `node:zlib`. */
  readonly zlib: typeof import("node:zlib");
}

/** How long Node may take to start. */
const START_MS = 60_000;

const MODULES = `{ ${
  ["http", "crypto", "net", "zlib"].map((m) => `${m}: require("node:${m}")`)
} }`;

/**
 * Runs a function in Node.
 *
 * @param run The function. It sees nothing of the module it stands in.
 * @param args What it gets besides, by way of JSON.
 * @returns What it returned, by way of JSON.
 */
export async function inNode<Args extends unknown[], T>(
  run: (modules: NodeModules, ...args: Args) => Promise<T>,
  ...args: Args
): Promise<T> {
  const source = `(${run})(${MODULES}, ...${JSON.stringify(args)}).then(
    (value) => { console.log(JSON.stringify(value ?? null)); process.exit(); },
  )`;
  await using node = new Process("node", ["-e", source]);
  const { code, stdout, stderr } = await node.ended();
  assertEquals(code, 0, stderr);
  return JSON.parse(stdout);
}

/** A server in Node. */
export interface NodeServer extends AsyncDisposable {
  /** Its URL, without a slash at the end. */
  readonly url: string;
}

/**
 * Runs a server in Node until it is disposed of.
 *
 * @param make Makes the server. It sees nothing of the module it stands in.
 * @returns The server, listening on a free port of the loopback.
 */
export async function nodeServer(
  make: (modules: NodeModules) => Server,
): Promise<NodeServer> {
  const source = `const server = (${make})(${MODULES});
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));`;
  const node = new Process("node", ["-e", source]);
  try {
    const line = node.outputLine(/^\d+$/);
    const [port] = await within(START_MS, "Node to listen", line);
    return {
      url: `http://127.0.0.1:${port}`,
      [Symbol.asyncDispose]: () => node[Symbol.asyncDispose](),
    };
  } catch (error) {
    await node[Symbol.asyncDispose]();
    throw error;
  }
}
