/**
 * An echo server of `length:4` as a good engineer would write it on `conn.read`
 * and `conn.write`: no limits, no deadlines, no errors told. Prints its port.
 */

const BYTES = 256 * 1024;

async function echo(conn: Deno.TcpConn): Promise<void> {
  conn.setNoDelay(true);
  let input = new Uint8Array(BYTES);
  let inputView = new DataView(input.buffer);
  let output = new Uint8Array(BYTES);
  let outputView = new DataView(output.buffer);
  let end = 0;
  for (;;) {
    const count = await conn.read(input.subarray(end));
    if (count === null) break;
    end += count;
    let start = 0;
    let filled = 0;
    while (end - start >= 4) {
      const size = inputView.getUint32(start);
      if (end - start - 4 < size) break;
      if (filled + 4 + size > output.length) {
        const bigger = new Uint8Array(2 * (filled + 4 + size));
        bigger.set(output.subarray(0, filled));
        output = bigger;
        outputView = new DataView(output.buffer);
      }
      const message = input.subarray(start + 4, start + 4 + size);
      outputView.setUint32(filled, size);
      output.set(message, filled + 4);
      filled += 4 + size;
      start += 4 + size;
    }
    for (let sent = 0; sent < filled;) {
      sent += await conn.write(output.subarray(sent, filled));
    }
    input.copyWithin(0, start, end);
    end -= start;
    if (end === input.length) {
      const bigger = new Uint8Array(2 * end);
      bigger.set(input);
      input = bigger;
      inputView = new DataView(input.buffer);
    }
  }
  conn.close();
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
// deno-lint-ignore no-console
console.log(listener.addr.port);
for await (const conn of listener) echo(conn).catch(() => {});
