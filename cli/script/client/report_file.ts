/**
 * The file of `talk --report`.
 *
 * @module
 */

import { cannotWrite } from "../../output/new_file.ts";
import { junitReport } from "./junit.ts";
import type { ScriptResult } from "./script_result.ts";

/** A report that is written at the end. */
export class ReportFile {
  readonly #path: string;
  readonly #file: Deno.FsFile;

  private constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * Opens the file before anything runs. An earlier report is emptied, so that it
   * cannot be taken for that of a run which was killed.
   *
   * @throws {Failure} With code 9 if it cannot be written.
   */
  static async create(path: string): Promise<ReportFile> {
    try {
      const options = { create: true, truncate: true, write: true };
      return new ReportFile(path, await Deno.open(path, options));
    } catch (cause) {
      throw cannotWrite(path, cause, "report");
    }
  }

  /** Writes the report, and closes the file. */
  async write(
    results: readonly ScriptResult[],
    notRun: readonly string[],
  ): Promise<void> {
    const bytes = new TextEncoder().encode(junitReport(results, notRun));
    try {
      for (let at = 0; at < bytes.length;) {
        at += await this.#file.write(bytes.subarray(at));
      }
    } catch (cause) {
      throw cannotWrite(this.#path, cause, "report");
    } finally {
      this.#file.close();
    }
  }
}
