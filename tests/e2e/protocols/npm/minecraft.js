/**
 * MinecraftStatusPinger: `minecraft.js PORT` asks for the status, prints it.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a program: what it prints is its result

import process from "node:process";
import minecraft from "minecraftstatuspinger";

const [port] = process.argv.slice(2);
const { status, latency } = await minecraft.lookup({
  host: "127.0.0.1",
  port: Number(port),
  timeout: 10_000,
  ping: true,
  disableSRV: true,
});
console.log(JSON.stringify({
  description: status.description,
  favicon: status.favicon.length,
  pinged: latency >= 0,
}));
