/**
 * The heads of responses as they arrived, for `--head`.
 *
 * @module
 */

const LF = 10;
const CR = 13;

/** Collects a server's answers to HEAD requests. */
export class ResponseHeads {
  readonly #chunks: Uint8Array[] = [];

  /**
   * Adds bytes that were received.
   *
   * @param bytes The bytes; they must not change.
   */
  add(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
  }

  /**
   * Returns the lines of all heads, including informational ones and redirects.
   *
   * @returns Lines that end with a line feed alone, for scripts, with an empty
   * line between two heads. A body that should not be there is left out.
   */
  lines(): Uint8Array<ArrayBuffer> {
    const lines: number[] = [];
    let isInHead = false;
    for (const line of linesOf(this.#chunks)) {
      if (!isInHead && !isStatusLine(line)) break;
      if (!isInHead && lines.length > 0) lines.push(LF);
      isInHead = line.length > 0;
      if (isInHead) lines.push(...line, LF);
    }
    return Uint8Array.from(lines);
  }
}

function isStatusLine(line: Uint8Array): boolean {
  return String.fromCharCode(...line.subarray(0, 5)) === "HTTP/";
}

/** Splits lines at line feeds; an unfinished line is left out. */
function* linesOf(chunks: readonly Uint8Array[]): Iterable<Uint8Array> {
  const all = new Uint8Array(
    chunks.reduce((sum, { length }) => sum + length, 0),
  );
  let end = 0;
  for (const chunk of chunks) {
    all.set(chunk, end);
    end += chunk.length;
  }
  for (let at = 0;;) {
    const feed = all.indexOf(LF, at);
    if (feed === -1) return;
    yield all.subarray(at, all[feed - 1] === CR && feed > at ? feed - 1 : feed);
    at = feed + 1;
  }
}
