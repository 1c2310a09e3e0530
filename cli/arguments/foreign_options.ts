/**
 * Letters that other tools have and these do not, with what to write instead: nc,
 * socat and curl are in many people's fingers.
 *
 * @module
 */

/** What to write instead of a letter, by the letter. */
export type ForeignLetters = Readonly<Record<string, string>>;

/** Letters of the client. */
export const CLIENT_LETTERS: ForeignLetters = {
  "4": "for IPv4 write the address, such as 127.0.0.1:7342",
  "6": "for IPv6 write the address, such as [::1]:7342",
  c: "a program is not started; send what it prints: PROGRAM | parley-client 7342",
  e: "a program is not started; send what it prints: PROGRAM | parley-client 7342",
  l: "to listen write: parley-server print 7342",
  n: "names are only looked up where they are given; leave it out",
  p: "the port stands behind the address: parley-client 127.0.0.1:7342",
  U: "for a Unix socket write: parley-client unix:PATH",
  w: "for a time limit write for example: --timeout 3s",
  z: "to see whether something listens write: parley-client 7342 --frame raw --timeout 1s </dev/null",
};

/** Letters of the server. */
export const SERVER_LETTERS: ForeignLetters = {
  c: "a program is not started; the services answer: parley-server echo 7342",
  e: "a program is not started; the services answer: parley-server echo 7342",
  k: "many connections are served at once; leave it out",
  l: "it always listens; write: parley-server print 7342",
  n: "names are only looked up where they are given; leave it out",
  p: "the port is the address: parley-server print 7342",
  u: "for UDP write: parley-server print udp:7342",
  U: "for a Unix socket write: parley-server print unix:PATH",
  w: "for a time limit write for example: --idle-timeout 3s",
};
