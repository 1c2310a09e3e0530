/**
 * The contract of an encoding: how a message's bytes become a value and back.
 *
 * @module
 */

/**
 * Turns the messages of one stream into values.
 *
 * @typeParam T What a received message becomes.
 */
export interface ValueDecoder<T> {
  /**
   * Whether values never hold a view of the message, so that its buffer may be
   * written again at once.
   *
   * @default {false}
   */
  readonly copies?: boolean;

  /**
   * Decodes one message.
   *
   * @param message Its bytes. The result may be or hold a view of them.
   * @returns The value, or `undefined` if this piece completes no value, which
   * happens only when messages have no boundaries (framing `raw`).
   * @throws {ProtocolError} With code `"malformed"` if the bytes are not a valid value.
   */
  decode(message: Uint8Array): T | undefined;

  /**
   * Ends the stream: no more messages will come.
   *
   * @throws {ProtocolError} With code `"truncated"` if a value was cut off.
   */
  end(): void;
}

/**
 * A way to turn bytes into values and back; immutable and shared.
 *
 * @typeParam T What a received message becomes.
 * @typeParam S What can be sent. The same, unless the two directions differ.
 */
export interface Encoding<T, S = T> {
  /** Its name, such as `"text"`. */
  readonly name: string;

  /**
   * Whether its bytes are always UTF-8, so that a transport which tells text from
   * binary (WebSocket) sends it as text.
   *
   * @default {false}
   */
  readonly isText?: boolean;

  /**
   * Makes the decoder for one stream.
   *
   * @param whole Whether each message holds whole values. It is `false` for
   * framing `raw`, where a character may be cut between two messages.
   * @returns The decoder.
   */
  decoder(whole: boolean): ValueDecoder<T>;

  /**
   * Encodes one value.
   *
   * @param value The value.
   * @returns Its bytes.
   * @throws {TypeError} If it cannot be encoded.
   */
  encode(value: S): Uint8Array;
}
