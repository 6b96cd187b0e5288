// The style as a rule of textlint, which tells prose from code in Markdown.

import type { TextlintRuleModule } from '@textlint/types';
import { wordings } from './style.ts';

/** Nodes that hold text of their own. Code and links' addresses are other nodes, and are not looked at. */
export const styleRule: TextlintRuleModule = (context) => {
  const { Syntax, report, RuleError, getSource, locator } = context;
  return {
    [Syntax.Paragraph](node) {
      look(node);
    },
    [Syntax.Header](node) {
      look(node);
    },
    [Syntax.TableCell](node) {
      look(node);
    },
  };

  function look(node: Parameters<typeof getSource>[0] & object): void {
    const text = withoutCode(getSource(node));
    for (const { pattern, advice } of wordings) {
      for (const match of text.matchAll(everywhere(pattern))) {
        const range = [match.index, match.index + match[0].length] as const;
        report(node, new RuleError(`"${match[0].trim()}": ${advice}`, { padding: locator.range(range) }));
      }
    }
  }
};

/** Inline code becomes one word of the same length, so that places stay right. */
function withoutCode(text: string): string {
  return text.replaceAll(/`[^`]*`/gu, (code) => 'X'.repeat(code.length));
}

/** As a global pattern whose spaces are any white space: a wording may continue on the next line. */
function everywhere({ source, flags }: RegExp): RegExp {
  return new RegExp(source.replaceAll(' ', '\\s+'), `${flags}g`);
}
