/**
 * Pins what each entry point exports: a change of the public API is a change of
 * this file.
 *
 * @module
 */

import { assertEquals, assertExists } from "@std/assert";
import config from "../deno.json" with { type: "json" };

const FRAMING = names(`
  Boundary ByteQueue ByteSink COPY_LIMIT_BYTES CodecOptions
  DEFAULT_MAX_MESSAGE_BYTES DecimalHeaderOptions Decoder DelimiterOptions
  Encoder FixedLengthOptions FrameDecoder FrameDecoderOptions Framing
  LengthBytes LengthPrefixOptions LineOptions MAX_HEADER_BLOCK_BYTES
  ProtocolError ProtocolErrorCode ProtocolErrorDetails VarintPrefixOptions
  cobs contentLength decimalHeader delimiter fixedLength jsonSequence
  lengthPrefix line netstring octetCount parseFraming raw slip untilClose
  varintPrefix
`);

const UDP = names(`
  DEFAULT_MAX_HANDLERS DEFAULT_MAX_QUEUED_BYTES DEFAULT_MAX_QUEUED_DATAGRAMS
  DEFAULT_REQUEST_ATTEMPTS DEFAULT_REQUEST_TIMEOUT_MS Datagram DatagramEndpoint
  DatagramEndpointOptions DatagramEvent DatagramHandler DatagramOptions
  DatagramServer DatagramServerEvent DatagramServerStats DatagramSocket
  DatagramStats MAX_IPV4_DATAGRAM_BYTES MAX_IPV6_DATAGRAM_BYTES
  MulticastMembership MulticastOptions ReceivedDatagram RequestOptions
  ServeDatagramsOptions bindUdp serveDatagrams
`);

const EXPORTS: Record<string, readonly string[]> = {
  ".": [
    ...FRAMING,
    ...UDP,
    ...names(`
  Address BatchOptions ClosedError ErrorParts ParleyError describeError ConnectOptions Connection ConnectionError
  ConnectionErrorCode ConnectionStats CutConnection DEFAULT_CONNECT_TIMEOUT_MS
  DEFAULT_FRAMING DEFAULT_GRACE_MS DEFAULT_HIGH_WATER_MARK_BYTES
  DEFAULT_MAX_CONNECTIONS DEFAULT_MAX_PROXY_HEADER_BYTES
  DEFAULT_PROXY_TIMEOUT_MS Deadline DialOptions Encoding EncodingLike Handler
  JsonValue ListenOptions Listener MessageConnection MessageOf MessageOptions
  ParsedProxyHeader ProxyHeader ProxyProtocolOptions ProxyTlv
  encodeProxyHeader parseProxyHeader
  ReceiveOptions ServeAddress ServeOptions Server ServerEvent ServerStats
  ShutdownOptions ShutdownReport TimeoutError Transport UnixListenOptions ValueDecoder bytes
  DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS PeerCertificate TlsCertificate
  StartTlsOptions TlsDialOptions TlsEngine TlsListenOptions startTls
  connect dial json parseAddress serve text
    `),
  ],
  "./tcp": names(`
  Address Connection DialOptions HostPort ListenOptions Listener Transport
  connectTcp listenTcp
  `),
  "./unix": names(`
  Address Connection DialOptions ListenOptions Listener SocketPath Transport
  UnixListenOptions connectUnix listenUnix
  `),
  "./tls": names(`
  Address Connection DialOptions HostPort ListenOptions Listener
  PeerCertificate TlsCertificate TlsDialOptions TlsEngine TlsListenOptions
  Transport connectTls listenTls startTls
  `),
  "./udp": [
    ...UDP,
    ...names(`
  Address CutConnection Encoding EncodingLike JsonValue MessageOf ReceiveOptions
  ShutdownOptions ShutdownReport Transport ValueDecoder
    `),
  ],
  "./http": names(`
  AnsweredEvent BodyData DEFAULT_BODY_TIMEOUT_MS DEFAULT_CLIENT_KEEP_ALIVE_MS
  DEFAULT_HEADER_TIMEOUT_MS DEFAULT_KEEP_ALIVE_TIMEOUT_MS
  DEFAULT_MAX_BODY_BYTES DEFAULT_MAX_IDLE_CONNECTIONS
  DEFAULT_MAX_IDLE_PER_ORIGIN DEFAULT_MAX_REDIRECTS DEFAULT_MAX_RESPONSE_BYTES
  DEFAULT_RESPONSE_BODY_TIMEOUT_MS DEFAULT_RESPONSE_TIMEOUT_MS
  DEFAULT_SEND_TIMEOUT_MS HeaderField HttpClient HttpClientOptions
  HttpConnection HttpError HttpEvent HttpExchangeOptions HttpHandler
  HttpDialOptions HttpLimits HttpReadOptions HttpRequestInfo
  HttpRequestOptions HttpRole HttpServer HttpServerEvent HttpServerStats
  HttpState HttpVersion IncomingResponse InformationalHead MessageEnd
  RequestHead ResponseHead ServeAddress ServeHttpOptions StatusHead request
  serveHttp
  `),
  "./framing": FRAMING,
  "./stream": names(`
  DecodeFramesOptions EncodeFramesOptions Framing decodeFrames encodeFrames
  `),
  "./testing": names(`
  Address Connection DEFAULT_MEMORY_BUFFER_BYTES Framing Listener
  MemoryConnectOptions MemoryDelay MemoryFaults MemoryListener
  MemoryListenerOptions MemoryPairOptions MemoryPieces Transport
  VerifyFramingOptions VerifyFramingReport memoryListener memoryPair
  verifyFraming
  `),
  "./server": [],
  "./client": [],
};

for (const [entry, path] of Object.entries(config.exports)) {
  Deno.test(`"${entry}" exports exactly the names listed here`, async () => {
    const { symbols } = await documentation(path);
    assertEquals(
      symbols.map(({ name }) => name).sort(),
      EXPORTS[entry]?.toSorted(),
    );
  });

  Deno.test(`"${entry}" says what it is for`, async () => {
    assertExists((await documentation(path)).module_doc?.doc);
  });
}

function names(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

/** What is used here of `deno doc --json`. */
interface Documentation {
  readonly module_doc?: { readonly doc?: string };
  readonly symbols: readonly { readonly name: string }[];
}

/** Asks `deno doc`, as types are exports too and cannot be seen at run time. */
async function documentation(path: string): Promise<Documentation> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", path],
  }).output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout));
  return Object.values<Documentation>(nodes)[0]!;
}
