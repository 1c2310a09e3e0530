/**
 * NATS: lines, some of which announce a payload.
 *
 * ```text
 * PING CR LF
 * PUB greet 5 CR LF  hello CR LF               subject, size
 * MSG greet 1 inbox 5 CR LF  hello CR LF       subject, subscription, reply, size
 * HPUB greet 12 17 CR LF  NATS/1.0 ...         size of the headers, size of all
 * ```
 *
 * @module
 */

import { isSize, type LineRules, type ReadSize } from "./payload_lines.ts";

/** How many words follow each verb with a payload, without its optional reply. */
const PAYLOADS: ReadonlyMap<string, ReadSize> = new Map([
  ["PUB", sizes("PUB", 2)],
  ["MSG", sizes("MSG", 3)],
  ["HPUB", sizes("HPUB", 3)],
  ["HMSG", sizes("HMSG", 4)],
]);
const VERBS: ReadonlySet<string> = new Set([
  ...PAYLOADS.keys(),
  "INFO",
  "CONNECT",
  "SUB",
  "UNSUB",
  "PING",
  "PONG",
  "+OK",
  "-ERR",
]);

/** The lines of the NATS client protocol; the same in both directions. */
export const NATS: LineRules = {
  // "+OK" and CR LF.
  least: 5,
  rule(word) {
    const verb = word.toUpperCase();
    return VERBS.has(verb)
      ? PAYLOADS.get(verb)
      : `a line must begin with ${Array.from(VERBS).join(", ")}`;
  },
};

/** Reads the size that is the last word, or the two last ones with headers. */
function sizes(verb: string, count: number): ReadSize {
  const hasHeaders = verb.startsWith("H");
  return (words) => {
    const isRight = words.length === count || words.length === count + 1;
    const given = words.slice(hasHeaders ? -2 : -1);
    if (!isRight || !given.every(isSize)) {
      return `${verb} must be followed by ${count} or ${
        count + 1
      } words, of which the last ${
        hasHeaders ? "two are sizes" : "one is a size"
      }`;
    }
    const [first, last] = [BigInt(given[0]!), BigInt(given.at(-1)!)];
    return first > last
      ? `its headers of ${first} bytes are longer than all its ${last} bytes`
      : last;
  };
}
