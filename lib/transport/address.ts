/**
 * Addresses as one string, the same in code, on the command line and in
 * messages.
 *
 * ```text
 * tcp://127.0.0.1:7342   tls://example.org:443   udp://[::1]:9001   unix:/run/app.sock
 * ws://127.0.0.1:8080/chat   wss://example.org/chat
 * 7342          tcp, loopback (127.0.0.1)
 * :7342         tcp, every interface, IPv4 and IPv6
 * host:7342     tcp
 * ```
 *
 * @module
 */

import { OptionRangeError, OptionTypeError } from "../check.ts";
import {
  defaultPortOf,
  formOf,
  type Transport,
  transportsOf,
  usesTls,
} from "./transports.ts";

export type { Transport };

const DEFAULT_HOST = "127.0.0.1";
const EVERY_INTERFACE = "::";

/** Where something listens, or where a peer is; immutable. */
export class Address {
  /** The transport that reaches it. */
  readonly transport: Transport;
  /**
   * Host name or IP address without brackets; `""` for Unix sockets. `"::"` is
   * every interface. An IPv6 address of one link keeps its interface, as in
   * `"fe80::1%eth0"`. For `"memory"` and `"stream"` it is a name.
   */
  readonly hostname: string;
  /** Port, 0 to 65535; 0 asks the system for one. 0 for Unix sockets. */
  readonly port: number;
  /**
   * Path of a Unix socket; what is asked for at a `ws:` or `wss:` address, such as
   * `"/chat"`, or `""` for any; `""` otherwise.
   */
  readonly path: string;

  /**
   * Creates an address.
   *
   * @param transport The transport.
   * @param hostname Host name or IP address without brackets; the path for
   * `"unix"`, a name for `"memory"` and `"stream"`.
   * @param port The port.
   * @param path What is asked for, for `"ws"` and `"wss"`.
   * @throws {RangeError} If the port is not an integer from 0 to 65535.
   * @throws {TypeError} If the host name or the path is empty.
   */
  constructor(transport: Transport, hostname: string, port = 0, path = "") {
    if (!Number.isInteger(port) || port < 0 || port > 65535) {
      throw new OptionRangeError({
        action: `use port ${port}`,
        reason: "it must be an integer from 0 to 65535",
      });
    }
    const form = formOf(transport);
    if (hostname === "") {
      throw new OptionTypeError({
        action: form === "path"
          ? "use an empty path"
          : "use an empty host name",
        reason: form === "path"
          ? `write for example "${transport}:/run/app.sock"`
          : 'write for example "127.0.0.1"',
      });
    }
    this.transport = transport;
    this.hostname = form === "path" ? "" : hostname.replace(/^\[(.+)\]$/, "$1");
    this.path = form === "path" ? hostname : form === "url" ? path : "";
    this.port = port;
  }

  /** Whether TLS protects what goes there: `"tls"` and `"wss"`. */
  get isTls(): boolean {
    return usesTls(this.transport);
  }

  /**
   * The canonical string, such as `tcp://[::1]:7342`.
   *
   * @returns The string. {@linkcode parseAddress} reads it back, except for
   * `"memory"` and `"stream"`.
   */
  toString(): string {
    const form = formOf(this.transport);
    if (form === "path" || form === "name") {
      return `${this.transport}:${this.path}${this.hostname}`;
    }
    const host = this.hostname.includes(":")
      ? `[${this.hostname}]`
      : this.hostname;
    return `${this.transport}://${host}:${this.port}${
      form === "url" ? this.path : ""
    }`;
  }
}

/**
 * Reads an address.
 *
 * @param text `tcp://host:port`, `tls://host:port`, `udp://host:port`,
 * `ws://host:port/path`, `wss://host:port/path`, `unix:path`, or a short form: `port`, `:port`, `host:port`.
 * @returns The address.
 * @throws {TypeError} If the text has none of these forms.
 * @throws {RangeError} If the port is not from 0 to 65535.
 *
 * @example The short forms
 * ```ts
 * import { parseAddress } from "@parley/parley";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(String(parseAddress("7342")), "tcp://127.0.0.1:7342");
 * assertEquals(String(parseAddress(":7342")), "tcp://[::]:7342");
 * assertEquals(String(parseAddress("[::1]:7342")), "tcp://[::1]:7342");
 * ```
 */
export function parseAddress(text: string): Address {
  for (const transport of transportsOf("path")) {
    const scheme = `${transport}:`;
    if (text.startsWith(scheme)) {
      return new Address(transport, text.slice(scheme.length));
    }
  }
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text);
  const rest = scheme === null ? text : text.slice(scheme[0].length);
  const transport = parseTransport(text, scheme?.[1]);
  return formOf(transport) === "url"
    ? parseUrl(text, transport, rest)
    : parseHostPort(text, transport, rest);
}

/** Reads `host:port/path?query`; the port and the path may be missing. */
function parseUrl(text: string, transport: Transport, rest: string): Address {
  const end = /[/?#]/.exec(rest)?.index ?? rest.length;
  const path = rest.slice(end);
  const from = path.startsWith("?") ? `/${path}` : path;
  if (path.includes("#")) {
    throw unusable(text, "an address of WebSocket has no fragment (#)");
  }
  if (!/^[\x21-\x7e]*$/.test(path)) {
    throw unusable(text, "its path must be percent-encoded");
  }
  // A browser asks for another path than the one that stands here.
  const asked = new URL(`http://host${path}`);
  if (path !== "" && `${asked.pathname}${asked.search}` !== from) {
    throw unusable(
      text,
      `a client that opens it asks for ${asked.pathname}${asked.search}`,
      `write ${transport}://${
        rest.slice(0, end)
      }${asked.pathname}${asked.search}`,
    );
  }
  const place = rest.slice(0, end);
  if (place.includes("@")) {
    throw unusable(
      text,
      "a name and a password cannot be in it",
      "send them in the field Authorization",
    );
  }
  const hasPort = /:[^\]]*$|^[0-9]*$/.test(place);
  const whole = hasPort ? place : `${place}:${defaultPortOf(transport)}`;
  const { hostname, port } = parseHostPort(text, transport, whole);
  return new Address(transport, hostname, port, from);
}

function parseTransport(text: string, scheme = "tcp"): Transport {
  const wanted = scheme.toLowerCase();
  const known = [...transportsOf("host"), ...transportsOf("url")];
  const transport = known.find((name) => name === wanted);
  if (transport !== undefined) return transport;
  const names = [...known, ...transportsOf("path")];
  const last = names.pop();
  throw unusable(
    text,
    `its scheme must be ${names.join(", ")} or ${last}, not "${scheme}"`,
    insteadOf(text),
  );
}

/** What to write for the address of a web server: HTTP is spoken over these. */
function insteadOf(text: string): string | undefined {
  const [, scheme, host = ""] = /^(https?):\/\/([^/?#@]+)(?:$|[/?#])/i
    .exec(text) ?? [];
  if (!scheme) return undefined;
  const [name, port] = scheme.length > 4 ? ["tls", 443] : ["tcp", 80];
  return `write ${name}://${host}${/:[^\]]*$/.test(host) ? "" : `:${port}`}`;
}

const FORMS =
  'write for example "tcp://127.0.0.1:7342", "host:7342", ":7342" or "7342"';

// Without a colon the one part is a port, not a host.
const HOST_PORT =
  /^(?:(?<host>\[[^\]\s]*\]|[^\s:/[\]@]*):)?(?<port>[^\s:/[\]@]*)$/;

function parseHostPort(
  text: string,
  transport: Transport,
  rest: string,
): Address {
  const { host, port = "" } = HOST_PORT.exec(rest)?.groups ?? {};
  if (port === "" || (host === undefined && !/^[0-9]+$/.test(port))) {
    const { advice, reason } = missing(rest);
    throw unusable(text, reason, advice);
  }
  if (!/^[0-9]+$/.test(port)) {
    throw unusable(
      text,
      `the port "${port}" is not a number from 0 to 65535`,
    );
  }
  return new Address(transport, parseHost(text, host), Number(port));
}

function parseHost(text: string, host: string | undefined): string {
  if (host === undefined) return DEFAULT_HOST;
  if (host === "") return EVERY_INTERFACE;
  if (!host.startsWith("[")) return host.toLowerCase();
  const inside = host.slice(1, -1);
  if (!isIpv6(inside)) {
    throw unusable(text, `"${inside}" is not an IPv6 address`);
  }
  // The name of an interface follows the %. Its case matters.
  // In URLs the % is written %25 (RFC 6874); %25 alone is interface number 25.
  const [digits = "", ...zone] = inside.replace(/%25(?=[A-Za-z])/, "%")
    .split("%");
  return [digits.toLowerCase(), ...zone].join("%");
}

function missing(rest: string): { reason: string; advice: string } {
  if (isIpv6(rest)) {
    return {
      reason: "an IPv6 address needs brackets and a port",
      advice: 'write for example "[::1]:7342"',
    };
  }
  if (rest.startsWith("/")) {
    return {
      reason: "a path needs its scheme",
      advice: 'write for example "unix:/run/app.sock"',
    };
  }
  const isHost = /^(?:\[[^\]\s]+\]|[^\s:/[\]@]+):?$/.test(rest);
  const reason = isHost ? "it has no port" : "it is not an address";
  return { reason, advice: FORMS };
}

function unusable(
  text: string,
  reason: string,
  advice?: string,
): OptionTypeError {
  return new OptionTypeError({
    action: "use address",
    address: `"${text}"`,
    reason,
    advice,
  });
}

function isIpv6(text: string): boolean {
  const digits = /^([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)(?:%[^%\s]+)?$/.exec(text)
    ?.[1];
  return digits !== undefined && URL.canParse(`http://[${digits}]`);
}
