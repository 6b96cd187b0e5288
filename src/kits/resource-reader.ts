// The port through which `context.resourceManager` reads the resources of the module that runs: strings and the like of
// `src/main/resources/base/element`, files of `rawfile`. What knows the project's folders sets it.

/** Reads resources of a module. A module's name is that of module.json5; `''` is the module that runs. */
export interface ResourceReader {
  /**
   * A value of a JSON file below `element`.
   *
   * @param kind    `string`, `integer`, `float`, `boolean`, `color`, `strarray`, `intarray` or `plural`
   * @param name    name of the resource
   * @param locale  the language of the application, such as `en-US`; absent: the base values
   * @returns the `value` in the file, references (`$string:name`) not followed; `undefined` if there is none
   */
  element(kind: string, name: string, moduleName: string, locale: string | undefined): unknown;
  /** The content of a file below `rawfile`. @returns `undefined` if there is none */
  rawFile(path: string, moduleName: string): Uint8Array | undefined;
  /** Names of the files and folders in a folder below `rawfile`. @returns `undefined` if there is no such folder */
  rawFiles(folder: string, moduleName: string): string[] | undefined;
}

let current: ResourceReader | undefined;

/** The reader of the module that runs, if one is set. */
export function resourceReader(): ResourceReader | undefined {
  return current;
}

/** Sets the reader. @returns a function that sets the one before */
export function setResourceReader(reader: ResourceReader | undefined): () => void {
  const previous = current;
  current = reader;
  return () => {
    if (current === reader) current = previous;
  };
}
