/**
 * Checks the options of a server before it listens.
 *
 * @module
 */

import { checkDuration } from "../../check.ts";
import type { EncodingLike } from "../../encoding/parse.ts";
import type {
  ProxyProtocolOptions,
  ProxyReader,
} from "../../transport/proxy/proxied.ts";
import { DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS } from "../defaults.ts";
import { type ServeOptions, slotLimits } from "./server_options.ts";
import type { SlotLimits } from "./slots.ts";

/** What the options of any server come to, whatever it speaks. */
export interface Checked {
  readonly limits: SlotLimits;
  readonly proxies: ProxyReader | undefined;
}

/**
 * Checks the options that every server has.
 *
 * @throws {TypeError} If a name or an address is invalid.
 * @throws {RangeError} If a number is out of its range.
 */
export async function checkedOptions(
  options: Partial<SlotLimits> & {
    readonly proxyProtocol?: ProxyProtocolOptions | undefined;
    readonly tlsHandshakeTimeoutMs?: number | undefined;
  },
): Promise<Checked> {
  const limits = slotLimits(options);
  const { tlsHandshakeTimeoutMs = DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS } = options;
  checkDuration("tlsHandshakeTimeoutMs", tlsHandshakeTimeoutMs);
  return { limits, proxies: await readerOf(options.proxyProtocol) };
}

/**
 * Refuses what `serve` would refuse. It is for programs that listen first and give
 * the listeners to `serve` later.
 *
 * @throws As {@linkcode checkedOptions}, and if the framing, the encoding and their
 * options do not go together.
 */
export async function checkServeOptions<E extends EncodingLike>(
  options: ServeOptions<E>,
): Promise<void> {
  const { Settings } = await import("../messages/settings.ts");
  new Settings(options, {}, "server");
  await checkedOptions(options);
}

/** Few servers stand behind a proxy, so what reads its header is loaded then. */
async function readerOf(
  options: ProxyProtocolOptions | undefined,
): Promise<ProxyReader | undefined> {
  if (options === undefined) return undefined;
  const { ProxyReader } = await import("../../transport/proxy/proxied.ts");
  return new ProxyReader(options);
}
