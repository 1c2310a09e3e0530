/**
 * Delivering 64-byte messages to their consumer: the same bytes, one consumer
 * form each. Delivering costs more than decoding, so this is where the forms of
 * the library differ.
 */

import { Address, type Connection, MessageConnection } from "@parley/parley";
import { FrameDecoder } from "@parley/parley/framing";
import { decodeFrames } from "@parley/parley/stream";
import { decodeByHand, sample } from "./samples.ts";

const { chunks, count, framing } = sample("length:4", 64);
const group = `deliver 64 B messages of length:4, ${count} a pass`;

/** A peer that has sent everything already: reading costs one copy and no wait. */
class SentAlready implements Connection {
  readonly localAddress = new Address("memory", "bench");
  readonly remoteAddress = new Address("memory", "bench");
  #next = 0;
  #rest: Uint8Array = new Uint8Array(0);

  read(into: Uint8Array): Promise<number | null> {
    if (this.#rest.length === 0) {
      const chunk = chunks[this.#next++];
      if (chunk === undefined) return Promise.resolve(null);
      this.#rest = chunk;
    }
    const size = Math.min(into.length, this.#rest.length);
    into.set(this.#rest.subarray(0, size));
    this.#rest = this.#rest.subarray(size);
    return Promise.resolve(size);
  }

  write = (bytes: Uint8Array) => Promise.resolve(bytes.length);
  closeWrite = () => Promise.resolve();
  close = () => {};
  abort = () => {};
}

function stream(): ReadableStream<Uint8Array> {
  let next = 0;
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks[next++];
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
  });
}

let seen = 0;
const use = (message: Uint8Array) => {
  seen++;
  if (message.length !== 64) throw new Error("wrong size");
};

function check(): void {
  if (seen !== count) throw new Error(`${seen} messages instead of ${count}`);
  seen = 0;
}

Deno.bench({ name: "by hand, synchronous", group, baseline: true }, () => {
  decodeByHand(chunks, use);
  check();
});

Deno.bench({ name: "FrameDecoder, synchronous", group }, () => {
  const decoder = new FrameDecoder(framing);
  for (const chunk of chunks) {
    decoder.push(chunk);
    for (let m; (m = decoder.next()) !== undefined;) use(m);
  }
  check();
});

Deno.bench({ name: "connection.batches({ reuse: true })", group }, async () => {
  const connection = new MessageConnection(new SentAlready(), { framing });
  for await (const batch of connection.batches({ reuse: true })) {
    for (const message of batch) use(message);
  }
  check();
});

Deno.bench({ name: "connection.batches()", group }, async () => {
  const connection = new MessageConnection(new SentAlready(), { framing });
  for await (const batch of connection.batches()) {
    for (const message of batch) use(message);
  }
  check();
});

Deno.bench({ name: "for await (message of connection)", group }, async () => {
  const connection = new MessageConnection(new SentAlready(), { framing });
  for await (const message of connection) use(message);
  check();
});

Deno.bench({ name: "await connection.receive()", group }, async () => {
  const connection = new MessageConnection(new SentAlready(), { framing });
  for (let m; (m = await connection.receive()) !== undefined;) use(m);
  check();
});

Deno.bench({ name: "decodeFrames, batches", group }, async () => {
  const batches = stream().pipeThrough(decodeFrames(framing, { batch: true }));
  for await (const batch of batches) for (const message of batch) use(message);
  check();
});

Deno.bench({ name: "decodeFrames, one chunk a message", group }, async () => {
  const messages = stream().pipeThrough(decodeFrames(framing));
  for await (const message of messages) use(message);
  check();
});
