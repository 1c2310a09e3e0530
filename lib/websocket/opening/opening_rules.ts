/**
 * Which requests for WebSocket a server accepts (RFC 6455 section 4.2.1).
 *
 * @module
 */

import type { HeaderField, RequestHead } from "../../http/wire/events.ts";
import { listHas, listOf, valuesOf } from "./header_values.ts";
import { chooseOffer, type Compression } from "./extensions.ts";
import { acceptKey, isOpeningKey, WEBSOCKET_VERSION } from "./opening_key.ts";

/** What a server allows. */
export interface OpeningRules {
  readonly deflate?: boolean;
  readonly origins?: "any" | readonly string[] | undefined;
  readonly protocols?: readonly string[];
}

/** The answer to a request that is accepted. */
export interface OpeningAnswer {
  readonly headers: readonly HeaderField[];
  readonly protocol: string;
  readonly compression: Compression | undefined;
  /** The page's origin, if the client is a browser. */
  readonly origin: string | undefined;
}

/** The answer to a request that is refused. */
export interface OpeningRefusal {
  readonly status: number;
  readonly headers: readonly HeaderField[];
  /** The body, for a person, and the reason in the log. */
  readonly reason: string;
}

// The field Upgrade is for the next hop alone, so that Connection must name it (RFC
// 9110, section 7.8).
const ASKS_FOR_UPGRADE = [
  ["Upgrade", "websocket"],
  ["Connection", "Upgrade"],
] as const;

/**
 * Decides about a request.
 *
 * @param path The only path that is served, or `""` for all.
 */
export function acceptRequest(
  request: Pick<RequestHead, "headers" | "method" | "target" | "version">,
  path: string,
  rules: OpeningRules,
): OpeningAnswer | OpeningRefusal {
  const { headers, method, target, version } = request;
  if (
    !listHas(headers, "upgrade", "websocket") ||
    !listHas(headers, "connection", "upgrade")
  ) {
    return refuse(
      426,
      "This port speaks WebSocket; open it with a WebSocket client",
      ASKS_FOR_UPGRADE,
    );
  }
  if (method !== "GET") {
    return refuse(405, "A WebSocket opens with GET", [["Allow", "GET"]]);
  }
  if (version === "1.0") {
    return refuse(400, "A WebSocket opens with HTTP/1.1");
  }
  const lengths = valuesOf(headers, "content-length");
  if (
    lengths.some((length) => !/^0+$/.test(length)) ||
    valuesOf(headers, "transfer-encoding").length > 0
  ) {
    return refuse(400, "A request for WebSocket has no body");
  }
  const versions = valuesOf(headers, "sec-websocket-version");
  if (versions.join() !== WEBSOCKET_VERSION) {
    return refuse(426, `The version of WebSocket is ${WEBSOCKET_VERSION}`, [
      ...ASKS_FOR_UPGRADE,
      ["Sec-WebSocket-Version", WEBSOCKET_VERSION],
    ]);
  }
  const keys = valuesOf(headers, "sec-websocket-key");
  const [key = ""] = keys;
  if (keys.length !== 1 || !isOpeningKey(key)) {
    return refuse(400, "Sec-WebSocket-Key must be 16 bytes in base64");
  }
  if (path !== "" && target !== path && !target.startsWith(`${path}?`)) {
    return refuse(404, "There is no WebSocket at this path");
  }
  const origins = valuesOf(headers, "origin");
  if (origins.length > 1 || !isAllowed(origins[0], headers, rules)) {
    return refuse(403, `Pages of ${origins.join(", ")} may not connect`);
  }
  const asked = listOf(headers, "sec-websocket-protocol");
  const protocol = asked.find((name) => rules.protocols?.includes(name)) ?? "";
  const choice = rules.deflate === true
    ? chooseOffer(valuesOf(headers, "sec-websocket-extensions"))
    : undefined;
  return {
    headers: [
      ["Upgrade", "websocket"],
      ["Connection", "Upgrade"],
      ["Sec-WebSocket-Accept", acceptKey(key)],
      ...protocol === "" ? [] : [
        ["Sec-WebSocket-Protocol", protocol] as const,
      ],
      ...choice === undefined ? [] : [
        ["Sec-WebSocket-Extensions", choice.field] as const,
      ],
    ],
    protocol,
    compression: choice?.compression,
    origin: origins[0],
  };
}

function isAllowed(
  origin: string | undefined,
  headers: readonly HeaderField[],
  { origins }: OpeningRules,
): boolean {
  if (origin === undefined || origins === "any") return true;
  if (origins !== undefined) return origins.includes(origin);
  const [host = ""] = valuesOf(headers, "host");
  const page = URL.canParse(origin) ? new URL(origin) : undefined;
  // Browsers leave out the port that the scheme has by itself.
  return page !== undefined && page.host === host.toLowerCase();
}

function refuse(
  status: number,
  reason: string,
  headers: readonly HeaderField[] = [],
): OpeningRefusal {
  return { status, headers, reason };
}
