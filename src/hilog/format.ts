// The text of a log call: hilog's format string and its parameters (kit specification §6.3). Unlike with printf,
// parameters are private unless marked `{public}`, and a parameter of the wrong type prints nothing.

const PRIVATE_TEXT = '<private>';
const PUBLIC_FLAG = '{public}';
const PRIVATE_FLAG = '{private}';

/**
 * Formats a log text.
 *
 * @param args         the arguments after the format; a single array stands for its elements
 * @param showPrivate  whether private parameters are printed
 */
export function formatLog(format: string, args: readonly unknown[], showPrivate: boolean): string {
  const parameters = args.length === 1 && Array.isArray(args[0]) ? (args[0] as readonly unknown[]) : args;
  let text = '';
  let used = 0;
  let at = 0;
  // Without parameters, and after the last one, the format is plain text: even `%%` is printed as it is.
  while (used < parameters.length) {
    const percent = format.indexOf('%', at);
    if (percent < 0) break;
    text += format.slice(at, percent);
    const { isPublic, end } = flagAt(format, percent + 1);
    const specifier = format[end] ?? '';
    at = end + 1;
    if (specifier === '%' && end === percent + 1) {
      text += '%';
    } else if (isSpecifier(specifier)) {
      const parameter = printed(specifier, parameters[used]);
      if (parameter !== undefined) text += isPublic || showPrivate ? parameter : PRIVATE_TEXT;
      used++;
    } else {
      text += format.slice(percent, at);
    }
  }
  return text + format.slice(at);
}

function flagAt(format: string, at: number): { isPublic: boolean; end: number } {
  if (format.startsWith(PUBLIC_FLAG, at)) return { isPublic: true, end: at + PUBLIC_FLAG.length };
  if (format.startsWith(PRIVATE_FLAG, at)) return { isPublic: false, end: at + PRIVATE_FLAG.length };
  return { isPublic: false, end: at };
}

function isSpecifier(letter: string): boolean {
  return letter !== '' && 'disoOxXf'.includes(letter);
}

/** The text of a parameter; `undefined` if it does not have the type of the specifier. */
function printed(specifier: string, value: unknown): string | undefined {
  switch (specifier) {
    case 'd':
    case 'i':
      return isNumeric(value) ? String(value) : undefined;
    case 's':
      return typeof value === 'string' || typeof value === 'boolean' || value == null ? String(value) : undefined;
    case 'o':
    case 'O':
      return typeof value === 'object' || typeof value === 'function' || value === undefined
        ? objectText(value)
        : undefined;
    // A device does not have the following specifiers.
    case 'x':
      return isNumeric(value) ? hex(value) : undefined;
    case 'X':
      return isNumeric(value) ? hex(value).toUpperCase() : undefined;
    default:
      return typeof value === 'number' ? value.toFixed(6) : undefined;
  }
}

function isNumeric(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function hex(value: number | bigint): string {
  return (typeof value === 'number' ? Math.trunc(value) : value).toString(16);
}

/** JSON, or another text for a value that has none: a log call never throws. */
function objectText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value); // it is circular, has a bigint in it, or a getter threw
  }
}
