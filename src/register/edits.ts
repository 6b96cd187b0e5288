// Texts put into a source without moving its lines, and a source map that follows them (https://tc39.es/ecma426/).

/** Replaces the text from `start` to `end` by one without line breaks. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The source with its edits, which are in order and do not overlap. */
export function edited(source: string, edits: readonly Edit[]): string {
  let result = '';
  let from = 0;
  for (const { start, end, text } of edits) {
    result += source.slice(from, start) + text;
    from = end;
  }
  return result + source.slice(from);
}

/**
 * The source map, as JSON, of {@link edited}.
 *
 * @param map     the map of `source`, as JSON
 * @param source  the text before the edits
 */
export function editedMap(map: string, source: string, edits: readonly Edit[]): string {
  const parsed = JSON.parse(map) as { mappings: string };
  const lines = decodeMappings(parsed.mappings);
  let next = 0;
  let lineStart = 0;
  for (const [index, content] of source.split('\n').entries()) {
    const lineEnd = lineStart + content.length;
    const segments = lines[index];
    let at = 0;
    let growth = 0;
    for (; next < edits.length && edits[next]!.start <= lineEnd; next++) {
      const { start, end, text } = edits[next]!;
      // A segment that begins where an edit begins stays there; those after it move.
      for (; segments !== undefined && at < segments.length && segments[at]![0]! <= start - lineStart; at++) {
        segments[at]![0]! += growth;
      }
      growth += text.length - (end - start);
    }
    for (; segments !== undefined && at < segments.length; at++) segments[at]![0]! += growth;
    lineStart = lineEnd + 1;
  }
  return JSON.stringify({ ...parsed, mappings: encodeMappings(lines) });
}

/**
 * A segment of a map: the column in the code, and, where it is known, the numbers of the source, its line and column, and
 * that of the name. All count from 0.
 */
export type Segment = number[];

/** The segments of each line of the code. */
export function decodeMappings(mappings: string): Segment[][] {
  const last = [0, 0, 0, 0, 0];
  return mappings.split(';').map((line) => {
    last[0] = 0;
    if (line === '') return [];
    return line.split(',').map((segment) => {
      return numbersOf(segment).map((value, field) => {
        last[field]! += value;
        return last[field]!;
      });
    });
  });
}

function encodeMappings(lines: readonly Segment[][]): string {
  const last = [0, 0, 0, 0, 0];
  return lines
    .map((segments) => {
      last[0] = 0;
      return segments
        .map((segment) => {
          return segment
            .map((value, field) => {
              const text = base64VLQ(value - last[field]!);
              last[field] = value;
              return text;
            })
            .join('');
        })
        .join(',');
    })
    .join(';');
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** A number as digits of five bits, the lowest first, with the sign in the lowest bit and a bit for "more follow". */
export function base64VLQ(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = '';
  do {
    const digit = rest & 31;
    rest >>>= 5;
    text += digits[rest > 0 ? digit | 32 : digit];
  } while (rest > 0);
  return text;
}

/** The numbers that {@link base64VLQ} wrote one after the other. */
function numbersOf(text: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const character of text) {
    const digit = digits.indexOf(character);
    value |= (digit & 31) << shift;
    shift += 5;
    if ((digit & 32) !== 0) continue;
    numbers.push((value & 1) === 1 ? -(value >>> 1) : value >>> 1);
    value = shift = 0;
  }
  return numbers;
}
