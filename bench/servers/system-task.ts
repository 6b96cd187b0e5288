// What one node of a system of two is to do. A client names the topics that it wants in the query of its URL, `?topics=a,b`; a
// text `topic|data` of a client is published.

export interface SystemTask {
  /** URL of the broker; absent: there is only this node. */
  readonly broker?: string | undefined;
  /** For our own server. */
  readonly bus?: 'redis' | 'redis-sharded' | 'nats' | undefined;
}

/** The topics in the URL of a request. */
export function topicsIn(url: string): string[] {
  const topics = new URL(url, 'ws://127.0.0.1').searchParams.get('topics');
  return topics === null || topics === '' ? [] : topics.split(',');
}

/** Topic and data of a client's text. */
export function partsOf(text: string): [topic: string, data: string] {
  const at = text.indexOf('|');
  return [text.slice(0, at), text.slice(at + 1)];
}
