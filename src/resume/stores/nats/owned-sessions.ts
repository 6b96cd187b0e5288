// The sessions that processes here own: their documents, as they were written last, and their logs. So a call of the owner is
// one message, and the document is read again only where it is not what it was.

import type { Written } from '../../protocol/store.ts';
import { ownership } from '../session-record.ts';
import type { Document, Documents, Found } from './documents.ts';
import type { SessionMessages } from './session-log.ts';

/** A session that processes here own. */
export interface Owned {
  found: Found;
  /** When the document was written. */
  writtenAt: number;
  readonly log: SessionMessages;
}

export class OwnedSessions {
  readonly #documents: Documents;
  readonly #now: () => number;
  readonly #sessions = new Map<string, Owned>();

  constructor(documents: Documents, now: () => number) {
    this.#documents = documents;
    this.#now = now;
  }

  get(id: string): Owned | undefined {
    return this.#sessions.get(id);
  }

  /** Those whose document was written before a time. */
  writtenBefore(time: number): Document[] {
    return [...this.#sessions.values()].filter(({ writtenAt }) => writtenAt < time).map(({ found }) => found.document);
  }

  clear(): void {
    this.#sessions.clear();
  }

  /**
   * Replaces the document of a session.
   *
   * @param make  `undefined`: nothing changes
   */
  async replace(id: string, generation: number, make: (document: Document) => Document | undefined): Promise<Written> {
    for (;;) {
      const owned = await this.find(id, generation);
      if (typeof owned === 'string') return owned;
      const made = make(owned.found.document);
      if (made === undefined) return this.lookAgain(id, generation);
      const document = { ...made, last: Math.max(made.last, owned.log.lastOutgoing) };
      const sequence = await this.#documents.write(document, owned.found.sequence);
      if (sequence !== undefined) {
        owned.found = { document, sequence };
        owned.writtenAt = this.#now();
        return 'written';
      }
      const answer = await this.lookAgain(id, generation);
      if (answer !== 'written') return answer;
    }
  }

  /** Reads the document of a session that is owned here. */
  async lookAgain(id: string, generation: number): Promise<Written> {
    const found = await this.#documents.read(id);
    const answer = ownership(found?.document.record, generation);
    const owned = this.#sessions.get(id);
    if (answer !== 'written') this.disown(id, generation);
    else if (owned !== undefined && found !== undefined) owned.found = found;
    return answer;
  }

  /** A session, by its generation; one that is not known here is read. */
  async find(id: string, generation: number): Promise<Owned | Exclude<Written, 'written'>> {
    const known = this.#sessions.get(id);
    if (known?.found.document.record.generation === generation) return known;
    const found = await this.#documents.read(id);
    const answer = ownership(found?.document.record, generation);
    if (answer !== 'written' || found === undefined) return answer === 'lost' ? 'lost' : 'fenced';
    const tail = await this.#documents.tail(id);
    return this.own(found, this.#documents.log(id, found.document, tail, false));
  }

  /** From now on it is owned here. */
  own(found: Found, log: SessionMessages): Owned {
    const owned = { found, log, writtenAt: this.#now() };
    this.#sessions.set(found.document.record.id, owned);
    return owned;
  }

  /** It is not owned here any more, if it is still of this generation. */
  disown(id: string, generation: number): void {
    if (this.#sessions.get(id)?.found.document.record.generation === generation) this.#sessions.delete(id);
  }
}
