/**
 * HTTP beside other servers, on one machine and in one run: small responses to
 * 50 kept-alive connections under wrk, and a file of 1 GiB under curl.
 *
 * The servers take turns, round by round, and what is printed is the median of
 * the ratios within each round: absolute figures of a shared machine mean little.
 *
 * Usage: `deno run -A tests/bench/http_peers.ts [ROUNDS]`; needs wrk, curl, nginx
 * and Node.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a script: what it prints is its result

import { nginx } from "../support/foreign_http_nginx.ts";
import { folder, noise, sh } from "../support/foreign_http.ts";
import { Process } from "../support/processes.ts";

const ROUNDS = Number(Deno.args[0] ?? 15);
const HERE = new URL(".", import.meta.url).pathname;
const DENO = ["run", "-A", "--no-check"];

/** Something to be measured: where it is, and which process. */
interface Peer {
  readonly name: string;
  readonly url: string;
  readonly process?: Process;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}

/** Measures all in turns; prints each and its ratio to the first. */
async function compare(
  title: string,
  unit: string,
  peers: readonly Peer[],
  measure: (url: string) => Promise<number>,
): Promise<void> {
  // Whoever compiles while it runs is not what is measured.
  for (const { url } of peers) await measure(url);
  const figures = peers.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    // Nor who comes after whom.
    for (let i = 0; i < peers.length; i++) {
      const at = (i + round) % peers.length;
      figures[at]!.push(await measure(peers[at]!.url));
    }
  }
  console.log(`\n${title}, median of ${ROUNDS} rounds`);
  peers.forEach(({ name }, i) => {
    const ratios = figures[i]!.map((figure, round) =>
      figures[0]![round]! / figure
    );
    const figure = median(figures[i]!).toFixed(2).padStart(8);
    const ratio = i === 0
      ? ""
      : `  parley has ${median(ratios).toFixed(2)} of it`;
    console.log(`${name.padEnd(24)}${figure} ${unit}${ratio}`);
  });
}

async function start(
  name: string,
  file: string,
  args: string[],
): Promise<Peer> {
  const process = new Process(file, args);
  const [port] = await process.outputLine(/^\d+$/);
  return { name, url: `http://127.0.0.1:${port}/`, process };
}

async function smallResponses(): Promise<void> {
  const script = (file: string) => `${HERE}http_peers/${file}`;
  const peers = [
    await start("parley: serveHttp", "deno", [...DENO, script("parley.ts")]),
    await start("Node: http", "node", [script("node_http.cjs")]),
    await start("Deno.serve", "deno", [...DENO, script("deno_serve.ts")]),
    await start("loop by hand", "deno", [...DENO, script("hand_loop.ts")]),
  ];
  await compare("GET / on 50 connections", "k/s", peers, async (url) => {
    const report = await sh(`wrk -t1 -c50 -d1s ${url}`);
    return Number(/Requests\/sec:\s+([\d.]+)/.exec(report)![1]) / 1000;
  });
  for (const { process } of peers) await process![Symbol.asyncDispose]();
}

async function peakMiB(pid: number): Promise<string> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  const kib = Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]);
  return `${Math.round(kib / 1024)} MiB`;
}

async function download(): Promise<void> {
  await using files = await folder();
  await using fast = await nginx("sendfile on;");
  await using usual = await nginx("sendfile on; tcp_nopush on;");
  const path = `${files.path}/file`;
  const piece = noise(64 * 1024 * 1024);
  for (let i = 0; i < 16; i++) {
    await Deno.writeFile(path, piece, { append: true });
  }
  for (const { root } of [fast, usual]) await Deno.link(path, `${root}/file`);
  const server = `${HERE}../../cli/server.ts`;
  const args = [...DENO, server, "http", "0", "--root", files.path];
  await using process = new Process("deno", args);
  const [, url] = await process.line(/^listening on (.+)$/);
  const peers = [
    { name: "parley-server http", url: `${url}/file` },
    { name: "nginx, sendfile", url: `${fast.url}/file` },
    // As Debian's nginx.conf has it.
    { name: "nginx, and tcp_nopush", url: `${usual.url}/file` },
  ];
  const idle = await peakMiB(process.pid);
  await compare("1 GiB to curl", "GB/s", peers, async (url) => {
    const write = "-w '%{speed_download} %{size_download}'";
    const report = await sh(`curl -q -sS -o /dev/null ${write} ${url}`);
    const [speed, size] = report.split(" ");
    if (Number(size) !== 2 ** 30) throw new Error(`${url}: ${size} bytes`);
    return Number(speed) / 1e9;
  });
  const peak = await peakMiB(process.pid);
  console.log(`parley-server's memory: ${idle} before, at its peak ${peak}`);
}

await smallResponses();
await download();
