// deno-lint-ignore-file no-console -- a script: what it prints is its result

/** Node's `http` with the smallest handler; prints its port. */
const server = require("node:http").createServer((_request, response) => {
  response.setHeader("content-type", "text/plain;charset=UTF-8");
  response.end("Hello, world!\n");
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
