/**
 * The PROXY protocol: the first bytes of a connection, in which a proxy gives
 * its client's address. Versions 1 and 2, as in HAProxy's specification.
 *
 * ```text
 * v1  PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n
 * v2  0D 0A 0D 0A 00 0D 0A 51 55 49 54 0A  21 11 00 0C  addresses  TLVs
 * ```
 *
 * @module
 */

import { DEFAULT_MAX_PROXY_HEADER_BYTES } from "./header_limit.ts";
import { OptionTypeError } from "../../check.ts";
import { ProtocolError } from "../../errors.ts";
import { Address } from "../address.ts";
import { ipBytes } from "../ip.ts";

/** One more piece of information in a version 2 header. */
export interface ProxyTlv {
  /** Its type, 0 to 255, such as 2 for the host name in the TLS handshake. */
  readonly type: number;
  /** Its value; a copy. */
  readonly value: Uint8Array;
}

/** The content of a header. */
export interface ProxyHeader {
  /** Version of the header. */
  readonly version: 1 | 2;
  /**
   * The client's address, or `undefined` if the proxy is the client itself (a
   * health check) or does not know the address.
   */
  readonly source: Address | undefined;
  /** The address that the client connected to, or `undefined` likewise. */
  readonly destination: Address | undefined;
  /** Further information; version 2 only. */
  readonly tlvs: readonly ProxyTlv[];
}

/** A header and how many bytes it took. */
export interface ParsedProxyHeader extends ProxyHeader {
  /** Size of the header in bytes. The client's bytes follow. */
  readonly size: number;
}

// Section 2.1: the longest line, of two full IPv6 addresses, CR LF included.
const V1_LONGEST = 107;
const SIGNATURE = Uint8Array.of(
  ...[0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d],
  ...[0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a],
);
const V2_FIXED = 16;
// Version 2 and the command.
const LOCAL = 0x20;
const PROXY = 0x21;
const READ = "read the PROXY header";
const V1_START = new TextEncoder().encode("PROXY ");

/**
 * Reads a header from the first bytes of a connection.
 *
 * @param bytes Everything received so far.
 * @param maxBytes Largest header in bytes.
 * @returns The header, or `undefined` when more bytes are needed.
 * @throws {ProtocolError} If the bytes are not a header, or it is too large.
 *
 * @example A header and the client's first bytes
 * ```ts
 * import { parseProxyHeader } from "@parley/parley/proxy";
 * import { assertEquals } from "@std/assert";
 *
 * const line = "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\nhello";
 * const header = parseProxyHeader(new TextEncoder().encode(line));
 * assertEquals(String(header?.source), "tcp://192.0.2.1:56324");
 * assertEquals(line.slice(header?.size), "hello");
 * ```
 */
export function parseProxyHeader(
  bytes: Uint8Array,
  maxBytes: number = DEFAULT_MAX_PROXY_HEADER_BYTES,
): ParsedProxyHeader | undefined {
  if (bytes.length === 0) return undefined;
  if (begins(bytes, V1_START)) {
    return bytes.length < V1_START.length ? undefined : parseLine(bytes);
  }
  if (begins(bytes, SIGNATURE)) {
    return bytes.length < V2_FIXED ? undefined : parseBinary(bytes, maxBytes);
  }
  throw malformed(bytes, "it begins with neither of the two signatures");
}

/** Whether one is the beginning of the other. */
function begins(bytes: Uint8Array, signature: Uint8Array): boolean {
  return bytes.subarray(0, signature.length)
    .every((byte, i) => byte === signature[i]);
}

function malformed(bytes: Uint8Array, why: string): ProtocolError {
  const first = bytes.slice(0, 16);
  const hex = first.toHex().replace(/..(?=.)/g, "$& ");
  return new ProtocolError("malformed", {
    action: READ,
    reason: `${why}; it begins ${hex}`,
  }, { firstBytes: first });
}

function parseLine(bytes: Uint8Array): ParsedProxyHeader | undefined {
  const end = bytes.subarray(0, V1_LONGEST).indexOf(0x0a);
  if (end === -1) {
    if (bytes.length < V1_LONGEST) return undefined;
    throw malformed(bytes, `its line is longer than ${V1_LONGEST} bytes`);
  }
  const line = String.fromCharCode(...bytes.subarray(0, end + 1));
  const size = end + 1;
  // Text between UNKNOWN and the end of the line is ignored.
  if (/^PROXY UNKNOWN( [^\r\n]*)?\r\n$/.test(line)) {
    return {
      version: 1,
      source: undefined,
      destination: undefined,
      tlvs: [],
      size,
    };
  }
  const parts =
    /^PROXY (TCP[46]) (\S+) (\S+) (0|[1-9]\d{0,4}) (0|[1-9]\d{0,4})\r\n$/
      .exec(line);
  if (parts === null) throw malformed(bytes, "its line has no known form");
  const [, family, from = "", to = "", fromPort, toPort] = parts;
  const width = family === "TCP4" ? 4 : 16;
  for (const [text, port] of [[from, fromPort], [to, toPort]] as const) {
    if (ipBytes(text)?.length !== width) {
      throw malformed(bytes, `"${text}" is not an address of ${family}`);
    }
    if (Number(port) > 65_535) throw malformed(bytes, `${port} is not a port`);
  }
  return {
    version: 1,
    source: new Address("tcp", from, Number(fromPort)),
    destination: new Address("tcp", to, Number(toPort)),
    tlvs: [],
    size,
  };
}

function parseBinary(
  bytes: Uint8Array,
  maxBytes: number,
): ParsedProxyHeader | undefined {
  const [command, family] = [bytes[12]!, bytes[13]!];
  const rest = bytes[14]! * 256 + bytes[15]!;
  const size = V2_FIXED + rest;
  if (command !== LOCAL && command !== PROXY) {
    throw malformed(bytes, "its version is not 2 or its command is unknown");
  }
  if (size > maxBytes) {
    throw new ProtocolError("too_large", {
      action: READ,
      reason:
        `its declared size of ${size} bytes exceeds the limit of ${maxBytes} bytes`,
      option: "proxyProtocol.maxHeaderBytes",
    }, { declaredBytes: size, limitBytes: maxBytes });
  }
  if (bytes.length < size) return undefined;
  // LOCAL: the proxy speaks for itself, as load balancers do to check a server's
  // health. UNSPEC: it does not know its client. Both times the block is skipped
  // whole, whatever is in it (section 2.2).
  if (command === LOCAL || family >> 4 === 0) {
    return {
      version: 2,
      source: undefined,
      destination: undefined,
      tlvs: [],
      size,
    };
  }
  const body = bytes.subarray(V2_FIXED, size);
  const addressBytes = ADDRESS_BYTES[family >> 4];
  if (addressBytes === undefined || (family & 15) > 2) {
    throw malformed(bytes, "its address family is unknown");
  }
  if (body.length < addressBytes) {
    throw malformed(bytes, `its addresses need ${addressBytes} bytes`);
  }
  // This connection can be of no other family than TCP over IP. The
  // specification says to ignore the others.
  const known = family === 0x11 || family === 0x21;
  const [source, destination] = known
    ? addresses(body, family === 0x11 ? 4 : 16)
    : [undefined, undefined];
  return {
    version: 2,
    source,
    destination,
    tlvs: parseTlvs(bytes, body.subarray(addressBytes)),
    size,
  };
}

/** Section 2.2: bytes of both addresses, by family: none, IPv4, IPv6, Unix. */
const ADDRESS_BYTES: readonly number[] = [0, 12, 36, 216];

function addresses(body: Uint8Array, width: 4 | 16): [Address, Address] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const at = (index: number) =>
    new Address(
      "tcp",
      ipOf(body.subarray(index * width, (index + 1) * width)),
      view.getUint16(2 * width + 2 * index),
    );
  return [at(0), at(1)];
}

function ipOf(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2) {
    groups.push((bytes[i]! * 256 + bytes[i + 1]!).toString(16));
  }
  // The URL parser puts the :: in the canonical place.
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}

function parseTlvs(bytes: Uint8Array, rest: Uint8Array): ProxyTlv[] {
  const tlvs: ProxyTlv[] = [];
  for (let at = 0; at < rest.length;) {
    const size = rest.length - at < 3
      ? Infinity
      : rest[at + 1]! * 256 + rest[at + 2]!;
    if (at + 3 + size > rest.length) {
      throw malformed(bytes, "one of its TLVs is cut off");
    }
    tlvs.push({ type: rest[at]!, value: rest.slice(at + 3, at + 3 + size) });
    at += 3 + size;
  }
  return tlvs;
}

/**
 * Writes a header.
 *
 * @param version 1, a line of text, or 2, binary.
 * @param source The client's address; both must be IP addresses of one family.
 * `undefined` means that it is unknown, or that the proxy is the client itself.
 * @param destination The address that the client connected to.
 * @returns The bytes, to be sent before any others.
 * @throws {TypeError} If the addresses are of different families or are names.
 */
export function encodeProxyHeader(
  version: 1 | 2,
  source: Address | undefined,
  destination: Address | undefined,
): Uint8Array {
  if (source === undefined || destination === undefined) {
    return version === 1
      ? new TextEncoder().encode("PROXY UNKNOWN\r\n")
      : Uint8Array.of(...SIGNATURE, 0x20, 0, 0, 0);
  }
  const hosts = [source.hostname, destination.hostname] as const;
  const [from, to] = [ipBytes(hosts[0]), ipBytes(hosts[1])];
  if (from === undefined || to?.length !== from.length) {
    throw new OptionTypeError({
      action: `write a PROXY header from ${source} to`,
      address: `${destination}`,
      reason: "both must be IP addresses of the same family",
    });
  }
  const four = from.length === 4;
  if (version === 1) {
    return new TextEncoder().encode(
      `PROXY TCP${four ? 4 : 6} ${
        hosts.join(" ")
      } ${source.port} ${destination.port}\r\n`,
    );
  }
  const ports = [source.port, destination.port].flatMap((
    p,
  ) => [p >> 8, p & 255]);
  const size = from.length + to.length + ports.length;
  return Uint8Array.of(
    ...SIGNATURE,
    ...[0x21, four ? 0x11 : 0x21, size >> 8, size & 255],
    ...from,
    ...to,
    ...ports,
  );
}
