/**
 * One attempt over HTTP: a request whose status is not an error.
 *
 * @module
 */

import { request } from "../../../lib/http/mod.ts";
import type { TlsDialOptions } from "../../../lib/transport/tls/mod.ts";
import type { Pattern } from "../../arguments/pattern.ts";
import { statusOf } from "../../http/client/judge_response.ts";
import { absent, type Probe, READY } from "../finding.ts";
import { unmatched } from "./answer.ts";

// As much of a body is looked at.
const MOST_BYTES = 64 * 1024;

/** Makes the attempt: a GET, and 2xx or 3xx as its answer. */
export function httpProbe(
  url: URL,
  expect: Pattern | undefined,
  tls: TlsDialOptions,
): Probe {
  return async (signal) => {
    const response = await request(url, {
      ...tls,
      bodyTimeoutMs: Infinity,
      connectTimeoutMs: Infinity,
      responseTimeoutMs: Infinity,
      signal,
      tlsHandshakeTimeoutMs: Infinity,
    });
    const { body, status } = response;
    if (status < 200 || status > 399) {
      await body?.cancel();
      return absent(`status ${status}`, `it answered ${statusOf(response)}`);
    }
    if (expect === undefined) {
      await body?.cancel();
      return READY;
    }
    const bytes = await firstBytes(body);
    return expect(bytes) ? READY : unmatched(bytes);
  };
}

async function firstBytes(
  body: ReadableStream<Uint8Array> | null,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(MOST_BYTES);
  let length = 0;
  for await (const chunk of body ?? []) {
    const piece = chunk.subarray(0, MOST_BYTES - length);
    bytes.set(piece, length);
    length += piece.length;
    // Leaving the loop cancels the rest.
    if (length === MOST_BYTES) break;
  }
  return bytes.subarray(0, length);
}
