// The public entry `harmony-websocket/engine`: a WebSocket client and server in Node's idioms.

export type { CountOptions, ListOptions, MembersOptions } from '../bus/list-options.ts';
export type { Bus, BusState, CountOfNodes, ListedConnection, Listing, NodeInfo } from '../bus/seam.ts';
export type { ClientConnection } from '../client/client-connection.ts';
export { clientMetrics } from '../client/client-meter.ts';
export { HandshakeRequest, handshakeRequest } from '../client/handshake-request.ts';
export type {
  ClientHandlers,
  ConnectOptions,
  HandshakeRequestOptions,
  StreamingConnectOptions,
} from '../client/options.ts';
export type {
  NetworkHints,
  OutboxSettings,
  ReconnectCause,
  ReconnectHandlers,
  ReconnectHeaders,
  ReconnectOptions,
  ReconnectSettings,
  ReconnectUrl,
  UnsentMessage,
} from '../client/reconnect/options.ts';
export { type ReconnectEnd, ReconnectingConnection } from '../client/reconnect/reconnecting-connection.ts';
export type { ReconnectState } from '../client/reconnect/reconnector.ts';
export type { Redirect } from '../client/redirect.ts';
export type { ConnectPhase, ConnectTimings, RefusedResponse } from '../core/connect-failure.ts';
export type { CloseEvent } from '../core/connection/close-event.ts';
export { Connection } from '../core/connection/connection.ts';
export type { HandlerResult } from '../core/connection/handlers.ts';
export type { Heartbeat } from '../core/connection/heartbeat.ts';
export type { Limits } from '../core/connection/limits.ts';
export type { BinaryMessages, ConnectionSettings, Some, TextMessages } from '../core/connection/settings.ts';
export type { SharedMessage } from '../core/connection/shared-message.ts';
export type { SlowConsumerPolicy } from '../core/connection/slow-consumer.ts';
export type { ConnectionState } from '../core/connection/state.ts';
export { CloseCode, type Role } from '../core/constants.ts';
export { type ErrorCode, type ErrorFamily, WebSocketError } from '../core/errors.ts';
export type { CompressionSettings } from '../core/extension/compression-settings.ts';
export type { Close } from '../core/frame/close-payload.ts';
export type { HandshakeResponse } from '../core/handshake/client.ts';
export type { HeaderFields, HeaderValue } from '../core/handshake/header-fields.ts';
export type { HistogramMetrics } from '../core/histogram.ts';
export type { MessageData } from '../core/message/message-data.ts';
export { MessageStream } from '../core/message/message-stream.ts';
export type { FragmentOptions, SendOptions, SendStreamOptions, Signal } from '../core/message/send-options.ts';
export type { SentCallback } from '../core/message/sent-callbacks.ts';
export type { StreamSource, WebStream } from '../core/message/stream-source.ts';
export type {
  BusMetrics,
  ClientMetrics,
  ConnectionMetrics,
  CountByName,
  EndpointMetrics,
  ServerMetrics,
  SessionMetrics,
  SlowConsumerMetrics,
} from '../core/meter.ts';
export type {
  Direction,
  HandshakeOutcome,
  ObservedClose,
  ObservedFrame,
  ObservedRequest,
  Observer,
} from '../core/observer.ts';
export type { TrafficMetrics } from '../core/traffic-counts.ts';
export type { ConnectionTarget, CreateConnection } from '../node/dial.ts';
export type { ProxyAddress, ProxyProtocol, ProxySetting, ProxyUrl } from '../node/proxy-options.ts';
export { shareMessage } from '../node/share-message.ts';
export type {
  ChooseCertificate,
  ClientTlsOptions,
  NamedTlsOptions,
  Pem,
  ServerTlsOptions,
} from '../node/tls-options.ts';
export { type RuntimeTuning, tuneRuntime } from '../node/tune-runtime.ts';
export type { Logger } from '../observe/logger.ts';
export type { MetricNaming, MetricsEndpoint, MetricsTextOptions } from '../observe/metric-options.ts';
export type {
  ResumeClientOptions,
  ResumeClientSettings,
  StreamingResumeClientOptions,
} from '../resume/client/options.ts';
export {
  ResumableConnection,
  type ResumableState,
  type ResumeClientHandlers,
} from '../resume/client/resumable-connection.ts';
export type { ResumableEnd, Resumed, ReturnedMessage, SessionExpiry } from '../resume/client/told.ts';
export type { GoneReason } from '../resume/protocol/control.ts';
export type { PieceEnd } from '../resume/protocol/outgoing-item.ts';
export type { Payload } from '../resume/protocol/ports.ts';
export type {
  Answer as StoreAnswer,
  ClaimAnswer,
  Claimed,
  ClaimRequest,
  Creation,
  SessionHead,
  SessionLog,
  SessionProgress,
  SessionStore,
  Stale,
  StoredPiece,
  Tombstone,
  Written,
} from '../resume/protocol/store.ts';
export type {
  Expiry,
  PathSessionHandlers,
  ResumeSettings,
  Resumption,
  RoutedSessionOptions,
  SessionHandlers,
  SessionOptions,
  UnacknowledgedMessage,
} from '../resume/server/options.ts';
export { fileStore } from '../resume/stores/file-store.ts';
export { memoryStore } from '../resume/stores/memory-store.ts';
export type { FileStoreOptions } from '../resume/stores/options.ts';
export type {
  Accepted,
  AcceptOptions,
  Decision as UpgradeDecision,
  Nothing,
  Refused,
  Released,
} from '../server/decision.ts';
export type { ServerLimitSettings, ServerLimits } from '../server/limits.ts';
export type {
  AttachOptions,
  DrainOptions,
  DrainResult,
  ListenOptions,
  PublishOptions,
  ServerHandlers,
  ServerOptions,
  ServerSettings,
  StreamingServerOptions,
  UpgradeRequest,
} from '../server/options.ts';
export type {
  PathConnection,
  PathHandlers,
  PathOptions,
  PathRequest,
  PathSettings,
  RoutedServerOptions,
} from '../server/path-options.ts';
export type { ParamNames, PathParams } from '../server/path-pattern.ts';
export type { Server } from '../server/server.ts';
export type { ServerConnection } from '../server/server-connection.ts';
export type { Session } from '../server/session.ts';
export type { TopicLimits } from '../server/topics.ts';
export type { ForwardingFields } from '../server/trusted-proxies.ts';
export { accept, refuse, release } from '../server/upgrade-decision.ts';
export type { UpgradeOwner } from '../server/upgrade-owner.ts';
export { connect } from './connect.ts';
export { createServer } from './create-server.ts';
