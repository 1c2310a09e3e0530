/**
 * MongoDB's own driver: `mongodb.js PORT` inserts and finds documents, prints
 * what the server answered.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a program: what it prints is its result

import process from "node:process";
import { MongoClient } from "mongodb";

const [port] = process.argv.slice(2);
const client = new MongoClient(`mongodb://127.0.0.1:${port}`, {
  directConnection: true,
  serverApi: "1",
  serverMonitoringMode: "poll",
  serverSelectionTimeoutMS: 10_000,
  maxPoolSize: 1,
});
await client.connect();
const things = client.db("test").collection("things");
const documents = Array.from({ length: 100 }, (_, i) => ({
  _id: i,
  text: "x".repeat(i * 100),
}));
const { insertedCount } = await things.insertMany(documents);
console.log(insertedCount);
const found = await things.find({}).toArray();
console.log(
  found.length,
  found.every(({ _id, text }) => text.length === _id * 100),
);
await client.close();
