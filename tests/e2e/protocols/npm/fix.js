/**
 * fixjs: `fix.js server PORT` executes each order, `fix.js client PORT` logs on,
 * sends orders, prints their executions, and logs out.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a program: what it prints is its result

import { connect, createServer } from "node:net";
import process from "node:process";

// fixjs inherits by assigning to __proto__, which Deno leaves out.
Object.defineProperty(Object.prototype, "__proto__", {
  configurable: true,
  set(prototype) {
    Object.setPrototypeOf(this, prototype);
  },
});
const { default: fix } = await import("fixjs");

const [role, port] = process.argv.slice(2);
const HOST = "127.0.0.1";
const ORDERS = 40;

if (role === "server") {
  const server = createServer((socket) => {
    // One for each connection, as it refuses a second session of a name.
    const acceptor = fix.createServer();
    acceptor.on(
      "session",
      (session) =>
        session.on("NewOrderSingle", (order, next) => {
          const report = new fix.Msgs.ExecutionReport();
          report.ClOrdID = order.ClOrdID;
          report.OrderQty = order.OrderQty;
          report.Text = order.Text;
          next(report);
        }),
    );
    acceptor.attach(socket);
  });
  server.listen(Number(port), HOST, () => console.log("listening"));
} else {
  const socket = connect(Number(port), HOST);
  // Its decoder verifies the checksum; an error of it ends the program.
  const session = fix.createClient(socket).session("BUYER", "SELLER");
  session.on("logon", () => {
    for (let i = 1; i <= ORDERS; i++) {
      const order = new fix.Msgs.NewOrderSingle();
      order.ClOrdID = `order${i}`;
      order.Symbol = "XYZ";
      order.OrderQty = i;
      order.Text = "x".repeat(i * 20);
      session.send(order);
    }
  });
  let count = 0;
  session.on("ExecutionReport", (report, next) => {
    console.log(report.ClOrdID, report.OrderQty, report.Text.length);
    if (++count === ORDERS) session.logout();
    next();
  });
  session.on("end", () => socket.end());
  session.logon();
}
