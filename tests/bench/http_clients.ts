/**
 * Small requests by `HttpClient` and by the platform's `fetch`, to `Deno.serve` in
 * a process of its own: one after the other, and fifty at a time.
 *
 * The two take turns, round by round, and what is printed is the median of the
 * ratios within each round: absolute figures of a shared machine mean little.
 *
 * Usage: `deno run -A tests/bench/http_clients.ts [ROUNDS]`
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a script: what it prints is its result

import { HttpClient } from "@parley/parley/http";
import { Process } from "../support/processes.ts";

const ROUNDS = Number(Deno.args[0] ?? 15);
const SAMPLE_MS = 200;
// It reads the bodies: where that is not done, Deno.serve ends the connection.
const SERVER = `
  Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => console.log(port),
  }, async (request) => {
    await request.arrayBuffer();
    return new Response("Hello, world!");
  });
`;

/** Asks all the time; gives the number of answers in a second. */
async function rate(
  ask: () => Promise<string>,
  atOnce: number,
): Promise<number> {
  const begun = performance.now();
  let count = 0;
  const asking = Array.from({ length: atOnce }, async () => {
    for (; performance.now() - begun < SAMPLE_MS; count++) await ask();
  });
  await Promise.all(asking);
  return count / (performance.now() - begun) * 1000;
}

await using server = new Process("deno", ["eval", SERVER]);
const [port] = await server.outputLine(/^\d+$/);
const url = `http://127.0.0.1:${port}/`;
await using client = new HttpClient();

for (
  const [what, init, atOnce] of [
    ["GET", {}, 1],
    ["GET", {}, 50],
    ["POST of 1 KiB", { method: "POST", body: new Uint8Array(1024) }, 1],
  ] as const
) {
  const byClient = async () => await (await client.request(url, init)).text();
  const byFetch = async () => await (await fetch(url, init)).text();
  const ratios: number[] = [];
  // The first is not counted: who compiles while it runs is not what is measured.
  for (let round = 0; round <= ROUNDS; round++) {
    const before = round % 2 === 0 ? await rate(byFetch, atOnce) : undefined;
    const ours = await rate(byClient, atOnce);
    const theirs = before ?? await rate(byFetch, atOnce);
    if (round > 0) ratios.push(ours / theirs);
  }
  ratios.sort((a, b) => a - b);
  const at = (part: number) => ratios[Math.floor(part * ROUNDS)]!.toFixed(2);
  console.log(
    `${what}, ${atOnce} at a time: HttpClient has ${
      at(1 / 2)
    } of fetch, the quartiles ${at(1 / 4)} and ${at(3 / 4)}`,
  );
}
