// What this process has printed, for `SysTestKit.existKeyword`: on a device that command reads the system's log. Loading this
// file begins the record.

/** Characters that are kept: the latest. */
const LIMIT = 1 << 20;

let printed = '';

for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write;
  stream.write = function (this: typeof stream, ...parameters: Parameters<typeof write>) {
    const chunk: unknown = parameters[0];
    if (typeof chunk === 'string') printed = (printed + chunk).slice(-LIMIT);
    return Reflect.apply(write, this, parameters);
  } as typeof write;
}

/** Whether a line has the text, in capital or small letters. */
export function wasPrinted(text: string): boolean {
  const wanted = text.toLowerCase();
  return printed.split('\n').some((line) => line.toLowerCase().includes(wanted));
}

/** Forgets what has been printed. */
export function forgetPrinted(): void {
  printed = '';
}
