// Texts of users, for errors: these end up in logs. Free of Node, since the kit in a page needs it too.

/** The text without what may be a user name and a password in front of a host. */
export function withoutPassword(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/isu, '$1***@');
}
