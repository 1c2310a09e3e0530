/**
 * Bodies that are a text or bytes, without making a stream of them.
 *
 * Asking a `Response` for its `body` makes a stream, and reading that twice takes
 * as long as everything else that this server does for a small request. The
 * platform keeps such a body as it was given until something asks. This looks
 * there, as `Deno.serve` does, and where it finds nothing the stream is read.
 *
 * @module
 */

/** What the platform keeps of a body. */
interface KeptBody {
  readonly streamOrStatic?: {
    readonly body?: unknown;
    consumed?: boolean;
  };
}

/** A response, by the platform's own names. */
type Inside = Readonly<
  Record<symbol, { readonly body?: KeptBody | null } | null | undefined>
>;

const MODEL = "model";

// Where the platform keeps the inside of a response; `undefined` if elsewhere.
const INSIDE = placeOf(new Response(MODEL, { headers: { a: "b" } }));

/**
 * Takes the body of a response, if it is at hand as a whole. The response counts
 * as used from then on.
 *
 * @param response The response, whose headers were looked at before: the platform
 * puts a body in its place only then.
 * @returns The text or the bytes, or `undefined`: then `response.body` is to be read.
 */
export function takeStaticBody(
  response: Response,
): string | Uint8Array | undefined {
  if (INSIDE === undefined) return undefined;
  const kept = keptIn(response, INSIDE)?.streamOrStatic;
  if (kept === undefined || kept.consumed !== false) return undefined;
  const { body } = kept;
  if (typeof body !== "string" && !(body instanceof Uint8Array)) {
    return undefined;
  }
  kept.consumed = true;
  return body;
}

function keptIn(response: Response, place: symbol): KeptBody | null {
  const inside = (response as unknown as Inside)[place];
  return inside?.body ?? null;
}

function placeOf(model: Response): symbol | undefined {
  return Object.getOwnPropertySymbols(model).find((place) => {
    const kept = keptIn(model, place)?.streamOrStatic;
    if (kept?.body !== MODEL || kept.consumed !== false) return false;
    kept.consumed = true;
    // Only if this is what the platform itself looks at.
    return model.bodyUsed;
  });
}
