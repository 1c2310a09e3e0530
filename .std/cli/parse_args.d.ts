/**
 * The options of `parseArgs`, in the widest form: the published declaration
 * derives the result's properties from them, this one leaves them `unknown`, so
 * what passes here passes there.
 */
export interface ParseOptions {
  /** Keeps what follows `--` apart, as the result's `"--"`. */
  "--"?: boolean;
  /** Other names of an option. */
  alias?: Record<string, string | readonly string[]>;
  /** Options that take no value; `false` in the result when not given. */
  boolean?: boolean | string | readonly string[];
  /** Options that may be repeated: an array in the result. */
  collect?: string | readonly string[];
  /** Values of options that are not given. */
  default?: Record<string, unknown>;
  /** Options that `--no-` turns off. */
  negatable?: string | readonly string[];
  /** Leaves everything after the first argument that is no option alone. */
  stopEarly?: boolean;
  /** Options whose value is never turned into a number. */
  string?: string | readonly string[];
  /** Called for what is not declared; `false` drops it from the result. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** What was found on the command line. */
export interface Args extends Record<string, unknown> {
  /** Arguments that belong to no option. */
  _: Array<string | number>;
  /** Arguments after `--`, if asked for. */
  "--"?: string[];
}

/** Takes a command line apart. */
export function parseArgs(args: string[], options?: ParseOptions): Args;
