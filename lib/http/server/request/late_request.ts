/**
 * A `Request` that is made on first use.
 *
 * Making one costs more than reading it from the wire and writing the answer,
 * and many handlers use only its method and path. So handlers get an object of
 * the same class that has the fields of the real request. The first use of a
 * field makes the real one, so `instanceof`, `fetch(request)` and
 * `new Request(request)` work.
 *
 * @module
 */

// A constructor that does nothing, so that a class can extend the platform's.
function Unmade(): void {}
Unmade.prototype = Request.prototype;

function model(): Request {
  return new Request("http://localhost/", { headers: { a: "b" } });
}

/** A request whose real one is made by {@linkcode LateRequest.make}. */
export abstract class LateRequest
  extends (Unmade as unknown as { new (): Request }) {
  #real: Request | undefined;

  /** Whether the real request is made. */
  protected get isMade(): boolean {
    return this.#real !== undefined;
  }

  /** Makes the real request now. */
  makeNow(): void {
    this.#real ??= this.make();
  }

  /** Makes the real one; called once at most. */
  protected abstract make(): Request;

  static {
    // The platform keeps its fields under symbols of its own.
    for (const field of Object.getOwnPropertySymbols(model())) {
      Object.defineProperty(LateRequest.prototype, field, {
        get(this: LateRequest): unknown {
          return Reflect.get(this.#real ??= this.make(), field);
        },
        set(this: LateRequest, value: unknown): void {
          Reflect.set(this.#real ??= this.make(), field, value);
        },
      });
    }
  }
}

class Probe extends LateRequest {
  protected override make(): Request {
    return model();
  }
}

/**
 * Whether this platform's requests can be made late. They cannot if it keeps their
 * fields in a place that no other object can have.
 */
export const canBeLate: boolean = (() => {
  try {
    return new Probe().headers.get("a") === "b" &&
      new Request(new Probe()).headers.get("a") === "b";
  } catch {
    return false;
  }
})();
