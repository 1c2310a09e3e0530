import { assertEquals, assertThrows } from "@std/assert";
import { HttpConnection } from "@parley/parley/http";
import { ByteSink } from "@parley/parley/framing";

Deno.test("passed() counts bytes of a body that the caller writes itself", () => {
  for (const length of ["5", undefined]) {
    const http = new HttpConnection("server");
    http.receive(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    while (http.next() !== undefined);
    const sink = new ByteSink();
    assertThrows(() => http.passed(1), TypeError);
    http.send({
      type: "response",
      status: 200,
      reason: "OK",
      version: "1.1",
      headers: length === undefined ? [] : [["content-length", length]],
    }, sink);
    if (length === undefined) {
      assertThrows(() => http.passed(1), TypeError, "chunked");
      continue;
    }
    http.passed(3);
    assertThrows(() => http.passed(3), RangeError);
    http.send({ type: "data", bytes: new Uint8Array(1) }, sink);
    assertThrows(
      () => http.send({ type: "end", trailers: [] }, sink),
      RangeError,
    );
    http.passed(1);
    http.send({ type: "end", trailers: [] }, sink);
    assertEquals(http.peerState, "idle");
  }
});
