// In which order a drain closes connections.

/** `'oldest'` and `'newest'` go by the time at which connections opened. */
export type ClosingOrder = 'newest' | 'oldest' | 'random';

/** @param members  the oldest first; it is put in order, and returned */
export function inClosingOrder<Member>(members: Member[], order: ClosingOrder): Member[] {
  if (order === 'newest') members.reverse();
  if (order === 'random') shuffle(members);
  return members;
}

/** Fisher and Yates: each order is as likely as any other. */
function shuffle(list: unknown[]): void {
  for (let last = list.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [list[last], list[other]] = [list[other], list[last]];
  }
}
