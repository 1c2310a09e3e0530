/** Converts bytes to base32 (RFC 4648), padded with "=". */
export function encodeBase32(data: Uint8Array | ArrayBuffer | string): string;
/** Converts base32 (RFC 4648), padded with "=", to bytes. */
export function decodeBase32(b32: string): Uint8Array;
