/**
 * Pins what each entry point exports: a change of the public API is a change of
 * this file.
 *
 * Each name is in one entry point. Those that are in two are in
 * {@linkcode IN_SEVERAL}, each with its reason.
 *
 * @module
 */

import { assertEquals, assertExists } from "@std/assert";
import config from "../deno.json" with { type: "json" };

const EXPORTS: Record<string, readonly string[]> = {
  ".": names(`
    Address BatchOptions ChannelOptions ClosedError ConnectOptions Connection ConnectionError
    ConnectionErrorCode ConnectionErrorParts ConnectionEvent ConnectionStats Connector CutConnection
    DEFAULT_CONNECT_TIMEOUT_MS DEFAULT_FRAMING DEFAULT_GRACE_MS
    DEFAULT_MAX_BUFFERED_BYTES DEFAULT_MAX_CONNECTIONS
    DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS Deadline
    DialOptions ErrorParts FailedAttempt FramedAddress Handler Hint ListenOptions Listener MessageConnection
    MessageOptions ParleyError ProtocolError ProtocolErrorCode
    ProtocolErrorDetails ReceiveOptions RetryOptions ServeAddress ServeOptions Server
    ServerConnection ServerEvent ServerStats ShutdownOptions ShutdownReport
    StartTlsOptions StartTlsServerOptions StreamConnectionOptions StreamPair
    TimeoutError Transport WrapConnection connect describeError dial listen
    parseAddress serve startTls streamConnection
  `),
  "./tcp": names(`
    HostPort connectTcp listenTcp
  `),
  "./unix": names(`
    SocketPath UnixListenOptions connectUnix listenUnix
  `),
  "./tls": names(`
    PeerCertificate TlsCertificate TlsClientUpgrade TlsDialOptions TlsEngine
    TlsListenOptions TlsServerUpgrade connectTls listenTls
  `),
  "./udp": names(`
    DEFAULT_ATTEMPTS Datagram DatagramEndpoint DatagramEndpointOptions
    DatagramEvent DatagramHandler DatagramOptions DatagramPeerOptions DatagramPeersListener DatagramPeersOptions DatagramRequestOptions
    DatagramServer DatagramServerEvent DatagramServerStats DatagramSocket
    DatagramStats MAX_IPV4_DATAGRAM_BYTES MAX_IPV6_DATAGRAM_BYTES
    MulticastMembership MulticastOptions ReceivedDatagram
    ServeDatagramsOptions bindUdp dialDatagrams listenForDatagrams serveDatagrams
  `),
  "./http": names(`
    AnsweredEvent BodyData
    FileRange Forgiven HeaderField HttpClient HttpClientOptions HttpConnectHandler HttpConnectInfo HttpConnection
    HttpDialOptions HttpError HttpEvent HttpExchangeOptions HttpHandler
    HttpLimits HttpReadOptions HttpRequestInfo HttpRequestOptions
    HttpResponseReadOptions HttpRole HttpServer HttpServerConnection
    HttpServerEvent HttpServerStats HttpState HttpVersion IncomingResponse
    InformationalHead MessageEnd RequestHead ResponseHead ResponseOrigin ServeHttpOptions
    StatusHead TakeConnection UpgradeResult fileBody request serveHttp
  `),
  "./websocket": names(`
    CloseStatus ControlReceiver DEFAULT_MAX_FRAGMENTS Deflater Inflater MessageKind MessageType
    UpgradeWebSocketOptions WebSocketClientOptions WebSocketDecoder
    WebSocketDecoderOptions WebSocketDialOptions WebSocketEncoder
    WebSocketEncoderOptions WebSocketInfo WebSocketListenOptions WebSocketOptions
    WebSocketRequest WebSocketServerOptions upgradeWebSocket webSocketOf
  `),
  "./proxy": names(`
    DEFAULT_MAX_PROXY_HEADER_BYTES ParsedProxyHeader ProxyHeader ProxyProtocolOptions ProxyTlv
    encodeProxyHeader parseProxyHeader
  `),
  "./framing": names(`
    BadFrames Boundary ByteQueue ByteSink ChecksumName CodecOptions DEFAULT_MAX_MESSAGE_BYTES
    DecimalHeaderOptions Decoder DelimiterOptions Encoder FixedLengthOptions
    FrameDecoder FrameDecoderOptions FramePart FramePartKind FramePlace Framing Guess LengthBytes LengthPrefixOptions
    FRAMING_NAMES LineOptions PROTOCOLS Protocol ProtocolError ProtocolErrorCode ProtocolErrorDetails
    ReadableQueue Side SniffBuffer SniffedConversation SniffedStream Sureness VarintPrefixOptions ber cobs contentLength decimalHeader
    delimiter dle explainFrame fix fixedLength hdlc jsonSequence jsonValues lengthPrefix line mllp netstring
    octetCount parseFraming raw recordMarking resp sequence slip sniffFraming syslog untilClose
    varintPrefix withChecksum
  `),
  "./encoding": names(`
    Encoding EncodingLike JsonInput JsonValue MessageOf SentOf ValueDecoder bytes json text
  `),
  "./stream": names(`
    DecodeFramesOptions EncodeFramesOptions decodeFrames encodeFrames
  `),
  "./recording": names(`
    ConnectionTurns DEFAULT_MAX_LINE_BYTES EventEncoder PcapngEncoder RecordedChunk RecordedClose RecordedEnd RecordedEvent
    RecordedFault RecordedOnConnection RecordedOpen RecordedRefusal RecordedReset
    RecordingEnd
    RecordingError RecordingErrorCode RecordingFinish RecordingGap RecordingHead
    RecordingReader RecordingReaderOptions Turn TurnCollector TurnsOptions encodeEvent encodeHead
    isChunk pcapng turnsOf
  `),
  "./hub": names(`
    Backbone BackboneDelivery BackboneHub BackboneLink BackboneState
    DEFAULT_BACKBONE_QUEUE_BYTES DEFAULT_MAX_ROOMS DEFAULT_QUEUE_BYTES Hub HubEvent
    HubMember HubMemberStats HubNotice HubOptions HubReport LeaveReason
    LocalBackboneOptions NoticeForm QueueGap RoomGap RoomLink RoomListener RoomMessage
    RoomStats WhenSlow localBackbone noticeText serveHub
  `),
  "./relay": names(`
    BridgeReport DEFAULT_MAX_PEERS DEFAULT_PEER_TIMEOUT_MS DatagramPassage DatagramRelay DatagramRelayEvent
    FrameWatch FrameWatchOptions OpenBridge OpenRelay RelayDatagramsOptions RelayDirection
    RelayOptions RelayReport Relayable WatchedError WatchedFramings WatchedMessage bridge relay
    relayDatagrams
  `),
  "./nats": names(`
    NatsBackboneOptions NatsCredentials natsBackbone
  `),
  "./load": names(`
    DEFAULT_ANSWER_TIMEOUT_MS DEFAULT_LOAD_DURATION_MS DEFAULT_LOAD_MESSAGE_BYTES
    DEFAULT_OPEN_IN_FLIGHT DEFAULT_WARM_UP_MS
    LOAD_SUMMARY_VERSION LatencyFigures LoadErrorKind LoadErrors LoadInterval
    LoadLimit LoadLimitResult LoadOptions LoadParameters LoadProgress LoadSummary
    LoadThread LoadVersions LoadWorkerScope MOST_IN_FLIGHT MOST_LOAD_CONNECTIONS
    PercentilePoint hdrText readLoadSummary runLoad runLoadWorker
  `),
  "./testing": names(`
    DEFAULT_FAULT_SEED DatagramFaultOptions DatagramFaults datagramFaults
    withDatagramFaults Fault FaultAction FaultDirection FaultEvent FaultMedium FaultName
    FaultOptions FaultRange FaultScope StreamFaultOptions checkFaults parseFault withFaults
    ConnectScript MemoryConnectOptions MemoryDelay MemoryFaults MemoryListener
    MemoryListenerOptions MemoryPairOptions MemoryPieces ParseScriptOptions
    RunScriptOptions Script ScriptConnection ScriptConnectionOptions ScriptConnectionPlan
    ScriptError ScriptFailure ScriptFailureDetails ScriptMessage ScriptReport ScriptStep
    VerifyFramingOptions VerifyFramingReport memoryListener memoryPair parseScript
    runScript verifyFraming
  `),
  "./server": [],
  "./client": [],
};

const PURE =
  "a framing of your own throws it, and /framing runs where sockets do not exist";

/** The names that are in more than one entry point, and why. */
const IN_SEVERAL: Record<string, string> = {
  ProtocolError: PURE,
  ProtocolErrorCode: PURE,
  ProtocolErrorDetails: PURE,
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

Deno.test("each name is in one entry point, unless there is a reason", () => {
  const count = new Map<string, number>();
  for (const name of Object.values(EXPORTS).flat()) {
    count.set(name, (count.get(name) ?? 0) + 1);
  }
  const several = [...count].filter(([, n]) => n > 1).map(([name]) => name);
  assertEquals(several.sort(), Object.keys(IN_SEVERAL).sort());
});

Deno.test("no constructor or member of a public class mentions a type that no entry point exports", async () => {
  const exported = new Set(Object.values(EXPORTS).flat());
  const missing = new Set<string>();
  for (const path of Object.values(config.exports)) {
    const { symbols } = await documentation(path);
    for (const name of referencesIn(symbols)) {
      if (!exported.has(name)) missing.add(name);
    }
  }
  assertEquals([...missing], []);
});

Deno.test("nothing public mentions a type that no entry point exports", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", ...Object.values(config.exports)],
    env: { NO_COLOR: "1" },
  }).output();
  assertEquals({ code, errors: errorsIn(stderr) }, { code: 0, errors: [] });
});

Deno.test("each function that is exported is called in an example", async () => {
  const functions = new Set<string>();
  const examples: string[] = [];
  for (const path of Object.values(config.exports)) {
    const { module_doc, symbols } = await documentation(path);
    for (const { declarations, name } of symbols) {
      if (declarations.some(({ kind }) => kind === "function")) {
        functions.add(name);
      }
    }
    examples.push(...examplesIn([module_doc, symbols]));
  }
  const shown = new Set(
    examples.flatMap((example) =>
      [...example.matchAll(/(\w+)(?:<[^>]*>)?\(/g)].map(([, name]) => name!)
    ),
  );
  assertEquals([...functions].filter((name) => !shown.has(name)), []);
});

/** The examples in a part of the documentation. */
function* examplesIn(part: unknown): Generator<string> {
  if (typeof part !== "object" || part === null) return;
  const { doc, kind } = part as { doc?: string; kind?: string };
  if (kind === "example" && doc !== undefined) yield doc;
  for (const inner of Object.values(part)) yield* examplesIn(inner);
}

/** The types of ours that a part of the documentation refers to. */
function* referencesIn(part: unknown): Generator<string> {
  if (typeof part !== "object" || part === null) return;
  const { kind, value } = part as { kind?: string; value?: Reference };
  const found = kind === "typeRef" ? value?.resolution : undefined;
  if (found?.kind === "import" || found?.kind === "local") {
    yield found.name ?? value!.typeName;
  }
  for (const [key, inner] of Object.entries(part)) {
    if (key !== "jsDoc") yield* referencesIn(inner);
  }
}

/** A reference to a type, as `deno doc --json` has it. */
interface Reference {
  readonly typeName: string;
  readonly resolution?: { readonly kind: string; readonly name?: string };
}

function errorsIn(output: Uint8Array): string[] {
  const lines = new TextDecoder().decode(output).split("\n");
  return lines.filter((line) => line.startsWith("error"));
}

function names(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

/** What is used here of `deno doc --json`. */
interface Documentation {
  readonly module_doc?: { readonly doc?: string };
  readonly symbols: readonly {
    readonly name: string;
    readonly declarations: readonly { readonly kind: string }[];
  }[];
}

/** Asks `deno doc`, as types are exports too and cannot be seen at run time. */
async function documentation(path: string): Promise<Documentation> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", path],
  }).output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout));
  return Object.values<Documentation>(nodes)[0]!;
}
