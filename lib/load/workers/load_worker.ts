/**
 * The module of a worker.
 *
 * @module
 */

import type { LoadWorkerScope } from "../options.ts";
import { serveOrders } from "./run_worker.ts";

serveOrders(globalThis as unknown as LoadWorkerScope);
