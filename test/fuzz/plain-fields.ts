// Header fields of the handshake read the slow, obvious way, by regular expressions after the grammars of RFC 7230 and
// RFC 6455 §9.1: what the parsers of src/core/ must agree with.

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const OWS = '[ \\t]*';
const QUOTED = `"(?:[^"\\\\]|\\\\[\\s\\S])*"`;
const PARAMETER = `${TOKEN}${OWS}(?:=${OWS}(?:${TOKEN}|${QUOTED}))?`;
const EXTENSION = `${TOKEN}${OWS}(?:;${OWS}${PARAMETER}${OWS})*`;
/** RFC 7230 §7: `#rule` with empty elements. */
const LIST = new RegExp(`^(?:${OWS}(?:${EXTENSION})?(?:,|$))*$`);

type Plain = [name: string, parameters: [string, string | true][]];

/** RFC 6455 §9.1. `undefined`: not a list of extensions. */
export function plainExtensions(text: string): Plain[] | undefined {
  if (!LIST.test(text)) return undefined;
  const list: Plain[] = [];
  for (const element of text.match(new RegExp(`(?:${QUOTED}|[^,"])+`, 'g')) ?? []) {
    const [name = '', ...parameters] = (element.match(new RegExp(`(?:${QUOTED}|[^;"])+`, 'g')) ?? []).map(trimmed);
    if (name === '') continue;
    const pairs: [string, string | true][] = [];
    for (const parameter of parameters) {
      const at = parameter.indexOf('=');
      if (at < 0) {
        pairs.push([parameter, true]);
        continue;
      }
      let value = trimmed(parameter.slice(at + 1));
      if (value.startsWith('"')) value = value.slice(1, -1).replace(/\\([\s\S])/g, '$1');
      if (!isPlainToken(value)) return undefined;
      pairs.push([trimmed(parameter.slice(0, at)), value]);
    }
    list.push([name, pairs]);
  }
  return list.length === 0 ? undefined : list;
}

/** `#token`. `undefined`: something else stands in it. */
export function plainTokens(text: string): string[] | undefined {
  const elements = text.split(',').map(trimmed);
  return elements.every((element) => element === '' || isPlainToken(element))
    ? elements.filter((element) => element !== '')
    : undefined;
}

export function isPlainToken(text: string): boolean {
  return new RegExp(`^${TOKEN}$`).test(text) && !text.endsWith('\n');
}

function trimmed(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '');
}

/** What a response may say to an offer of permessage-deflate, by the sentences of RFC 7692 §7.1. */
export interface PlainOffer {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number | undefined;
  /** `true`: named without a value. */
  readonly clientMaxWindowBits: number | true | undefined;
}

/** RFC 7692 §7.1: `undefined` where a parameter is unknown, repeated, or without a value that it may have. */
export function plainOffer(parameters: readonly (readonly [string, string | true])[]): PlainOffer | undefined {
  const names = parameters.map(([name]) => name);
  const of = (name: string) => parameters.find(([it]) => it === name)?.[1];
  const flags = ['server_no_context_takeover', 'client_no_context_takeover'];
  const windows = ['server_max_window_bits', 'client_max_window_bits'];
  if (new Set(names).size < names.length) return undefined;
  if (!names.every((name) => [...flags, ...windows].includes(name))) return undefined;
  if (flags.some((name) => of(name) !== undefined && of(name) !== true)) return undefined;
  if (of('server_max_window_bits') === true) return undefined;
  const sizes = ['8', '9', '10', '11', '12', '13', '14', '15'];
  for (const name of windows) {
    const value = of(name);
    if (typeof value === 'string' && !sizes.includes(value)) return undefined;
  }
  const bits = (value: string | true | undefined) => (typeof value === 'string' ? Number(value) : value);
  return {
    serverNoContextTakeover: of('server_no_context_takeover') === true,
    clientNoContextTakeover: of('client_no_context_takeover') === true,
    serverMaxWindowBits: bits(of('server_max_window_bits')) as number | undefined,
    clientMaxWindowBits: bits(of('client_max_window_bits')),
  };
}
