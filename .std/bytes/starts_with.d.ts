/** Returns whether the first bytes of `source` are `prefix`. */
export function startsWith(source: Uint8Array, prefix: Uint8Array): boolean;
