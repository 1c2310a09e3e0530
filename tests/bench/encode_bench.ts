/** Encoding without I/O: the main framings at three sizes, 64 KiB at a time. */

import { ByteSink } from "@parley/parley/framing";
import { CHUNK_BYTES, sample } from "./samples.ts";

const FRAMINGS = [
  "length:4",
  "varint",
  "header:10",
  "netstring",
  "line",
  "delimiter:#*#",
  "content-length",
  "cobs",
];

for (const size of [64, 1024, 64 * 1024]) {
  const { message, count } = sample("length:4", size);
  const group = `encode ${size} B messages, ${count} a pass`;
  Deno.bench({ name: "length:4 by hand", group, baseline: true }, () => {
    const bytes = new Uint8Array(CHUNK_BYTES + 4 + size);
    const view = new DataView(bytes.buffer);
    let end = 0;
    for (let i = 0; i < count; i++) {
      view.setUint32(end, size);
      bytes.set(message, end + 4);
      end += 4 + size;
      if (end >= CHUNK_BYTES) end = 0;
    }
  });
  for (const spec of FRAMINGS) {
    const encoder = sample(spec, size).framing
      .encoder({ maxMessageBytes: 2 ** 20 });
    Deno.bench({ name: spec, group }, () => {
      const sink = new ByteSink();
      for (let i = 0; i < count; i++) {
        encoder.encode(message, sink);
        if (sink.length >= CHUNK_BYTES) sink.clear();
      }
    });
  }
}
