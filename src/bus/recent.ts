// What was made of the texts that were last asked for: the same topics are published to again and again.

/** Texts that are kept, at most. All are forgotten when there are more: a topic of each of many clients comes once. */
const MOST = 4_096;
/** Longer ones are not kept. */
const LONGEST = 256;

export class Recent<Made> {
  readonly #make: (text: string) => Made;
  readonly #made = new Map<string, Made>();

  constructor(make: (text: string) => Made) {
    this.#make = make;
  }

  get(text: string): Made {
    const known = this.#made.get(text);
    if (known !== undefined) return known;
    const made = this.#make(text);
    if (text.length > LONGEST) return made;
    if (this.#made.size >= MOST) this.#made.clear();
    this.#made.set(text, made);
    return made;
  }
}
