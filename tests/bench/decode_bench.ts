/** Decoding without I/O: the main framings at three sizes, 64 KiB at a time. */

import { FrameDecoder } from "@parley/parley/framing";
import { decodeByHand, sample } from "./samples.ts";

const FRAMINGS = [
  "length:4",
  "length:2,le",
  "varint",
  "header:10",
  "netstring",
  "line",
  "delimiter:#*#",
  "content-length",
  "cobs",
];

let seen = 0;
const use = (message: Uint8Array) => {
  seen += message[0]!;
};

for (const size of [64, 1024, 64 * 1024]) {
  const group = `decode ${size} B messages, ${
    Math.ceil(4 * 2 ** 20 / size)
  } a pass`;
  const { chunks } = sample("length:4", size);
  Deno.bench({ name: "length:4 by hand", group, baseline: true }, () => {
    decodeByHand(chunks, use);
  });
  for (const spec of FRAMINGS) {
    // Two bytes hold no more than 65,535.
    if (spec.startsWith("length:2") && size > 65_535) continue;
    const { framing, chunks, count } = sample(spec, size);
    Deno.bench({ name: spec, group }, () => {
      const decoder = new FrameDecoder(framing);
      for (const chunk of chunks) {
        decoder.push(chunk);
        for (let m; (m = decoder.next()) !== undefined;) use(m);
      }
      if (decoder.end() !== undefined || decoder.count !== count) {
        throw new Error(`${spec} gave ${decoder.count} messages`);
      }
    });
  }
}

// What was computed has to be used, or it is not computed.
globalThis.addEventListener("unload", () => {
  if (seen === 0) throw new Error("Nothing was decoded");
});
