/** Returns where `needle` first occurs in `source` from `start` on, or -1. */
export function indexOfNeedle(
  source: Uint8Array,
  needle: Uint8Array,
  start?: number,
): number;
