// What a user gives to `createPresence`, and what presence needs of a server.

/** Somebody who is there: a user, whatever number of connections he has, on whatever nodes. */
export interface PresenceMember<Data = unknown> {
  /** The member's identity, as given to `enter`. Two connections with the same key are one member. */
  readonly key: string;
  /** What `enter` was given along. Over nodes it is a copy, by JSON. Do not change it. */
  readonly data: Data;
}

/** A node of the system, as far as presence is concerned. */
export interface PresenceNode {
  /** Each start of a process has another id. */
  readonly id: string;
  /** Whether it is the server that was asked. */
  readonly isSelf: boolean;
}

/** The part of a server that presence uses. Each `Server` has it. */
export interface PresenceServer {
  /** The nodes of the system that are alive, this one among them. */
  nodes(): readonly PresenceNode[];
  /** Says something to the programs of all nodes that {@link hear} the topic, this one too. It never waits and never throws for the state of the bus. */
  tell(topic: string, data: string): void;
  /** Calls a function with what is said. @returns ends it */
  hear(topic: string, listener: (data: string) => void): () => void;
}

/** The part of a connection that presence uses. */
export interface PresenceConnection {
  /** Whether it is open. A connection with a session is, while its client is away. */
  readonly isOpen: boolean;
  /** Resolves when it has ended. */
  readonly closed: Promise<unknown>;
}

/** What presence tells the application. */
export interface PresenceHandlers<Data> {
  /**
   * Members have come. It is called for topics that this node is in: where one of its connections has entered. A node that
   * enters is told in one call of those who were there before.
   */
  joined?(topic: string, members: readonly PresenceMember<Data>[]): void;
  /** Members have left, `debounce` after their last connection; those of a node that died, when the others know that it is gone. */
  left?(topic: string, members: readonly PresenceMember<Data>[]): void;
  /** Members have other data than before. */
  changed?(topic: string, members: readonly PresenceMember<Data>[]): void;
}

/** Options of `createPresence`. Times are milliseconds. */
export interface PresenceOptions<Data> extends PresenceHandlers<Data> {
  /** Time for somebody whose last connection is gone to come back, on any node, without having left. 0 to 60,000. Default 2,000. */
  debounce?: number | undefined;
  /**
   * Time after which each node repeats what others may have missed, topic by topic. What is missed in spite of that ends after
   * three of them. 1,000 to 600,000. Default 30,000.
   */
  refresh?: number | undefined;
  /** Members of one topic that this node keeps. Above, `enter` throws, and those of other nodes are left out. Default 10,000. */
  maxMembers?: number | undefined;
  /** Topics that connections of this node may be in at a time. Above, `enter` throws. Default 10,000. */
  maxTopics?: number | undefined;
  /** Characters of a member's data as JSON. Above, `enter` throws. Default 1,024. */
  maxData?: number | undefined;
}

/** The bounds with their defaults. */
export type PresenceBounds = {
  readonly [Name in Exclude<keyof PresenceOptions<never>, keyof PresenceHandlers<never>>]-?: number;
};

/** @param options  checked */
export function presenceBounds(options: PresenceOptions<never>): PresenceBounds {
  return {
    debounce: options.debounce ?? 2_000,
    refresh: options.refresh ?? 30_000,
    maxMembers: options.maxMembers ?? 10_000,
    maxTopics: options.maxTopics ?? 10_000,
    maxData: options.maxData ?? 1_024,
  };
}
