// Writes docs/errors.md from the error table: `npx tsx scripts/error-page.ts`. A test fails when the page is out of date.

import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { errorTable } from '../src/core/errors.ts';
import { exampleTexts } from './error-examples.ts';

export const errorPageUrl = new URL('../docs/errors.md', import.meta.url);

const introduction = `# Errors of the engine

Generated from src/core/error-table.ts by \`npx tsx scripts/error-page.ts\`.

\`harmony-websocket/engine\` throws, rejects with and reports one class of errors, \`WebSocketError\`. Its \`message\` says what
happened, names the rule or the limit, and tells you what to do; each message below is an example. Use \`code\` in programs:
it never changes, messages may. \`family\` tells you who must act. The kit has error codes of its own:
[kit-differences.md](kit-differences.md).
`;

interface Section {
  readonly heading: string;
  readonly text: string;
  /** Name of the middle column. Absent: there is none. */
  readonly column?: string;
  readonly holds: (row: TableRow) => boolean;
}

interface TableRow {
  readonly code: string;
  readonly message: string;
  readonly family: string;
  readonly closeCode?: number;
  readonly status?: number;
}

const sections: readonly Section[] = [
  {
    heading: 'The peer broke a rule or exceeded a limit (`protocol`)',
    text: 'The connection fails: the peer gets a Close frame with the close code, and the message as its reason.',
    column: 'close code',
    holds: ({ family, closeCode }) => family === 'protocol' && closeCode !== undefined,
  },
  {
    heading: 'A server refuses a request (`protocol`)',
    text: 'The client gets an HTTP response with the status, and the message as its body.',
    column: 'status',
    holds: ({ family, status }) => family === 'protocol' && status !== undefined,
  },
  {
    heading: 'A client does not accept a response (`protocol`)',
    text: '`connect` rejects. `status` and `response` of the error show the answer of the server.',
    holds: ({ family, status, closeCode }) => family === 'protocol' && status === undefined && closeCode === undefined,
  },
  {
    heading: 'The environment failed (`environment`)',
    text: 'DNS, TCP, TLS, a proxy, the network or the operating system, or the server has too many clients.',
    column: 'status or close code',
    holds: ({ family }) => family === 'environment',
  },
  {
    heading: 'Your program misused the API (`usage`)',
    text: 'The call throws or rejects before it does anything.',
    column: 'status',
    holds: ({ family }) => family === 'usage',
  },
];

/** The whole page. */
export function errorPage(): string {
  const rows: TableRow[] = exampleTexts(errorTable).map(([code, message]) => ({ code, message, ...errorTable[code] }));
  return [introduction, ...sections.map((section) => describeSection(section, rows.filter(section.holds)))].join('\n');
}

function describeSection({ heading, text, column }: Section, rows: readonly TableRow[]): string {
  const cells = (row: TableRow): string[] => [
    `\`${row.code}\``,
    ...(column === undefined ? [] : [String(row.status ?? row.closeCode ?? '')]),
    row.message.replaceAll('|', '\\|').replaceAll('<', '&lt;'),
  ];
  const head = ['code', ...(column === undefined ? [] : [column]), 'message'];
  const lines = [head, head.map(() => '---'), ...rows.map(cells)].map((line) => `| ${line.join(' | ')} |`);
  return `## ${heading}\n\n${text}\n\n${lines.join('\n')}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(errorPageUrl, errorPage());
