// Where preferences are kept: in memory, or in files of a folder.

import { deviceState, files } from '../host.ts';
import { preferencesError } from './errors.ts';
import { decoded, type StoredValue } from './stored-value.ts';

/** Which preferences: their name, and the folder of the context that they belong to. */
export interface Identity {
  readonly name: string;
  /** `''`: that of the running module. */
  readonly folder: string;
}

/** Values by key. */
export type Contents = Map<string, StoredValue>;

/** One place. Preferences in two places have nothing in common. */
export class Place {
  readonly #folder: string | undefined;
  readonly #kept = new Map<string, Contents>();

  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  /** Reads what is kept; nothing kept is empty. @throws BusinessError 15500000 for a file that cannot be read */
  read(identity: Identity): Contents {
    if (this.#folder === undefined) return new Map(this.#kept.get(keyOf(identity)));
    try {
      const json = files.read(this.#folder, fileOf(identity));
      if (json === undefined) return new Map();
      const contents = new Map<string, StoredValue>();
      for (const [key, value] of Object.entries(JSON.parse(json) as object)) {
        const stored = JSON.stringify(value);
        decoded(stored);
        contents.set(key, stored);
      }
      return contents;
    } catch (error) {
      throw preferencesError('fileUnreadable', error);
    }
  }

  /** Keeps values, instead of those before. @throws BusinessError 15500000 if the file cannot be written */
  write(identity: Identity, contents: ReadonlyMap<string, StoredValue>): void {
    if (this.#folder === undefined) {
      this.#kept.set(keyOf(identity), new Map(contents));
      return;
    }
    const lines = [...contents].map(([key, stored]) => `  ${JSON.stringify(key)}: ${stored}`);
    const json = lines.length === 0 ? '{}\n' : `{\n${lines.join(',\n')}\n}\n`;
    try {
      files.write(this.#folder, fileOf(identity), json);
    } catch (error) {
      throw preferencesError('fileUnreadable', error);
    }
  }

  /** Removes what is kept. @throws BusinessError 15500010 if the file cannot be removed */
  remove(identity: Identity): void {
    this.#kept.delete(keyOf(identity));
    if (this.#folder === undefined) return;
    try {
      files.remove(this.#folder, fileOf(identity));
    } catch (error) {
      throw preferencesError('deletionFailed', error);
    }
  }
}

const places = new WeakMap<object, Place>();

/** The place that `configure` has set. */
export function currentPlace(): Place {
  const setting = deviceState().preferences;
  const place = places.get(setting) ?? new Place(setting.folder);
  places.set(setting, place);
  return place;
}

/** A text for each identity. Names have no slash. */
export function keyOf({ folder, name }: Identity): string {
  return `${folder}/${name}`;
}

/** The path of a file in the folder of a place. */
function fileOf({ folder, name }: Identity): string {
  return `${encodeURIComponent(folder)}/${encodeURIComponent(name)}.json`;
}
