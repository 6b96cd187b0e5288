// A session at rest: what of a conversation must survive the process, and going on from it.

import { formatGone, type Range } from './control.ts';
import type { Conversation } from './conversation.ts';
import type { Delivery, EndHost } from './ports.ts';
import type { SessionState, Tombstone } from './store.ts';

/** The state of a conversation. Messages that wait get their numbers by it; one whose source still runs becomes void. */
export function stateOf(conversation: Conversation, data: string): SessionState {
  const { outbound, inbound, part } = conversation;
  outbound.cutAll(part);
  const { isContinuing } = outbound;
  const pieces = [...outbound.pieces()].map((piece) => ({
    sequence: piece.sequence,
    data: piece.data,
    end: piece.end,
  }));
  return {
    handled: inbound.handled,
    handledWhole: inbound.handledWhole,
    beginning: inbound.beginning(),
    acknowledged: outbound.acknowledged,
    pieces,
    isContinuing,
    dropped: outbound.dropped,
    data,
  };
}

/** Puts a state into a new conversation. @returns the beginning of a message, for an end that delivers pieces */
export function restoreState(
  { outbound, inbound }: Conversation,
  state: SessionState,
  host: EndHost,
): Delivery | undefined {
  outbound.begin(state.acknowledged);
  outbound.dropped = state.dropped;
  let isContinuing = state.isContinuing;
  for (const { data, end } of state.pieces) {
    outbound.restore(data, typeof data === 'string' ? host.textSize(data) : data.length, end, isContinuing);
    isContinuing = false;
  }
  return inbound.restore(state.handled, state.handledWhole, state.beginning);
}

/** What a client is told of a session that it cannot have. */
export function farewellTo(clientHas: number, tombstone: Tombstone): string {
  const { why, handledWhole, sent, code, reason } = tombstone;
  const lost: Range | undefined = sent !== undefined && sent > clientHas ? [clientHas + 1, sent] : undefined;
  return formatGone({ why, received: handledWhole, lost, code, reason });
}
