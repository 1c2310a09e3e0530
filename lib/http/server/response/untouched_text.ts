/**
 * Responses that are a text and nothing else.
 *
 * The platform makes the fields and the body of `new Response("text")` and of
 * `Response.json(value)` when something first looks at them, which costs more than
 * reading the request. This looks where the platform keeps the text until then, as
 * `Deno.serve` does. Where it finds nothing, the response is looked at as usual.
 *
 * @module
 */

/** A response of status 200 with one field, its content type. */
export interface UntouchedText {
  readonly text: string;
  readonly contentType: string;
}

/** A response, by the platform's own names. */
type Inside = Record<symbol, unknown>;

const PLAIN_TYPE = "text/plain;charset=UTF-8";

// Where the platform keeps the text, its type if that is not the usual one, and
// whether it was taken; all of them or none.
const TEXT = placeOf("lazy static body");
const TYPE = placeOf("lazy static content type");
const TAKEN = placeOf("serve fast consumed");
const isKept = TEXT !== undefined && TYPE !== undefined &&
  TAKEN !== undefined && isAsExpected();

/**
 * Takes the text of a response that nothing has looked at. The response counts as
 * used from then on.
 *
 * @param response What a handler gave.
 * @returns The text, or `undefined` if it is not such a response.
 */
export function takeUntouchedText(
  response: unknown,
): UntouchedText | undefined {
  if (!isKept || !(response instanceof Response)) return undefined;
  const inside = response as unknown as Inside;
  const text = inside[TEXT!];
  if (typeof text !== "string" || inside[TAKEN!] !== false) return undefined;
  // A class of the program's own may say something else of itself.
  if (Object.getPrototypeOf(response) !== Response.prototype) return undefined;
  inside[TAKEN!] = true;
  return { text, contentType: (inside[TYPE!] ?? PLAIN_TYPE) as string };
}

function placeOf(name: string): symbol | undefined {
  return Object.getOwnPropertySymbols(new Response("")).find((place) =>
    place.description === name
  );
}

/** Whether these places mean what their names say. */
function isAsExpected(): boolean {
  const holdsText = (response: Response) =>
    typeof (response as unknown as Inside)[TEXT!] === "string";
  const touched = Array.from({ length: 4 }, () => new Response("a"));
  touched[0]!.headers;
  touched[1]!.body;
  touched[2]!.clone();
  touched[3]!.bodyUsed;
  const others = [
    new Response("a", { status: 201 }),
    new Response("a", { statusText: "b" }),
    new Response("a", { headers: { a: "b" } }),
  ];
  return isTextOf(new Response("a"), "a", PLAIN_TYPE) &&
    isTextOf(Response.json(1), "1", "application/json") &&
    ![...touched, ...others].some(holdsText);
}

function isTextOf(response: Response, text: string, type: string): boolean {
  const inside = response as unknown as Inside;
  const here = inside[TEXT!] === text && (inside[TYPE!] ?? PLAIN_TYPE) === type;
  if (!here || inside[TAKEN!] !== false) return false;
  inside[TAKEN!] = true;
  const { bodyUsed, headers, status, statusText } = response;
  return bodyUsed && status === 200 && statusText === "" &&
    JSON.stringify([...headers]) === JSON.stringify([["content-type", type]]);
}
