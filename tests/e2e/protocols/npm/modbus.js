/**
 * jsmodbus: `modbus.js server PORT` serves 100 registers, `modbus.js client PORT`
 * writes and reads some of them and prints what it got.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a program: what it prints is its result

import { Buffer } from "node:buffer";
import { connect, createServer } from "node:net";
import process from "node:process";
import modbus from "jsmodbus";

const [role, port] = process.argv.slice(2);
const HOST = "127.0.0.1";

if (role === "server") {
  const server = createServer();
  const holding = Buffer.alloc(200);
  for (let i = 0; i < 100; i++) holding.writeUInt16BE(i * i, 2 * i);
  new modbus.server.TCP(server, { holding });
  server.listen(Number(port), HOST, () => console.log("listening"));
} else {
  const socket = connect(Number(port), HOST);
  const client = new modbus.client.TCP(socket, 1, 5000);
  await new Promise((resolve) => socket.once("connect", resolve));
  await client.writeMultipleRegisters(10, [7, 8, 9]);
  await client.writeSingleRegister(13, 10);
  const all = await client.readHoldingRegisters(0, 100);
  console.log(JSON.stringify(all.response.body.valuesAsArray));
  const many = await Promise.all(
    Array.from({ length: 50 }, (_, i) => client.readHoldingRegisters(i, 1)),
  );
  console.log(
    JSON.stringify(many.map((m) => m.response.body.valuesAsArray[0])),
  );
  socket.end();
}
