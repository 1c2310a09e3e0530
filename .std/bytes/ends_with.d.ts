/** Returns whether the last bytes of `source` are `suffix`. */
export function endsWith(source: Uint8Array, suffix: Uint8Array): boolean;
