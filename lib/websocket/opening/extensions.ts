/**
 * Agreeing on compression: the field `Sec-WebSocket-Extensions` (RFC 6455 section
 * 9, RFC 7692 section 7).
 *
 * @module
 */

import { ConnectionError } from "../../errors.ts";
import type { CompressionContext } from "../wire/deflate.ts";
import { parseExtensions } from "./extension_list.ts";

const NAME = "permessage-deflate";

/** How both directions are compressed. */
export interface Compression {
  readonly sending: CompressionContext;
  readonly receiving: CompressionContext;
}

/**
 * What a client offers: it keeps to any window, and compresses each message for
 * itself. The server then need not remember what it has received, even if its answer
 * does not repeat that (RFC 7692 section 7.1.1.2).
 */
export const OFFER =
  `${NAME}; client_no_context_takeover; client_max_window_bits`;

/** The server's choice of an offer. */
export interface Choice {
  readonly compression: Compression;
  /** The value of the field in the response. */
  readonly field: string;
}

/**
 * Chooses the first offer that this side can keep.
 *
 * @param fields The values of the request's fields.
 * @returns The choice, or `undefined` if there is no offer that fits.
 */
export function chooseOffer(fields: readonly string[]): Choice | undefined {
  for (const { name, parameters } of parseExtensions(fields) ?? []) {
    if (name !== NAME) continue;
    const choice = accept(parameters);
    if (choice !== undefined) return choice;
  }
  return undefined;
}

function accept(offer: ReadonlyMap<string, string>): Choice | undefined {
  const terms = termsOf(offer, true);
  if (terms === undefined) return undefined;
  const { clientBits, clientTakesOver, serverBits } = terms;
  // zlib cannot write raw data for a window of 256 bytes.
  if (serverBits < 9) return undefined;
  const field = [
    NAME,
    // Also if it was not asked for (section 7.1.1.1): the client needs no memory then.
    "server_no_context_takeover",
    ...(clientTakesOver ? [] : ["client_no_context_takeover"]),
    ...(serverBits < 15 ? [`server_max_window_bits=${serverBits}`] : []),
    // Offered with a value, it may be set; then the client has to keep to it.
    ...(clientBits < 15 ? [`client_max_window_bits=${clientBits}`] : []),
  ].join("; ");
  return {
    field,
    compression: {
      sending: { takesOver: false, windowBits: serverBits },
      receiving: { takesOver: clientTakesOver, windowBits: clientBits },
    },
  };
}

/**
 * Reads the server's choice.
 *
 * @param fields The values of the response's fields.
 * @param isOffered Whether this client has offered compression.
 * @returns How messages are compressed, or `undefined` if they are not.
 * @throws {ConnectionError} If the server chose what was not offered.
 */
export function readChoice(
  fields: readonly string[],
  isOffered: boolean,
): Compression | undefined {
  const chosen = parseExtensions(fields);
  if (chosen?.length === 0) return undefined;
  const [first, ...further] = chosen ?? [];
  const terms = first === undefined
    ? undefined
    : termsOf(first.parameters, false);
  if (
    !isOffered || first?.name !== NAME || further.length > 0 ||
    terms === undefined || terms.clientBits < 9
  ) {
    throw new ConnectionError("failed", {
      action: "agree on WebSocket",
      reason: `the server chose the extension "${
        fields.join(", ")
      }", which was not offered`,
    });
  }
  return {
    sending: {
      takesOver: false,
      windowBits: terms.clientBits,
    },
    receiving: {
      takesOver: terms.serverTakesOver,
      windowBits: terms.serverBits,
    },
  };
}

interface Terms {
  readonly serverTakesOver: boolean;
  readonly clientTakesOver: boolean;
  readonly serverBits: number;
  readonly clientBits: number;
}

/** The meaning of the parameters; `undefined` if one is unknown or invalid. */
function termsOf(
  parameters: ReadonlyMap<string, string>,
  isOffer: boolean,
): Terms | undefined {
  let serverTakesOver = true;
  let clientTakesOver = true;
  let serverBits = 15;
  let clientBits = 15;
  for (const [name, value] of parameters) {
    switch (name) {
      case "server_no_context_takeover":
        if (value !== "") return undefined;
        serverTakesOver = false;
        break;
      case "client_no_context_takeover":
        if (value !== "") return undefined;
        clientTakesOver = false;
        break;
      case "server_max_window_bits":
        if (!isBits(value)) return undefined;
        serverBits = Number(value);
        break;
      case "client_max_window_bits":
        // Without a value a client says that it could keep such a limit.
        if (value === "" && isOffer) break;
        if (!isBits(value)) return undefined;
        clientBits = Number(value);
        break;
      default:
        return undefined;
    }
  }
  return { serverTakesOver, clientTakesOver, serverBits, clientBits };
}

function isBits(value: string): boolean {
  return /^(?:8|9|1[0-5])$/.test(value);
}
