// The public entry `harmony-websocket/testing`: an in-memory network, a clock that the test moves, and scripted peers.
// It does not depend on a test runner and works with any.

export type { Opcode, Role } from '../core/constants.ts';
export type {
  ChooseCertificate,
  ClientTlsOptions,
  NamedTlsOptions,
  Pem,
  ServerTlsOptions,
} from '../node/tls-options.ts';
export type { NetworkCondition } from './conditions.ts';
export type { Bytes, ExpectedFrame, Frame, FrameFields, OpcodeName } from './frames.ts';
export type { Head, HeadFields } from './head.ts';
export type { HttpAnswer } from './http-answer.ts';
export type { HttpCall, HttpHandler, HttpPeer } from './http-peer.ts';
export type { NameAnswer } from './name-answers.ts';
export type { ListenOptions, NetworkOptions, OnlineOptions, PeerOptions, ServeOptions } from './network-options.ts';
export type { Peer } from './peer.ts';
export type { AcceptOptions, ClientOptions, RefuseOptions } from './peer-options.ts';
export type { PeerScript, PeerServer } from './peer-server.ts';
export { type ServedPeer, servePeer } from './served-peer.ts';
export { type TestNetwork, useNetwork } from './test-network.ts';
