/**
 * The limit of a PROXY header, apart from what reads one.
 *
 * @module
 */

/**
 * The default limit of a header: 2 KiB. Version 1 has at most 107 bytes;
 * version 2 allows 65,551, of which real proxies use a few hundred.
 */
export const DEFAULT_MAX_PROXY_HEADER_BYTES: number = 2048;
