/**
 * IP addresses as text: of which version, in which of their many spellings, and
 * whether they mean one machine or many.
 *
 * @module
 */

/** The version of an IP address. */
export type IpVersion = 4 | 6;

const IPV4 = /^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/;
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * Tells the version of an IP address.
 *
 * @param hostname An address in its canonical spelling, or a name.
 * @returns The version, or `undefined` for a name.
 */
export function ipVersion(hostname: string): IpVersion | undefined {
  if (hostname.includes(":")) return 6;
  return IPV4.test(hostname) ? 4 : undefined;
}

/**
 * Returns every interface of the version that reaches an address. What is bound to
 * that of IPv6 reaches both versions, so it serves names, which may have either.
 */
export function everyInterfaceFor(hostname: string): "0.0.0.0" | "::" {
  return ipVersion(hostname) === 4 ? "0.0.0.0" : "::";
}

/**
 * Returns the canonical spelling of an IP address, so that two can be compared.
 *
 * @param hostname An address in any spelling: `127.1`, `0:0:0:0:0:0:0:1`, or a
 * name, which is returned unchanged. An IPv4 address that a dual-stack socket
 * shows as `::ffff:127.0.0.1` becomes `127.0.0.1`. A zone after `%` is kept.
 */
export function canonicalIp(hostname: string): string {
  if (IPV4.test(hostname)) return hostname;
  const mapped = MAPPED.exec(hostname)?.[1];
  if (mapped !== undefined) return mapped;
  if (hostname.includes(":")) {
    const [digits, ...zone] = hostname.split("%");
    const url = URL.parse(`http://[${digits}]`);
    if (url === null) return hostname;
    return [fromMappedHex(url.hostname.slice(1, -1)), ...zone].join("%");
  }
  // Only text that a URL takes for numbers; other names stay unchanged.
  if (!/^[0-9]/.test(hostname)) return hostname;
  const numeric = URL.parse(`http://${hostname}`)?.hostname ?? hostname;
  return IPV4.test(numeric) ? numeric : hostname;
}

/** `::ffff:7f00:1`, as URLs spell it, is `127.0.0.1`. */
function fromMappedHex(address: string): string {
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address);
  if (mapped === null) return address;
  const bits = Number.parseInt(mapped[1]!, 16) * 0x1_0000 +
    Number.parseInt(mapped[2]!, 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join(".");
}

/**
 * Tells whether an IP address is a multicast group.
 *
 * @param address A canonical IP address.
 * @returns Whether it is in 224.0.0.0/4 or ff00::/8.
 */
export function isMulticast(address: string): boolean {
  if (address.includes(":")) return /^ff[0-9a-f]{2}:/i.test(address);
  const first = Number.parseInt(address, 10);
  return first >= 224 && first <= 239;
}

/**
 * Tells whether an IP address is loopback.
 *
 * @param address A canonical IP address.
 * @returns Whether it is in 127.0.0.0/8 or ::1.
 */
export function isLoopback(address: string): boolean {
  return address === "::1" || /^127\./.test(address);
}

/**
 * Tells whether an IP address is valid on one link only, so that it needs the
 * interface of that link.
 *
 * @param address A canonical IP address, with or without its interface.
 * @returns Whether it is in fe80::/10.
 */
export function isLinkLocal(address: string): boolean {
  return /^fe[89ab][0-9a-f]:/i.test(address);
}

/**
 * The interface in an IPv6 address.
 *
 * @param address An address such as `"fe80::1%eth0"`.
 * @returns What follows the `%`, or `undefined`.
 */
export function zoneOf(address: string): string | undefined {
  const at = address.indexOf("%");
  return at === -1 ? undefined : address.slice(at + 1);
}

/**
 * Adds the interface to an address that needs one and has none.
 *
 * @param address An IP address or a name.
 * @param zone The interface, if it is known.
 * @returns The address.
 */
export function inZone(address: string, zone: string | undefined): string {
  const isMissing = zone !== undefined && isLinkLocal(address) &&
    zoneOf(address) === undefined;
  return isMissing ? `${address}%${zone}` : address;
}

/**
 * The bytes of an IP address.
 *
 * @param address The address; a zone after `%` is ignored.
 * @returns Its 4 or 16 bytes, or `undefined` if the text is not an address.
 */
export function ipBytes(address: string): number[] | undefined {
  if (/^(\d{1,3}\.){3}\d{1,3}$/.test(address)) {
    const bytes = address.split(".").map(Number);
    return bytes.every((byte) => byte < 256) ? bytes : undefined;
  }
  const [digits = ""] = address.split("%");
  if (!digits.includes(":")) return undefined;
  const url = URL.parse(`http://[${digits}]`);
  if (url === null) return undefined;
  const [head = "", tail] = url.hostname.slice(1, -1).split("::");
  const groups = (part: string) => part === "" ? [] : part.split(":");
  const left = groups(head);
  const right = groups(tail ?? "");
  const zeros = Array<string>(8 - left.length - right.length).fill("0");
  return [...left, ...zeros, ...right]
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255]);
}
