/**
 * `Deno.serve` with the smallest handler, which is HTTP in Rust; prints its port.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a script: what it prints is its result

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.log(port),
}, () => new Response("Hello, world!\n"));
