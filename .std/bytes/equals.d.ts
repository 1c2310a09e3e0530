/** Whether two byte arrays have the same bytes. */
export function equals(a: Uint8Array, b: Uint8Array): boolean;
