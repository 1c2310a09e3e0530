/**
 * Framings: the rules for where a message begins and ends in a stream of bytes.
 *
 * TCP carries bytes, not messages. A framing puts the messages back, and its
 * promise is: **the same bytes give the same result**, the same messages and then
 * the same error or end, however the network cuts them.
 *
 * ```text
 * received   h e   l l o LF w o r   l d LF          three reads
 * messages   "hello"  "world"
 * ```
 *
 * Which one to choose:
 *
 * | string | on the wire | bytes added | choose it when |
 * | --- | --- | --- | --- |
 * | `length:4` | `00 00 00 05` hello | 4 | both programs are yours: any bytes, cheapest to read |
 * | `line` | hello `LF` | 1 | people or shell tools talk to it; one text or JSON value per line |
 * | `delimiter:#*#` | hello `#*#` | 3 | the other side ends its messages so; not for arbitrary bytes |
 * | `header:10` | `5` and nine spaces, hello | 10 | the other side follows the well-known Python tutorial |
 * | `varint` | `05` hello | 1 to 5 | Protocol Buffers' delimited form |
 * | `netstring` | `5:` hello `,` | 3 and more | any bytes, and readable in a capture |
 * | `content-length` | `Content-Length: 5` ... hello | 21 and more | LSP and DAP |
 * | `octet-count` | `5 ` hello | 2 and more | syslog over TCP or TLS |
 * | `syslog` | `5 ` hello, or hello `LF` | 2 and more | syslog in both of its forms, told apart by the first byte |
 * | `json-seq` | `1E` {"a":1} `LF` | 2 | logs of JSON texts that may hold line feeds |
 * | `json` | {"a":1} `LF` | 1, or none | JSON values one after the other, with or without separators |
 * | `resp` | `$5` `CR LF` hello `CR LF` | 0 | Redis: a message is a whole value with its bytes |
 * | `rpc` | `80 00 00 05` hello | 4 for each fragment | ONC RPC, such as NFS |
 * | `ber` | `04 05` hello | 0 | LDAP: a message is a whole element with its bytes |
 * | `mllp` | `0B` hello `1C 0D` | 3 | HL7 |
 * | `fix` | `8=FIX.4.4` ... `10=163` `SOH` | 0 | FIX: a message is the whole one, its checksum verified |
 * | `fixed:30,pad=#` | hello and 25 times `#` | up to 30 | records of one size |
 * | `slip` | `C0` hello `C0` | 2, at most double | serial lines; finds the next packet after noise |
 * | `cobs` | `06` hello `00` | 2, and 1 in 254 | the same, of a size known beforehand |
 * | `hdlc` | `7E` hello `7E` | 2, at most double | PPP and modems; the checksum is part of the message |
 * | `dle` | `10 02` hello `10 03` | 4, at most double | serial devices that end messages with DLE ETX |
 * | `close` | hello, then the end of the stream | 0 | one message per connection |
 * | `raw` | hello | 0 | no messages at all: bytes as they come |
 *
 * The names of protocols are framings too, such as `redis`, `mqtt` and `kafka`:
 * {@linkcode PROTOCOLS} lists them. A message is then the whole packet, header
 * included, unless the header is nothing but its length. Where client and server
 * write differently, as in `postgres` and `smtp`, say whose bytes they are: `from`
 * of a decoder, `side` of a connection.
 *
 * `crc=16-ccitt` and other options change what a framing does; the documentation of
 * {@linkcode parseFraming} lists all of them.
 *
 * `A then B` is one message of A, then messages of B: a greeting, for example.
 *
 * Reading and writing take a {@linkcode Framing} or its string everywhere.
 * Without a socket, {@linkcode FrameDecoder} reads; a framing's `encoder` writes.
 * {@linkcode explainFrame} names the parts of a frame, and {@linkcode sniffFraming}
 * guesses the framing of bytes without documentation.
 * Nothing here needs Deno or a permission.
 *
 * @example Writing frames and reading them back
 * ```ts
 * import { ByteSink, FrameDecoder, parseFraming } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const framing = parseFraming("netstring");
 * const sink = new ByteSink();
 * const encoder = framing.encoder({ maxMessageBytes: 1000 });
 * encoder.encode(new TextEncoder().encode("hello"), sink);
 * encoder.encode(new TextEncoder().encode("world"), sink);
 *
 * const decoder = new FrameDecoder(framing, { maxMessageBytes: 1000 });
 * for (const piece of sink.pieces()) decoder.push(piece);
 * assertEquals(new TextDecoder().decode(decoder.next()), "hello");
 * assertEquals(new TextDecoder().decode(decoder.next()), "world");
 * assertEquals(decoder.end(), undefined);
 * ```
 *
 * ## A framing of your own
 *
 * A framing makes a decoder and an encoder for each stream. The decoder takes one
 * message off the front of a queue, or returns `undefined` when it needs more bytes,
 * or throws a {@linkcode ProtocolError}. Three rules: ask `has` before you look at a
 * byte; take nothing before the whole frame is here; refuse at the first byte that is
 * wrong. `verifyFraming` of `@parley/parley/testing` checks these, and the rest.
 *
 * @example What a laboratory balance sends: STX, a length, the message, a check byte
 * ```ts
 * import { type Framing, ProtocolError } from "@parley/parley/framing";
 * import { verifyFraming } from "@parley/parley/testing";
 *
 * const STX = 0x02;
 * const checkByte = (bytes: Uint8Array) => bytes.reduce((sum, byte) => sum ^ byte, 0);
 *
 * const balance: Framing = {
 *   boundary: "frame",
 *   toString: () => "balance",
 *   decoder: ({ maxMessageBytes }) => ({
 *     decode(queue) {
 *       if (!queue.has(1)) return undefined;
 *       if (queue.byte(0) !== STX) throw new ProtocolError("malformed", { reason: "STX is missing" });
 *       if (!queue.has(2)) return undefined;
 *       const size = queue.byte(1);
 *       if (size > maxMessageBytes) {
 *         throw new ProtocolError("too_large", {
 *           reason: `the limit is ${maxMessageBytes} bytes`,
 *         });
 *       }
 *       if (!queue.has(2 + size + 1)) return undefined;
 *       if (checkByte(queue.peek(2, 2 + size)) !== queue.byte(2 + size)) {
 *         throw new ProtocolError("malformed", { reason: "the check byte is wrong" });
 *       }
 *       const message = queue.take(size, 2); // without the two bytes before it
 *       queue.skip(1);
 *       return message;
 *     },
 *     decodeEnd(queue) {
 *       if (queue.length === 0) return undefined;
 *       throw new ProtocolError("truncated", { reason: "the stream ended inside a frame" });
 *     },
 *   }),
 *   encoder: ({ maxMessageBytes }) => ({
 *     encode(message, sink) {
 *       const most = Math.min(maxMessageBytes, 255);
 *       if (message.length > most) throw new RangeError(`the limit is ${most} bytes`);
 *       sink.byte(STX);
 *       sink.byte(message.length);
 *       sink.payload(message);
 *       sink.byte(checkByte(message));
 *     },
 *   }),
 * };
 *
 * const samples = ["", "12.5 kg", "\x02\x02"].map((text) => new TextEncoder().encode(text));
 * verifyFraming(balance, samples); // and then: serve("9000", { framing: balance }, ...)
 * ```
 *
 * @module
 */

export { ByteQueue } from "../bytes/byte_queue.ts";
export { ByteSink } from "../bytes/byte_sink.ts";
export { ProtocolError } from "../errors.ts";
export type { ProtocolErrorCode, ProtocolErrorDetails } from "../errors.ts";
export type { ChecksumName } from "./checksum/crc.ts";
export { withChecksum } from "./checksum/with_checksum.ts";
export { cobs } from "./formats/cobs.ts";
export { contentLength } from "./formats/content_length.ts";
export {
  decimalHeader,
  type DecimalHeaderOptions,
} from "./formats/decimal_header.ts";
export { delimiter, type DelimiterOptions } from "./formats/delimiter.ts";
export {
  fixedLength,
  type FixedLengthOptions,
} from "./formats/fixed_length.ts";
export { explainFrame } from "./explain/explain_frame.ts";
export type {
  FramePart,
  FramePartKind,
  FramePlace,
} from "./explain/frame_part.ts";
export { FrameDecoder } from "./frame_decoder.ts";
export type { FrameDecoderOptions } from "./frame_decoder_options.ts";
export { DEFAULT_MAX_MESSAGE_BYTES } from "./framing.ts";
export type {
  BadFrames,
  Boundary,
  CodecOptions,
  Decoder,
  Encoder,
  Framing,
  ReadableQueue,
  Side,
} from "./framing.ts";
export { ber } from "./formats/ber.ts";
export { dle } from "./formats/dle.ts";
export { hdlc } from "./formats/hdlc.ts";
export { fix } from "./formats/fix.ts";
export { jsonValues } from "./formats/json_values.ts";
export { mllp } from "./formats/mllp.ts";
export { recordMarking } from "./formats/record_marking.ts";
export { resp } from "./formats/resp.ts";
export { jsonSequence } from "./formats/json_sequence.ts";
export {
  type LengthBytes,
  lengthPrefix,
  type LengthPrefixOptions,
} from "./formats/length_prefix.ts";
export { line, type LineOptions } from "./formats/line.ts";
export { netstring } from "./formats/netstring.ts";
export { octetCount } from "./formats/octet_count.ts";
export { FRAMING_NAMES, parseFraming } from "./parse.ts";
export { type Protocol, PROTOCOLS } from "./protocols/protocols.ts";
export { raw } from "./formats/raw.ts";
export { sequence } from "./sequence.ts";
export type { Guess, Sureness } from "./sniff/guess.ts";
export { sniffFraming } from "./sniff/sniff.ts";
export { SniffBuffer } from "./sniff/sniff_buffer.ts";
export type {
  SniffedConversation,
  SniffedStream,
} from "./sniff/sniffed_stream.ts";
export { slip } from "./formats/slip.ts";
export { syslog } from "./formats/syslog.ts";
export { untilClose } from "./formats/until_close.ts";
export {
  varintPrefix,
  type VarintPrefixOptions,
} from "./formats/varint_prefix.ts";
