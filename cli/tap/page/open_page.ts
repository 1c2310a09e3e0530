/**
 * The live page of a tap: what it sees, and where a browser finds it.
 *
 * ```text
 *   tap ─► PageView ─► FrameRing ─► events ─► browser
 *                          └──────► frame ID ◄── a click
 * ```
 *
 * @module
 */

import type { Address } from "../../../mod.ts";
import type { WatchedFramings } from "../../../lib/relay/mod.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import type { TapView } from "../tap_event.ts";
import { FrameRing } from "./frame_ring.ts";
import { PageView } from "./page_view.ts";
import { type ServedPage, startPage } from "./start_page.ts";

/** A page that is served, and the view that feeds it. */
export interface OpenPage extends ServedPage {
  readonly view: TapView;
}

/**
 * Begins to serve the page.
 *
 * @throws {ConnectionError} If the system refuses the address.
 */
export async function openPage(
  address: Address,
  framing: WatchedFramings,
  subject: { readonly listen: string; readonly target: string },
  terminal: Pick<Terminal, "now">,
): Promise<OpenPage> {
  const ring = new FrameRing();
  const [toServer, toClient] = [framing.toServer, framing.toClient].map(String);
  const page = await startPage(address, ring, {
    ...subject,
    framing: toServer === toClient ? toServer! : `${toServer}, ${toClient}`,
  });
  const view = new PageView(ring, framing, () => terminal.now());
  return { ...page, view };
}
