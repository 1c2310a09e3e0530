/**
 * Two stream ends with work between them that is done only on demand of a
 * reader.
 *
 * ```text
 *   writable ─► work.push(input)        work.pull(give) ─► readable
 *               until it is full        while a read waits
 * ```
 *
 * It is not a `TransformStream`: erroring the controller of one empties its
 * queue, so decoded messages would vanish, and which ones would depend on the
 * network's cuts. Here an error waits until every output before it was read.
 * Outputs are made only when a read waits and none is queued, so at most one
 * input is held.
 *
 * @module
 */

/** The work between the two ends; every method is synchronous. */
export interface Work<I, O> {
  /** Whether inputs must wait for the next read. */
  readonly full: boolean;

  /**
   * Takes one input.
   *
   * @throws If it cannot be used; then both ends fail with this error.
   */
  push(input: I): void;

  /**
   * Makes outputs from what was pushed, a bounded number of them.
   *
   * @param give Takes an output.
   * @param ended Whether no more inputs will come.
   * @returns Whether there may be more to make without further inputs.
   * @throws The failure; the outputs given before it are delivered first.
   */
  pull(give: (output: O) => void, ended: boolean): boolean;
}

/** Something that is waited for. */
interface Gate {
  readonly opened: Promise<void>;
  open(): void;
  fail(error: unknown): void;
}

function newGate(): Gate {
  // Not Promise.withResolvers(), which Node 20 lacks.
  let open!: () => void;
  let fail!: (error: unknown) => void;
  const opened = new Promise<void>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { opened, open, fail };
}

/**
 * Makes the two ends.
 *
 * @typeParam I What is written.
 * @typeParam O What is read.
 * @param work The work between them.
 * @returns The two ends, for `pipeThrough`.
 */
export function pullPair<I, O>(
  work: Work<I, O>,
): { readable: ReadableStream<O>; writable: WritableStream<I> } {
  const link = new Link(work);
  return {
    readable: new ReadableStream<O>({
      start: (controller) => link.output = controller,
      pull: () => link.pull(),
      cancel: (reason) => link.cancel(reason),
    }, { highWaterMark: 0 }),
    writable: new WritableStream<I>({
      start: (controller) => link.input = controller,
      write: (chunk) => link.write(chunk),
      close: () => link.close(),
      abort: (reason) => link.abort(reason),
    }),
  };
}

class Link<I, O> {
  output!: ReadableStreamDefaultController<O>;
  input!: WritableStreamDefaultController;
  readonly #work: Work<I, O>;
  #ended = false;
  #over = false;
  #failed = false;
  #failure: unknown;
  // The reader waits for inputs, the writer for room.
  #hungry: Gate | undefined;
  #stuffed: Gate | undefined;
  #given = 0;
  readonly #give = (output: O) => {
    this.#given++;
    this.output.enqueue(output);
  };

  constructor(work: Work<I, O>) {
    this.#work = work;
  }

  /** Called when a read waits and nothing is queued. */
  async pull(): Promise<void> {
    this.#given = 0;
    while (this.#given === 0) {
      if (this.#failed) return this.output.error(this.#failure);
      const ended = this.#ended;
      let more = true;
      try {
        more = this.#work.pull(this.#give, ended);
      } catch (error) {
        this.#fail(error);
        this.input.error(error);
        continue;
      }
      if (more) continue;
      if (ended) return this.#finish();
      this.#openWriter();
      if (this.#given === 0) {
        this.#hungry = newGate();
        await this.#hungry.opened;
      }
    }
  }

  write(chunk: I): Promise<void> | undefined {
    try {
      this.#work.push(chunk);
    } catch (error) {
      this.#fail(error);
      throw error;
    }
    this.#openReader();
    return this.#work.full ? this.#waitForReader() : undefined;
  }

  /** Settles when the reader reaches the end, and fails if reading fails. */
  close(): Promise<void> {
    this.#ended = true;
    this.#openReader();
    return this.#waitForReader();
  }

  abort(reason: unknown): void {
    this.#fail(reason);
  }

  cancel(reason: unknown): void {
    this.#fail(reason);
    if (!this.#over) this.input.error(reason);
  }

  #finish(): void {
    this.#over = true;
    this.output.close();
    this.#openWriter();
  }

  #fail(error: unknown): void {
    if (this.#failed || this.#over) return;
    this.#failed = true;
    this.#failure = error;
    this.#openReader();
    this.#stuffed?.fail(error);
    this.#stuffed = undefined;
  }

  #waitForReader(): Promise<void> {
    this.#stuffed = newGate();
    return this.#stuffed.opened;
  }

  #openReader(): void {
    this.#hungry?.open();
    this.#hungry = undefined;
  }

  #openWriter(): void {
    this.#stuffed?.open();
    this.#stuffed = undefined;
  }
}
