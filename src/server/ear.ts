// What the program of a server hears of the others, beside its connections: a subscriber of topics that no connection can be
// subscribed to by accident.

import { webSocketError } from '../core/errors.ts';
import type { PreparedMessage } from '../core/message/prepared-message.ts';
import { nodeHost } from '../node/environment.ts';
import type { Subscriber, Topics } from './topics.ts';

/** The topics of programs begin with it. */
const LEAD = '\0program:';

/** The topic under which programs speak of something. */
export function programTopic(topic: string): string {
  return LEAD + topic;
}

export function isProgramTopic(topic: string): boolean {
  return topic.startsWith(LEAD);
}

/** A function that is subscribed, like the machine of a connection as far as topics are concerned. */
class Ear implements Subscriber {
  readonly #listener: (data: string) => void;

  constructor(listener: (data: string) => void) {
    this.#listener = listener;
  }

  sendPrepared({ payload }: PreparedMessage): boolean {
    try {
      this.#listener(nodeHost.text.decode(payload, 0, payload.length));
    } catch (error) {
      nodeHost.scheduler.reportUncaught(error);
    }
    return true;
  }
}

/**
 * Subscribes a function to what programs say.
 *
 * @returns ends it
 * @throws WebSocketError ERR_WS_OPTION, ERR_WS_TOPIC_TOO_LONG
 */
export function hearProgram<Member extends Subscriber>(
  topics: Topics<Member>,
  topic: string,
  listener: (data: string) => void,
): () => void {
  if (typeof listener !== 'function') throw webSocketError('ERR_WS_OPTION', 'listener of hear', listener, 'a function');
  const ear: Subscriber = new Ear(listener);
  const heard = new Set<string>();
  topics.subscribe(ear as Member, heard, programTopic(topic));
  return () => {
    topics.leave(ear as Member, heard);
    heard.clear();
  };
}
