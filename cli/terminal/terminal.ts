/**
 * What a program has around it: standard input, output and error, signals and
 * a clock. Programs are functions of their arguments and this, so tests run
 * them without a process.
 *
 * @module
 */

/** Where lines and bytes come from. */
export interface Input {
  /** Whether a person types them. */
  readonly isTerminal: boolean;

  /**
   * Has what is typed delivered key by key, or line by line again.
   *
   * @param isRaw Whether key by key.
   */
  setRaw?(isRaw: boolean): void;

  /**
   * Reads what is there.
   *
   * @param into Where to.
   * @returns How many bytes, or `null` at the end.
   */
  read(into: Uint8Array): Promise<number | null>;
}

/** What takes bytes: a file, a reader that may be slow, or nothing. */
export type Destination = "file" | "reader" | "nothing";

/** Where bytes go. */
export interface Output {
  /** Whether a person looks at them. */
  readonly isTerminal: boolean;

  /** How many characters a row of the terminal has. */
  columns?(): number;

  /**
   * Writes all of the bytes.
   *
   * @throws {Failure} If they cannot be written.
   */
  write(bytes: Uint8Array): void;

  /** Tells where the bytes go; without it, to a reader. */
  destination?(): Promise<Destination>;

  /**
   * Writes all of the bytes while the program goes on. One call at a time.
   *
   * @param bytes Unchanged until it resolves.
   * @throws {Failure} If they cannot be written.
   */
  writeLater?(bytes: Uint8Array): Promise<void>;
}

/** The signals that end a program. */
export type EndSignal = "SIGINT" | "SIGTERM";

/** The signal that asks a program to read its files again. */
export type ReloadSignal = "SIGHUP";

/** One address of a network interface of this machine. */
export interface NetworkInterface {
  /** Its IP address. */
  readonly address: string;
  /** Of which version that is. */
  readonly family: "IPv4" | "IPv6";
  /** Name of the interface, such as `eth0`. */
  readonly name: string;
}

/** One end of a channel between two threads. */
export interface ThreadPort {
  /** Called when the other thread has failed. */
  onerror: ((event: ErrorEvent) => void) | null;
  /** Called for what the other thread sends. */
  onmessage: ((event: MessageEvent) => void) | null;

  /** Sends something to the other thread. */
  postMessage(message: unknown): void;
}

/** What a program has around it. */
export interface Terminal {
  /** Standard input. */
  readonly input: Input;
  /** Standard output: messages and nothing else. */
  readonly output: Output;
  /** Standard error: everything else. */
  readonly errors: Output;

  /**
   * Writes a file that is not there yet, in a folder that may not be.
   *
   * @param text What is in it.
   * @throws {Failure} With the reason alone as its text, if it is there or cannot
   * be written.
   */
  createFile(path: string, text: string, mode: number): Promise<void>;

  /** Tells whether a socket is at a path. */
  isSocket(path: string): boolean;

  /** Milliseconds on a clock that never jumps. */
  elapsedMs(): number;

  /** The network interfaces; none if the program may not see them. */
  interfaces(): readonly NetworkInterface[];

  /** The time. */
  now(): Date;

  /**
   * Calls a function for every such signal, which then does nothing else.
   *
   * @returns What undoes it.
   */
  onSignal(
    signal: EndSignal | ReloadSignal,
    handler: () => void,
  ): () => void;

  /**
   * Reads a file.
   *
   * @param path Where it is.
   * @returns What is in it.
   * @throws {Failure} With the reason alone as its text, if it cannot be read.
   */
  readFile(path: string): Promise<string>;

  /**
   * Starts another thread that runs this program.
   *
   * @returns Its end of the channel.
   */
  startThread?(): ThreadPort;
}

const UTF8 = new TextEncoder();

/**
 * Writes text and a line feed.
 *
 * @param output Where to.
 */
export function writeLine(output: Output, text: string): void {
  output.write(UTF8.encode(text + "\n"));
}
