// Reads one file's prose with textlint, which tells prose from code in Markdown.

/// <reference path="./max-word-count.d.ts" />

import { TextlintKernel, type TextlintKernelOptions } from '@textlint/kernel';
import markdown from '@textlint/textlint-plugin-markdown';
import type { TextlintPluginCreator } from '@textlint/types';
import maxWordCount from 'textlint-rule-en-max-word-count';
import { proseOf } from './extract.ts';
import { styleRule } from './rule.ts';

/** A place where a reader stumbles. */
export interface Finding {
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
}

/** Words of a sentence. */
const MOST_WORDS = 40;

const kernel = new TextlintKernel();
// CommonJS that exports a `default` as well.
const plugin = (markdown as unknown as { default: TextlintPluginCreator }).default;
const settings: Omit<TextlintKernelOptions, 'filePath'> = {
  ext: '.md',
  plugins: [{ pluginId: 'markdown', plugin }],
  rules: [
    { ruleId: 'style', rule: styleRule },
    { ruleId: 'max-word-count', rule: maxWordCount, options: { max: MOST_WORDS } },
  ],
};

/** @param file  its name tells the language */
export async function readProse(file: string, source: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { text, line } of proseOf(file, source)) {
    const { messages } = await kernel.lintText(text, { ...settings, filePath: file });
    for (const { loc, message } of messages) findings.push({ line: line + loc.start.line - 1, text: message });
  }
  return findings;
}
