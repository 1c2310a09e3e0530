/**
 * The terminal that a hub was started at, as one of its members: what is typed goes
 * to the room, what others say is shown, and the log makes way for both.
 *
 * @module
 */

import { MessageConnection } from "../../mod.ts";
import { type MemoryListener, memoryListener } from "../../lib/testing/mod.ts";
import { openPrompt, type Prompt } from "../client/prompt.ts";
import { TypedMessages } from "../client/typed_messages.ts";
import { Printer } from "../output/printer.ts";
import type { EndSignal, Output, Terminal } from "../terminal/terminal.ts";
import type { HubOptionValues } from "./hub_option_table.ts";

/** The part of a terminal that ends a server. */
export type Ending = Pick<Terminal, "elapsedMs" | "onSignal">;

/** A person at the hub's terminal. */
export class HubTerminal implements Ending {
  /** What the hub accepts the person's connection from. */
  readonly listener: MemoryListener = memoryListener({ name: "terminal" });
  /** Where the log goes: it takes the prompt away first. */
  readonly errors: Output;
  readonly #terminal: Terminal;
  readonly #interrupts = new Set<() => void>();
  #prompt: Prompt | undefined;
  #member: MessageConnection | undefined;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.errors = {
      isTerminal: terminal.errors.isTerminal,
      columns: () => terminal.errors.columns?.() ?? 80,
      write: (bytes) => {
        this.#prompt?.makeWay();
        terminal.errors.write(bytes);
        this.#prompt?.ask();
      },
    };
  }

  /** Joins the hub, once it listens. */
  async join(options: HubOptionValues): Promise<void> {
    const { frame, names } = options;
    const member = this.#member = new MessageConnection(
      await this.listener.connect(),
      { framing: frame, maxMessageBytes: options["max-message"] + MORE_BYTES },
    );
    if (names) await member.send(new TextEncoder().encode("/name host"));
    const printer = await Printer.open(this.#terminal, "text", false);
    this.#prompt = await openPrompt(this.#terminal, () => {
      for (const interrupt of this.#interrupts) interrupt();
    });
    const ended = (error: unknown) => this.#prompt?.tell(error);
    void this.#send(member, options).catch(ended);
    void this.#show(member, printer).catch(ended);
  }

  /** Gives the terminal back. */
  leave(): void {
    this.#prompt?.leave();
    this.#prompt = undefined;
    this.#member?.abort();
  }

  elapsedMs(): number {
    return this.#terminal.elapsedMs();
  }

  onSignal(signal: EndSignal | "SIGHUP", handler: () => void): () => void {
    const undo = this.#terminal.onSignal(signal, handler);
    // At a prompt Ctrl-C is a key.
    if (signal === "SIGINT") this.#interrupts.add(handler);
    return () => {
      undo();
      this.#interrupts.delete(handler);
    };
  }

  async #send(
    member: MessageConnection,
    { frame, "max-message": maxMessageBytes }: HubOptionValues,
  ): Promise<void> {
    const prompt = this.#prompt;
    if (prompt === undefined) return;
    const typed = new TypedMessages(prompt.input, {
      ...{ format: "text", framing: frame, maxMessageBytes, skipEmpty: true },
    });
    for (;;) {
      prompt.ask();
      try {
        const messages = await typed.next();
        if (messages === undefined) break;
        await member.sendAll(messages);
      } catch (error) {
        if (member.signal.aborted) return;
        prompt.tell(error);
      }
    }
    // Ctrl-D: the hub goes on, and this member only listens.
  }

  async #show(member: MessageConnection, printer: Printer): Promise<void> {
    for await (const batch of member.batches()) {
      this.#prompt?.makeWay();
      printer.print(batch);
      this.#prompt?.ask();
    }
  }
}

// What a hub puts before messages, and its notices.
const MORE_BYTES = 4096;
