/**
 * The settings of a script: lines that apply to the connections opened below them.
 *
 * @module
 */

import type { Framing } from "../../framing/framing.ts";
import { parseFraming } from "../../framing/parse.ts";
import type { ParseScriptOptions } from "../parse_script.ts";
import type { ScriptConnectionOptions } from "../statement.ts";
import type { Excerpt } from "./excerpt.ts";

/** A setting, and where it stands. */
interface Setting<T> {
  readonly value: T;
  readonly at: Excerpt;
  isUsed: boolean;
}

/** The settings that apply where the reader is. */
export class Settings {
  readonly #given: ParseScriptOptions["framing"];
  #frame: Setting<Framing> | undefined;
  #maxMessage: Setting<number> | undefined;

  /** @param given The framing of connections without `frame`. */
  constructor(given: ParseScriptOptions["framing"]) {
    this.#given = given;
  }

  /** Sets the framing. */
  setFrame(value: Framing, at: Excerpt): void {
    this.#frame = { value, at, isUsed: false };
  }

  /** Sets the largest message, in bytes. */
  setMaxMessage(value: number, at: Excerpt): void {
    this.#maxMessage = { value, at, isUsed: false };
  }

  /** Takes the settings for a connection to an address. */
  take(address: string | undefined): ScriptConnectionOptions {
    const [frame, maxMessage] = [this.#frame, this.#maxMessage];
    if (frame !== undefined) frame.isUsed = true;
    if (maxMessage !== undefined) maxMessage.isUsed = true;
    const given = typeof this.#given === "function"
      ? this.#given(address)
      : this.#given;
    const found = frame?.value ??
      (typeof given === "string" ? parseFraming(given) : given);
    return {
      ...found === undefined ? {} : { framing: found },
      ...maxMessage === undefined ? {} : { maxMessageBytes: maxMessage.value },
    };
  }

  /**
   * Refuses a setting that applies to nothing.
   *
   * @param words Those that are looked at.
   * @throws {ScriptError} If there is one.
   */
  checkUsed(...words: ("frame" | "max-message")[]): void {
    for (const word of words) {
      const setting = word === "frame" ? this.#frame : this.#maxMessage;
      if (setting === undefined || setting.isUsed) continue;
      throw setting.at.error({
        reason:
          `${word} applies to the connections that are opened below it, and there are none`,
        advice: "write it above the first statement, or above connect",
      });
    }
  }
}
