/**
 * The service that shows each message on standard output: what does a peer send
 * that connects to you?
 *
 * @module
 */

import { Printer } from "../../output/printer.ts";
import type {
  MessageHandler,
  ServiceContext,
  StreamHandler,
} from "../service.ts";

/** Shows the messages of a connection. */
export async function stream(context: ServiceContext): Promise<StreamHandler> {
  const chunks = await printerFor(context, true);
  const messages = await printerFor(context, false);
  const { log } = context;
  return {
    encoding: "bytes",
    async handler(connection) {
      const isRaw = connection.framing.boundary === "none";
      const printer = isRaw ? chunks : messages;
      for await (const batch of connection.batches({ reuse: true })) {
        // Its first message follows the line that says who opened the connection.
        log.flush();
        // A message begins a line, also behind a chunk of another connection.
        if (!isRaw) chunks.endLine();
        printer.print(batch);
      }
    },
  };
}

/** Shows a datagram. */
export async function datagram(
  context: ServiceContext,
): Promise<MessageHandler> {
  const printer = await printerFor(context, false);
  return {
    encoding: "bytes",
    handler: (message) => printer.print([message]),
  };
}

function printerFor(
  { options, terminal }: ServiceContext,
  isRaw: boolean,
): Promise<Printer> {
  return Printer.open(terminal, options.format, isRaw);
}
