/**
 * What a loop on `conn.read` can reach that understands nothing: each read is
 * taken for one request, and the answer is always the same. Prints its port.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a script: what it prints is its result

const ANSWER = new TextEncoder().encode([
  "HTTP/1.1 200 OK",
  "content-type: text/plain;charset=UTF-8",
  "date: Sat, 21 Nov 2026 12:00:00 GMT",
  "content-length: 14",
  "",
  "Hello, world!\n",
].join("\r\n"));

async function answer(conn: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(4096);
  while (await conn.read(buffer) !== null) await conn.write(ANSWER);
  conn.close();
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
console.log(listener.addr.port);
for await (const conn of listener) answer(conn).catch(() => {});
