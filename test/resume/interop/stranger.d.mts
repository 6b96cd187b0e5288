/** See stranger.mjs. */
export declare class Stranger {
  readonly events: string[];
  readonly messages: (string | Uint8Array)[];
  readonly isIdle: boolean;
  constructor(url: string);
  connect(): void;
  cut(): void;
  send(data: string | Uint8Array): void;
  end(code: number, reason: string): void;
}
