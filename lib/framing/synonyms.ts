/**
 * What other programs and libraries call the framings, for people who type that.
 *
 * @module
 */

const WORDS: readonly (readonly [framing: string, words: string])[] = [
  ["line", "lf newline newlines text ndjson jsonl jsonlines json-lines"],
  ["line,crlf", "crlf"],
  ["delimiter:\\0", "nul null zero null-terminated"],
  ["raw", "none off bytes binary stream"],
  ["close", "eof end until-close"],
  ["length:1", "uint8 u8 byte"],
  ["length:2", "uint16 uint16be u16 u16be int16 short"],
  ["length:2,le", "uint16le u16le"],
  ["length:4", "uint32 uint32be u32 u32be int32 int length-prefix prefix"],
  ["length:4", "length-prefixed length-delimited lengthprefix size frame"],
  ["length:4,le", "uint32le u32le"],
  ["length:8", "uint64 uint64be u64 u64be int64"],
  ["length:8,le", "uint64le u64le"],
  ["length:2,inclusive,offset=2", "tpkt"],
  ["varint", "protobuf varint32 leb128 delimited"],
  ["content-length", "jsonrpc json-rpc"],
  ["octet-count", "octet-counting octetcount rfc6587"],
  ["json-seq", "json-text-sequence json-sequence rs"],
  ["hdlc", "ppp"],
  ["slip", "kiss"],
  ["dle", "dle-stx stx"],
];

const SYNONYMS: ReadonlyMap<string, string> = new Map(
  WORDS.flatMap(([framing, words]) =>
    words.split(" ").map((word) => [word, framing] as const)
  ),
);

/** The framing that a word of other programs means, as a string. */
export function synonym(word: string): string | undefined {
  return SYNONYMS.get(word.toLowerCase().replaceAll("_", "-"));
}
