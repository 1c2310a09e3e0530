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

type Request = Pick<RequestHead, "headers" | "method" | "target" | "version">;

/**
 * Decides about a request.
 *
 * @param path The only path that is served, or `""` for all.
 */
export function acceptRequest(
  request: Request,
  path: string,
  rules: OpeningRules,
): OpeningAnswer | OpeningRefusal {
  return refuseOther(request) ?? refuseFields(request) ??
    refusePlace(request, path, rules) ?? answer(request, rules);
}

/** Refuses a request that opens no WebSocket. */
function refuseOther(
  { headers, method, version }: Request,
): OpeningRefusal | undefined {
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
  return undefined;
}

/** Refuses a request that does not open it as the RFC says. */
function refuseFields({ headers }: Request): OpeningRefusal | undefined {
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
  if (keys.length !== 1 || !isOpeningKey(keys[0]!)) {
    return refuse(400, "Sec-WebSocket-Key must be 16 bytes in base64");
  }
  return undefined;
}

/** Refuses another path, and pages of other origins. */
function refusePlace(
  { headers, target }: Request,
  path: string,
  rules: OpeningRules,
): OpeningRefusal | undefined {
  if (path !== "" && target !== path && !target.startsWith(`${path}?`)) {
    return refuse(404, "There is no WebSocket at this path");
  }
  const origins = valuesOf(headers, "origin");
  if (origins.length > 1 || !isAllowed(origins[0], headers, rules)) {
    return refuse(403, `Pages of ${origins.join(", ")} may not connect`);
  }
  return undefined;
}

/** Accepts a request that nothing refuses. */
function answer({ headers }: Request, rules: OpeningRules): OpeningAnswer {
  const [key = ""] = valuesOf(headers, "sec-websocket-key");
  const [origin] = valuesOf(headers, "origin");
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
    origin,
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
