// The prose of a file: Markdown as it is, and of source files the comments, and the string literals that are sentences
// (error texts, notices, help texts). Source text is cut into tokens, not parsed: only comments and literals matter here.

import jsTokens from 'js-tokens';

/** A piece of prose, and where it begins. */
export interface Prose {
  /** Markdown. Its lines are those of the file, beginning at `line`, with comment marks replaced by spaces. */
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
}

/** A literal of so many words is read as a sentence. Shorter ones are names, keys and fragments. */
const WORDS_OF_A_SENTENCE = 4;

/** @param file  its name tells the language: `.md`, or else TypeScript or JavaScript */
export function proseOf(file: string, source: string): Prose[] {
  return file.endsWith('.md') ? [{ text: source, line: 1 }] : [...proseOfCode(source)];
}

function* proseOfCode(source: string): Generator<Prose> {
  let line = 1;
  let comment: { text: string; line: number } | undefined;
  for (const token of jsTokens(source)) {
    const { type, value } = token;
    const isComment = type === 'SingleLineComment' || type === 'MultiLineComment';
    // Line comments that follow each other are one text.
    if (type === 'SingleLineComment')
      comment = { text: `${comment?.text ?? ''}${value.slice(2)}`, line: comment?.line ?? line };
    else if (comment !== undefined && type === 'LineTerminatorSequence' && !comment.text.endsWith('\n'))
      comment.text += '\n';
    else if (comment !== undefined && type !== 'WhiteSpace') {
      yield comment;
      comment = undefined;
    }
    if (type === 'MultiLineComment') yield { text: withoutMarks(value), line };
    else if (!isComment && isLiteral(type)) {
      const text = sentenceOf(value);
      if (text !== undefined) yield { text, line };
    }
    line += value.split('\n').length - 1;
  }
  if (comment !== undefined) yield comment;
}

function isLiteral(type: string): boolean {
  return type === 'StringLiteral' || type.startsWith('Template') || type === 'NoSubstitutionTemplate';
}

/** A block comment without its marks. Tags of docstrings become paragraphs of their own. */
function withoutMarks(comment: string): string {
  return comment
    .slice(2, -2)
    .split('\n')
    .map((text) => text.replace(/^\s*\* ?/u, '').replace(/^\*/u, ''))
    .map((text) => text.replace(/^@(?:param|typeParam)\s+(?:\w+)\s*/u, '').replace(/^@\w+\s*/u, ''))
    .join('\n');
}

/** What a string or a part of a template says, if it is a sentence. */
function sentenceOf(literal: string): string | undefined {
  const text = literal
    .replace(/^[`'"}]/u, '')
    .replace(/(?:[`'"]|\$\{)$/u, '')
    .replaceAll(/\\[nt]/gu, '  ');
  const words = text.match(/\b[a-z]{2,}\b/gu) ?? [];
  return words.length >= WORDS_OF_A_SENTENCE && text.includes(' ') ? text : undefined;
}
