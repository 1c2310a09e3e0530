/**
 * A column of a display that goes on and on: what is to come is unknown.
 *
 * @module
 */

/** Pads texts to the width of the widest so far, so that lines stay aligned. */
export class Column {
  #width: number;

  constructor(leastWidth: number) {
    this.#width = leastWidth;
  }

  /** Pads a text on its right. */
  left(text: string): string {
    return text.padEnd(this.#widthFor(text));
  }

  /** Pads a text on its left. */
  right(text: string): string {
    return text.padStart(this.#widthFor(text));
  }

  #widthFor({ length }: string): number {
    return this.#width = Math.max(this.#width, length);
  }
}
