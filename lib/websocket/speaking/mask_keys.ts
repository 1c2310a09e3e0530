/**
 * The keys of masked frames (RFC 6455 section 5.3).
 *
 * @module
 */

// So many keys are made at once: asking for random numbers costs more than masking
// a short message.
const KEYS_AT_ONCE = 256;

const KEYS = new Uint32Array(KEYS_AT_ONCE);
let nextKey = KEYS.length;

/** A key that a script cannot predict (RFC 6455 section 5.3). */
export function newKey(): number {
  if (nextKey === KEYS.length) {
    crypto.getRandomValues(KEYS);
    nextKey = 0;
  }
  return KEYS[nextKey++]!;
}
