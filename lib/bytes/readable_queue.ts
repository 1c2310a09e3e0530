/**
 * What a decoder may do with the bytes that have arrived.
 *
 * @module
 */

/**
 * Bytes received and not yet taken, in order, as a decoder sees them.
 *
 * Positions count from the front, the next byte to be taken being 0. Ask
 * {@linkcode ReadableQueue.has} before you look at a byte or take it: bytes that
 * came in different reads lie in different buffers, and `has` makes them
 * contiguous.
 */
export interface ReadableQueue {
  /** How many bytes are here and not yet taken. */
  readonly length: number;

  /** How many bytes were taken since the stream began. */
  readonly offset: number;

  /**
   * Whether the bytes that are indexable lie in a buffer that the queue has allocated.
   * Then a decoder may change those of the frame that it takes.
   */
  readonly isOwned?: boolean;

  /**
   * Tells whether that many bytes are here, and makes them indexable.
   *
   * @param count Bytes wanted from the front.
   * @returns Whether they are here. Only after `true` may the first `count`
   * bytes be looked at or taken.
   */
  has(count: number): boolean;

  /**
   * Makes all bytes that are here indexable, at linear cost over the life of
   * the stream.
   *
   * @returns How many there are.
   */
  gather(): number;

  /**
   * Reads one byte without taking it.
   *
   * @param index Its position from the front.
   * @returns The byte, 0 to 255.
   */
  byte(index: number): number;

  /**
   * Reads a big-endian 32-bit integer without taking it.
   *
   * @param index Position of its first byte from the front.
   * @returns The integer, 0 to 4,294,967,295.
   */
  uint32(index: number): number;

  /**
   * Finds a byte among all that are here, and makes them indexable up to it; or
   * all of them, if it is not there.
   *
   * @param value The byte to look for.
   * @param from Where to begin.
   * @returns Its position from the front, or -1.
   */
  indexOf(value: number, from?: number): number;

  /**
   * Looks at bytes without taking them.
   *
   * @param start First position from the front.
   * @param end Position after the last.
   * @returns A view that must not be written to.
   */
  peek(start: number, end: number): Uint8Array;

  /**
   * Takes bytes off the front.
   *
   * @param count How many.
   * @param skipBefore Bytes to drop before them, such as a header.
   * @returns A view of the queue's buffer, which may be the message.
   */
  take(count: number, skipBefore?: number): Uint8Array;

  /**
   * Drops bytes off the front.
   *
   * @param count How many.
   */
  skip(count: number): void;
}
