// `lang` of `@kit.ArkTS` and `@arkts.lang`: types of the language. There is nothing in it at run time.

/** The module, which has types only. */
const lang = {};

declare namespace lang {
  /** An object that can be passed to another thread. */
  // biome-ignore lint/suspicious/noEmptyInterface: declared like this by the SDK
  export interface ISendable {}
}

export { lang, lang as default };
