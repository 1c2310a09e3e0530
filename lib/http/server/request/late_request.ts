/**
 * A `Request` that is made when somebody looks at it.
 *
 * Making one costs more than reading it off the wire and writing the answer, and
 * many handlers look at its method and path at most. So what handlers get is an
 * object of the same class whose fields are those of the real request, which is
 * made with the first look at one of them: `instanceof`, `fetch(request)` and
 * `new Request(request)` find what they expect.
 *
 * @module
 */

// A constructor that makes nothing, for a class of the platform's own lineage.
function Unmade(): void {}
Unmade.prototype = Request.prototype;

function model(): Request {
  return new Request("http://localhost/", { headers: { a: "b" } });
}

/** A request whose real one is made by {@linkcode LateRequest.make}. */
export abstract class LateRequest
  extends (Unmade as unknown as { new (): Request }) {
  #real: Request | undefined;

  /** Whether somebody has looked. */
  protected get isMade(): boolean {
    return this.#real !== undefined;
  }

  /** Makes the real one before anybody looks. */
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
 * Whether this platform's requests can be made late: not if it keeps their
 * fields elsewhere, where no other object can have them.
 */
export const canBeLate: boolean = (() => {
  try {
    return new Probe().headers.get("a") === "b" &&
      new Request(new Probe()).headers.get("a") === "b";
  } catch {
    return false;
  }
})();
