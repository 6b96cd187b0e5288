// What the `sent` callbacks of messages were told.

/** Callbacks that record their name, and the code of the error that they were told. */
export function recorder() {
  const told: string[] = [];
  const tell = (name: string) => (error?: { code: string }) => void told.push(error ? `${name} ${error.code}` : name);
  return { told, tell };
}
