// The rule is published without types.

declare module 'textlint-rule-en-max-word-count' {
  import type { TextlintRuleModule } from '@textlint/types';

  const rule: TextlintRuleModule;
  export default rule;
}
