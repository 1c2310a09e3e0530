/**
 * Reads the lines of a script one after the other.
 *
 * @module
 */

import { parseFraming } from "../../framing/parse.ts";
import { parseDuration, parseSize } from "../../units.ts";
import { Excerpt } from "./excerpt.ts";
import { Flow } from "./flow.ts";
import { NAME, Names } from "./names.ts";
import type { ParseScriptOptions } from "../parse_script.ts";
import { parsePattern } from "./pattern.ts";
import { ScriptError } from "../script_error.ts";
import { Settings } from "./settings.ts";
import { type Action, ParsedScript, type Step } from "../statement.ts";
import { constantText } from "./template_reader.ts";
import { parseValue, type ValueContext } from "./value.ts";
import { unknownWord, WORDS } from "./words.ts";

// A person does not write more, and what is read stays in memory.
const MOST_CHARACTERS = 16 * 1024 * 1024;

/** Reads one script. */
export class ScriptReader {
  readonly #name: string;
  readonly #names: Names;
  readonly #values: ValueContext;
  readonly #flow = new Flow();
  readonly #steps: Step[] = [];
  readonly #settings: Settings;
  #withinMs: number | undefined;

  constructor(options: ParseScriptOptions) {
    const { name = "script", readFile, variables = {} } = options;
    this.#name = name;
    this.#names = new Names(variables);
    this.#values = { names: this.#names, readFile };
    this.#settings = new Settings(options.framing);
  }

  /** Reads all lines. */
  read(text: string): ParsedScript {
    if (text.length > MOST_CHARACTERS) {
      throw new ScriptError(this.#name, 1, 1, {
        reason: `the script has more than ${MOST_CHARACTERS} characters`,
      });
    }
    const lines = text.replace(/^\ufeff/, "").split("\n");
    for (const [at, written] of lines.entries()) {
      const line = written.replace(/\r$/, "");
      const indent = /^[ \t]*/.exec(line)![0].length;
      const excerpt = new Excerpt(this.#name, at + 1, 1, line).from(indent);
      if (excerpt.text !== "" && !excerpt.text.startsWith("#")) {
        this.#line(excerpt);
      }
    }
    this.#settings.checkUsed("frame", "max-message");
    if (this.#steps.length === 0) {
      throw new ScriptError(this.#name, Math.max(1, lines.length), 1, {
        reason: "the script has no statements",
        advice: "write for example: send hello",
      });
    }
    return new ParsedScript(this.#name, this.#steps, this.#names.used);
  }

  #line(line: Excerpt): void {
    switch (line.word) {
      case "frame":
        this.#settings.checkUsed("frame");
        return this.#settings.setFrame(
          this.#read(line, parseFraming, "a framing"),
          line,
        );
      case "max-message":
        this.#settings.checkUsed("max-message");
        return this.#settings.setMaxMessage(
          this.#read(line, parseSize, "a size"),
          line,
        );
      case "connect":
        return this.#connect(line);
      case "within":
        return this.#within(line);
      default:
        return this.#statement(line, line, undefined);
    }
  }

  #within(line: Excerpt): void {
    const behind = wordsOf(line.rest);
    const duration = behind.upTo(behind.word.length);
    const ms = this.#parsed(duration, parseDuration, "a duration");
    const statement = wordsOf(behind.rest);
    if (statement.text === "") this.#withinMs = ms;
    else this.#statement(line, statement, ms);
  }

  /** Opens a connection besides the one that is given. */
  #connect(line: Excerpt): void {
    const behind = line.rest.trimmed;
    const [, written = "", as, name = ""] =
      /^(.*?)((?:^|[ \t]+)as(?:[ \t]+(.*))?)?$/.exec(behind.text) ?? [];
    const isNamed = as !== undefined;
    if (isNamed) this.#checkName(name, line);
    const address = constantText(
      behind.upTo(written.length),
      this.#names,
      "an address",
    );
    if (address === "") {
      throw line.error({
        reason: "connect needs an address",
        advice: "write for example: connect {{address}} as bob",
      });
    }
    this.#opens(isNamed ? name : "", address, line);
  }

  #checkName(name: string, line: Excerpt): void {
    if (NAME.test(name) && !WORDS.includes(name)) return;
    throw line.error({
      reason: `"${name}" is not a name for a connection`,
      advice:
        "write letters, digits and _, and none of the words of a script, such as: as bob",
    });
  }

  #opens(name: string, address: string | undefined, at: Excerpt): void {
    const options = this.#settings.take(address);
    const plan = this.#flow.connect(name, address, options, at);
    this.#step(at, name, { type: "connect", plan }, undefined, at.column);
  }

  /**
   * Reads a statement.
   *
   * @param line All of the line.
   * @param statement From the name of the connection on.
   */
  #statement(
    line: Excerpt,
    statement: Excerpt,
    withinMs: number | undefined,
  ): void {
    const [, name] = /^([A-Za-z_]\w*):$/.exec(statement.word) ?? [];
    const behind = name === undefined ? statement : wordsOf(statement.rest);
    const action = this.#action(behind, withinMs !== undefined);
    const connection = name ?? "";
    // A pause without a name is about no connection.
    if (action.type !== "pause" || name !== undefined) {
      // The connection that is given is opened where it is used first.
      const isFirst = connection === "" && !this.#flow.wasOpen("");
      if (isFirst) this.#opens("", undefined, line);
      this.#flow.does(action, connection, statement);
    }
    const ms = withinMs ?? this.#withinMs;
    this.#step(line, connection, action, ms, behind.rest.column);
  }

  #step(
    at: Excerpt,
    connection: string,
    action: Action,
    withinMs: number | undefined,
    column: number,
  ): void {
    const { line, text } = at;
    this.#steps.push({ line, text, connection, action, withinMs, column });
  }

  #action(at: Excerpt, isTimed: boolean): Action {
    const { rest, word } = at;
    switch (word) {
      case "send":
        return { type: "send", value: parseValue(rest, word, this.#values) };
      case "expect":
        return { type: "expect", pattern: parsePattern(rest, this.#values) };
      case "pause": {
        if (isTimed) {
          throw at.error({
            reason: "pause has a duration of its own",
            advice: "leave within out",
          });
        }
        return {
          type: "pause",
          ms: this.#read(at, parseDuration, "a duration"),
        };
      }
      case "none":
      case "finish":
      case "close":
        if (rest.text.trim() === "") return { type: word };
        throw rest.error({
          reason: `nothing stands behind ${word}`,
          advice: "a comment has a line of its own, which begins with #",
        });
      default:
        throw unknownWord(at);
    }
  }

  /** Reads what follows the first word. */
  #read<T>(line: Excerpt, parse: (text: string) => T, what: string): T {
    return this.#parsed(line.rest.trimmed, parse, what);
  }

  #parsed<T>(excerpt: Excerpt, parse: (text: string) => T, what: string): T {
    const text = constantText(excerpt, this.#names, what);
    if (text === "") throw excerpt.error({ reason: `${what} is missing` });
    try {
      return parse(text);
    } catch (cause) {
      throw excerpt.wrapping(cause);
    }
  }
}

/** Without the blanks in front; those at the end belong to the message. */
function wordsOf(excerpt: Excerpt): Excerpt {
  return excerpt.from(/^[ \t]*/.exec(excerpt.text)![0].length);
}
