// The numbers of RFC 6455: opcodes (§5.2), close codes (§7.4) and the sizes that follow from the frame layout.

/** Opcodes of RFC 6455 §5.2. Bit 3 marks a control frame. */
export const Opcode = {
  /** A further fragment of the message (RFC 6455 §5.4). */
  continuation: 0x0,
  /** Text, as UTF-8. */
  text: 0x1,
  /** Bytes. */
  binary: 0x2,
  /** Close frame (RFC 6455 §5.5.1). */
  close: 0x8,
  /** Ping (RFC 6455 §5.5.2). */
  ping: 0x9,
  /** Pong (RFC 6455 §5.5.3). */
  pong: 0xa,
} as const;

/** First header byte (RFC 6455 §5.2). */
export const FIN_BIT = 0x80;
/** RFC 7692 §6: the message is compressed. */
export const RSV1_BIT = 0x40;
export const RSV2_BIT = 0x20;
export const RSV3_BIT = 0x10;
export const RSV_BITS = 0x70;
export const OPCODE_BITS = 0x0f;
export const CONTROL_BIT = 0x08;

/** Second header byte (RFC 6455 §5.2). */
export const MASK_BIT = 0x80;
export const LENGTH_BITS = 0x7f;
export const LENGTH_16 = 126;
export const LENGTH_64 = 127;

/** 2 bytes, 8 bytes of extended length, 4 bytes of masking key (RFC 6455 §5.2). */
export const MAX_HEADER_SIZE = 14;
/** RFC 6455 §5.5: all control frames have a payload of 125 bytes or less. */
export const MAX_CONTROL_PAYLOAD = 125;
/** What a Close frame leaves for the reason after its two-byte code (RFC 6455 §5.5.1). */
export const MAX_CLOSE_REASON_SIZE = MAX_CONTROL_PAYLOAD - 2;

/** Close codes of RFC 6455 §7.4.1 and of the registry it set up (1012–1014). */
export const CloseCode = {
  /** The purpose of the connection is fulfilled. */
  normal: 1000,
  /** The server goes down, or the page is left. */
  goingAway: 1001,
  /** The peer broke the protocol. */
  protocolError: 1002,
  /** Data of a kind that the endpoint does not take, such as binary where it wants text. */
  unsupportedData: 1003,
  /** Never on the wire: no code was received. */
  noStatusReceived: 1005,
  /** Never on the wire: the connection was lost without a Close frame. */
  abnormal: 1006,
  /** Data that does not fit its kind, such as text that is not UTF-8. */
  invalidPayload: 1007,
  /** The message breaks a rule of the endpoint, or no other code fits. */
  policyViolation: 1008,
  /** The message is larger than the endpoint takes. */
  messageTooBig: 1009,
  /** The server did not agree on an extension that the client needs. */
  mandatoryExtension: 1010,
  /** The endpoint failed. */
  internalError: 1011,
  /** The server restarts; connect again after a while. */
  serviceRestart: 1012,
  /** The server is overloaded. */
  tryAgainLater: 1013,
  /** A gateway got an invalid response from the server behind it. */
  badGateway: 1014,
  /** Never on the wire: the TLS handshake failed. */
  tlsHandshake: 1015,
} as const;

/** RFC 6455 §1.3: appended to the key before hashing. */
export const HANDSHAKE_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** RFC 6455 §4.1: the version this engine speaks. */
export const PROTOCOL_VERSION = '13';

/** The two ends of a connection: the client masks what it sends (RFC 6455 §5.3), the server ends TCP first (§7.1.1). */
export type Role = 'client' | 'server';

/** HTTP statuses whose Location may be gone to (RFC 7231 §6.4, RFC 7538). 300 has several, and 304 is about caches. */
export const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
