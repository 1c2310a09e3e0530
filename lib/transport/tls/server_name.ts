/**
 * The name that a client expects in the server's certificate.
 *
 * @module
 */

import { OptionTypeError } from "../../check.ts";
import type { Address } from "../address.ts";
import { ipVersion } from "../ip.ts";

// RFC 1123, section 2.1; with underscores, which some hosts have. What a URL
// makes of a name is in lower case and ASCII.
const LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?";
const NAME = new RegExp(`^(?=.{1,254}$)${LABEL}(?:\\.${LABEL})*\\.?$`);

/**
 * Gives the name to expect.
 *
 * @param serverName The option, if it is given.
 * @param address Where the server is; its host name is the default.
 * @returns A host name in ASCII, or an IP address.
 * @throws {TypeError} If it is neither.
 */
export function expectedName(
  serverName: string | undefined,
  address: Address,
): string {
  const given = serverName ?? address.hostname;
  // A certificate knows nothing of the interfaces of one machine.
  const [host = ""] = given.replace(/^\[(.+)\]$/, "$1").split("%");
  const bracketed = host.includes(":") ? `[${host}]` : host;
  const ascii = URL.parse(`http://${bracketed}/`)?.hostname;
  if (ascii !== undefined && host.includes(":")) return host;
  if (ascii !== undefined && ipVersion(ascii) === 4) return ascii;
  if (ascii !== undefined && NAME.test(ascii)) return ascii;
  throw new OptionTypeError({
    action: "use",
    option: "serverName",
    value: given,
    reason: "it must be a host name or an IP address",
  });
}
