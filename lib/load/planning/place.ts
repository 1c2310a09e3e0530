/**
 * Where a run goes, and what is spoken there.
 *
 * @module
 */

import { OptionTypeError } from "../../check.ts";
import { givenFields } from "../../http/client/request/request_fields.ts";
import { parseTarget } from "../../http/client/connection/target.ts";
import { parseAddress } from "../../transport/address.ts";
import type { Transport } from "../../transport/transports.ts";
import type { LoadRequest } from "../links/http_link.ts";
import type { LoadOptions } from "../options.ts";
import type { Spoken } from "./spoken.ts";

/** Where connections are opened, and for what. */
export interface Place {
  /** The address that is dialled. */
  readonly opens: string;
  readonly spoken: Spoken;
  readonly request: LoadRequest | undefined;
}

/**
 * Reads the address or URL.
 *
 * @throws {TypeError} If it is invalid, or does not go together with an option.
 */
export function placeOf(options: LoadOptions): Place {
  const { address, headers, messages, method, size } = options;
  if (!/^https?:/i.test(address)) {
    const to = parseAddress(address);
    refuse("method", method, address);
    refuse("headers", headers?.map(([name]) => name).join(", "), address);
    return {
      opens: `${to}`,
      spoken: spokenOver(to.transport),
      request: undefined,
    };
  }
  const target = parseTarget(address);
  const hasBody = messages !== undefined || size !== undefined;
  return {
    opens: `${target.address}`,
    spoken: "http",
    request: {
      method: method ?? (hasBody ? "POST" : "GET"),
      target: target.path,
      headers: [
        ["host", target.host],
        ["accept", "*/*"],
        ...givenFields(headers?.map(([name, value]) => [name, value])),
      ],
    },
  };
}

function spokenOver(transport: Transport): Spoken {
  switch (transport) {
    case "udp":
      return "datagrams";
    case "ws":
    case "wss":
      return "websocket";
    default:
      return "messages";
  }
}

function refuse(
  option: string,
  value: string | undefined,
  address: string,
): void {
  if (value === undefined) return;
  throw new OptionTypeError({
    action: "use",
    option,
    value,
    reason: `it is for URLs of http: and https:, and not for ${address}`,
  });
}
