// JSON with integers of any size. Its text goes through the platform's functions with each such integer as a string that begins
// with a mark, which no other text in it has.

/** Chooses the integers that become a `bigint`. */
export type Choice = (digits: string) => boolean;

/** A string or a number. Strings are matched as units, so that digits inside them are not numbers. */
const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Parses JSON that is known to be valid.
 *
 * @param isBigInt  is asked for each number without a fraction and an exponent
 */
export function parseWithBigInts(text: string, isBigInt: Choice): unknown {
  // The text itself may have escapes in it.
  const mark = unusedMark(JSON.stringify(JSON.parse(text)));
  const marked = text.replace(tokens, (token) =>
    /^-?\d+$/.test(token) && isBigInt(token) ? JSON.stringify(mark + token) : token,
  );
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  );
}

/**
 * Writes a value with its integers of type `bigint` as numbers.
 *
 * @throws what `JSON.stringify` throws
 */
export function stringifyWithBigInts(
  value: unknown,
  allowed: (number | string)[] | null | undefined,
  space: string | number | undefined,
): string {
  const mark = unusedMark(
    JSON.stringify(value, (_key, member: unknown) => (typeof member === 'bigint' ? '' : member)) ?? '',
  );
  const marked = JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'bigint' ? `${mark}${member}` : member,
  );
  const written = JSON.stringify(JSON.parse(marked), allowed ?? null, space);
  return written.replace(new RegExp(`"${mark}(-?\\d+)"`, 'g'), '$1');
}

function unusedMark(text: string): string {
  let mark = 'bigint:';
  while (text.includes(mark)) mark = `x${mark}`;
  return mark;
}
