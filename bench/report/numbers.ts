// Numbers as the tables show them.

/** Three digits that count. */
export function number(value: number): string {
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en-US');
  const text = value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
  return text === '-0.00' ? '0.00' : text;
}
