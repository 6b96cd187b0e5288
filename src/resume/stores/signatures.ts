// What the signatures of stores name, for the entries that export a store.

export type { GoneReason } from '../protocol/control.ts';
export type { PieceEnd } from '../protocol/outgoing-item.ts';
export type { Payload } from '../protocol/ports.ts';
export type {
  Answer,
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
} from '../protocol/store.ts';
