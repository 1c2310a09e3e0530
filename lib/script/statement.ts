/**
 * A script as data: connections, and statements about them.
 *
 * @module
 */

import { OptionTypeError } from "../check.ts";
import type { Framing } from "../framing/framing.ts";

/** The options of a connection that a script sets. */
export interface ScriptConnectionOptions {
  /** Where a message ends, if the script says so. */
  readonly framing?: Framing;
  /** Largest message in bytes, if the script says so. */
  readonly maxMessageBytes?: number;
}

/** A connection that a script opens. */
export interface ScriptConnectionPlan {
  /** Its name; `""` for the one without a name. */
  readonly name: string;
  /** The address behind `connect`; `undefined` for the connection that is given. */
  readonly address: string | undefined;
  /** What the script sets for it, to be given to `connect`. */
  readonly options: ScriptConnectionOptions;
  /** The line that opens it, from 1. */
  readonly line: number;
  /** The first line with `finish`, `expect end` or `expect reset` on it. */
  readonly needsStreamAt: number | undefined;
}

/** A statement of a script. */
export interface ScriptStep {
  /** Its line, from 1. */
  readonly line: number;
  /** How it is written. */
  readonly text: string;
  /** Name of the connection that it is about. */
  readonly connection: string;
}

/** A script that was read. {@linkcode parseScript} makes it. */
export interface Script {
  /** Its name. */
  readonly name: string;
  /** The connections, in the order in which they are opened. */
  readonly connections: readonly ScriptConnectionPlan[];
  /** The statements in their order. */
  readonly steps: readonly ScriptStep[];
  /** The names whose values were given and that it uses, with these values. */
  readonly variables: ReadonlyMap<string, string>;
}

/** A value that is not known before the script runs. */
export interface Placeholder {
  readonly name: string;
}

/** A message or a text, in parts. */
export type Template = readonly (string | Uint8Array | Placeholder)[];

/** A pattern of JSON. Objects may have more members; arrays have the same length. */
export type JsonPattern =
  | { readonly type: "anything" }
  | { readonly type: "name"; readonly name: string }
  | { readonly type: "text"; readonly text: Template }
  | { readonly type: "scalar"; readonly value: null | boolean | number }
  | { readonly type: "array"; readonly items: readonly JsonPattern[] }
  | {
    readonly type: "object";
    readonly members: readonly (readonly [Template, JsonPattern])[];
  };

/** What a message, or the end of the messages, must be. */
export type Pattern =
  | { readonly type: "value"; readonly value: Template }
  | { readonly type: "json"; readonly json: JsonPattern }
  | {
    readonly type: "expression";
    readonly source: Template;
    readonly flags: string;
  }
  | { readonly type: "any"; readonly name: string | undefined }
  | { readonly type: "end" }
  | { readonly type: "reset" };

/** What a statement does. */
export type Action =
  | { readonly type: "connect"; readonly plan: ScriptConnectionPlan }
  | { readonly type: "send"; readonly value: Template }
  | { readonly type: "expect"; readonly pattern: Pattern }
  | { readonly type: "none" }
  | { readonly type: "pause"; readonly ms: number }
  | { readonly type: "finish" }
  | { readonly type: "close" };

/** A statement with what it does. */
export interface Step extends ScriptStep {
  readonly action: Action;
  /** How long it may take, or how long nothing may come, if the script says so. */
  readonly withinMs: number | undefined;
  /** Where an error about its value points. */
  readonly column: number;
}

/** A script with what its statements do. */
export class ParsedScript implements Script {
  readonly name: string;
  readonly connections: readonly ScriptConnectionPlan[];
  readonly steps: readonly Step[];
  readonly variables: ReadonlyMap<string, string>;

  constructor(
    name: string,
    steps: readonly Step[],
    variables: ReadonlyMap<string, string>,
  ) {
    this.name = name;
    this.steps = steps;
    this.variables = variables;
    this.connections = steps.flatMap(({ action }) =>
      action.type === "connect" ? [action.plan] : []
    );
  }
}

/** The statements with what they do. */
export function stepsOf(script: Script): readonly Step[] {
  if (script instanceof ParsedScript) return script.steps;
  throw new OptionTypeError({
    action: "run a script",
    reason: "it was not made by parseScript",
  });
}
