/**
 * Options that other tools have and these do not, with what to write instead: people
 * know nc, socat and curl by heart, and look for a port or TLS among the options.
 *
 * @module
 */

/** What to write instead of an option, by its letter or its long name. */
export type ForeignOptions = Readonly<Record<string, string>>;

const VERSION = "write --version";
const TLS = "for TLS write the address tls://HOST:PORT";

const FAULT =
  "put tap in between, which has faults: parley-server tap 9000 7342 --fault delay:200ms";

const CLIENT_PORT =
  "the port stands behind the address: parley-client 127.0.0.1:7342";
const CLIENT_UNIX = "for a Unix socket write: parley-client unix:PATH";

const CLIENT_TIME = "for a time limit write for example: --timeout 3s";
const FAILS = "a status of 400 or above gives exit code 1 anyway; leave it out";
const RETRY =
  "the pauses grow by themselves; for how long to try again to connect write for example: --retry 30s";
const SILENT = "only the body and failures are shown anyway; leave it out";

/** Options that the client does not have. */
export const CLIENT_FOREIGN: ForeignOptions = {
  "4": "for IPv4 write the address, such as 127.0.0.1:7342",
  "6": "for IPv6 write the address, such as [::1]:7342",
  A: "write: --header 'User-Agent: NAME'",
  b: "write: --header 'Cookie: NAME=VALUE'",
  c: "a program is not started; send what it prints: PROGRAM | parley-client 7342",
  e: "a program is not started; send what it prints: PROGRAM | parley-client 7342",
  f: FAILS,
  G: "the query stands in the address: 'http://HOST/PATH?NAME=VALUE'",
  l: "to listen write: parley-server print 7342",
  m: CLIENT_TIME,
  N: "what has arrived is shown at once; leave it out",
  n: "names are only looked up where they are given; leave it out",
  O: "the file is named: --output FILE",
  p: CLIENT_PORT,
  s: SILENT,
  S: SILENT,
  T: "write: --method PUT --data @FILE",
  U: CLIENT_UNIX,
  V: VERSION,
  w: CLIENT_TIME,
  z: "to see whether something listens write: parley-client wait 7342 --timeout 1s",
  cookie: "write: --header 'Cookie: NAME=VALUE'",
  "data-binary": "write: --data @FILE, which is sent as it is",
  "data-raw": "write: --data TEXT",
  fail: FAILS,
  fault: FAULT,
  host: "the host stands before the port: parley-client HOST:7342",
  json: "write: --data TEXT --header 'Content-Type: application/json'",
  "max-time": CLIENT_TIME,
  port: CLIENT_PORT,
  request: "write: --method METHOD",
  "retry-all-errors": RETRY,
  "retry-connrefused": RETRY,
  "retry-delay": RETRY,
  "retry-max-time": RETRY,
  silent: SILENT,
  ssl: TLS,
  tls: TLS,
  udp: "for UDP write: parley-client udp:7342",
  unix: CLIENT_UNIX,
  "user-agent": "write: --header 'User-Agent: NAME'",
};

const SERVER_PORT = "the port is the address: parley-server print 7342";
const SERVER_UDP = "for UDP write: parley-server print udp:7342";
const SERVER_UNIX = "for a Unix socket write: parley-server print unix:PATH";
const SERVER_TIME = "for a time limit write for example: --idle-timeout 3s";

/** Options that the server does not have. */
export const SERVER_FOREIGN: ForeignOptions = {
  c: "a program is not started; the services answer: parley-server echo 7342",
  e: "a program is not started; the services answer: parley-server echo 7342",
  k: "many connections are served at once; leave it out",
  l: "it always listens; write: parley-server print 7342",
  n: "names are only looked up where they are given; leave it out",
  p: SERVER_PORT,
  u: SERVER_UDP,
  U: SERVER_UNIX,
  V: VERSION,
  w: SERVER_TIME,
  fault: FAULT,
  host: "the host stands before the port: parley-server print HOST:7342",
  port: SERVER_PORT,
  ssl: TLS,
  timeout: SERVER_TIME,
  tls: TLS,
  udp: SERVER_UDP,
  unix: SERVER_UNIX,
};

/** Options that `load` does not have, of wrk, wrk2, hey and ab among others. */
export const LOAD_FOREIGN: ForeignOptions = {
  c: "write: --connections N",
  d: "write: --duration 30s",
  L: "all percentiles are shown anyway; leave it out",
  n: "write: --count N",
  q: "messages per second, over all connections, are written: --rate 500",
  R: "write: --rate 2k/s",
  t: "for threads write: --workers N; for the wait for an answer: --timeout 2s",
  z: "write: --duration 30s",
  concurrency: "write: --connections N",
  fault: FAULT,
  latency: "all percentiles are shown anyway; leave it out",
  requests: "write: --count N",
  threads: "write: --workers N",
};

const WAIT_TIME = "for how long to wait write for example: --timeout 30s";

/** Options that `wait` does not have, of wait4x and wait-for-it among others. */
export const WAIT_FOREIGN: ForeignOptions = {
  p: "the port stands behind the address: parley-client wait 127.0.0.1:7342",
  t: WAIT_TIME,
  w: WAIT_TIME,
  z: "connections are opened and closed, and nothing is sent; leave it out",
  "connection-timeout": "one attempt is bounded by: --attempt-timeout 3s",
  "expect-body-regex": "write: --expect '/a regular expression/'",
  "expect-status-code": "a status of 2xx or 3xx is waited for; leave it out",
  host: "the host stands before the port: parley-client wait HOST:7342",
  interval: "how often to try is written: --every 1s",
  "invert-check": "to wait until a server is gone write: --gone",
  port: "the port stands behind the address: parley-client wait 127.0.0.1:7342",
  retry: "it tries again by itself, for as long as: --timeout 30s",
  reverse: "to wait until a server is gone write: --gone",
  strict: "the exit code says whether all servers are there; leave it out",
};
