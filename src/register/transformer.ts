// What a transformer of TypeScript is: there are two, the optional peer's (transform.ts) and Node's (node-transformer.ts).

/** JavaScript, and its source map as JSON, which names one source. */
export interface JavaScript {
  readonly code: string;
  readonly map: string;
}

/** Why a source could not be translated. */
export interface TransformFailure {
  /** `syntax`: the source is wrong. `unsupported`: it is right, and this transformer cannot translate it. */
  readonly kind: 'syntax' | 'unsupported';
  readonly message: string;
  /** Counted from 1. */
  readonly line: number;
  /** Columns of a terminal, counted from 0: a tab or a wide character may take several. */
  readonly column: number;
}

/** Translates one source. Throws a {@link TransformFailure} for what it cannot translate. */
export type Transformer = (source: string, path: string, url: string) => JavaScript;
