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
const UTF8 = new TextEncoder();
// A call of the encoder costs more than so many characters.
const SHORT_TEXT = 128;

// Where the platform keeps the inside of a response; `undefined` if elsewhere.
const INSIDE = placeOf(new Response(MODEL, { headers: { a: "b" } }));

/**
 * Takes the body of a response, if it is at hand as a whole. The response counts
 * as used from then on.
 *
 * @param response The response, whose headers were looked at before: the platform
 * puts a body in its place only then.
 * @returns The bytes, or `undefined`: then `response.body` is to be read.
 */
export function takeStaticBody(response: Response): Uint8Array | undefined {
  if (INSIDE === undefined) return undefined;
  const kept = keptIn(response, INSIDE)?.streamOrStatic;
  if (kept === undefined || kept.consumed !== false) return undefined;
  const { body } = kept;
  if (typeof body !== "string" && !(body instanceof Uint8Array)) {
    return undefined;
  }
  kept.consumed = true;
  return typeof body === "string" ? encoded(body) : body;
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

function encoded(text: string): Uint8Array {
  const { length } = text;
  if (length > SHORT_TEXT) return UTF8.encode(text);
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return UTF8.encode(text);
    bytes[i] = code;
  }
  return bytes;
}
