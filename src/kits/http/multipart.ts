// A form as a request body: multipart/form-data (RFC 7578).

import { basename } from 'node:path';
import { crypto, fs } from './builtins.ts';
import { httpError } from './errors.ts';
import type { MultiFormData } from './options.ts';
import { bodyOf } from './request-body.ts';

/** A body, and the media type with its boundary. */
export interface MultipartBody {
  readonly contentType: string;
  readonly body: Buffer;
}

/**
 * Makes a body of the fields that have a name, and data or a file.
 *
 * @returns `undefined` if there are none
 * @throws BusinessError 2300026 for a file that cannot be read
 */
export function multipartBody(fields: readonly MultiFormData[]): MultipartBody | undefined {
  const boundary = `------------------------${crypto.randomBytes(11).toString('hex')}`;
  const parts: Buffer[] = [];
  for (const field of fields) {
    if (typeof field !== 'object' || field === null || typeof field.name !== 'string' || field.name === '') continue;
    const content = contentOf(field);
    if (content === undefined) continue;
    parts.push(Buffer.from(`--${boundary}\r\n${headOf(field, content.fileName)}\r\n`), content.bytes, CRLF);
  }
  if (parts.length === 0) return undefined;
  parts.push(Buffer.from(`--${boundary}--\r\n`));
  return { contentType: `multipart/form-data; boundary=${boundary}`, body: Buffer.concat(parts) };
}

const CRLF = Buffer.from('\r\n');

/** The content of a field, and the name of its file if it comes from one. */
function contentOf({ data, filePath }: MultiFormData): { bytes: Buffer; fileName: string | undefined } | undefined {
  const bytes = data === undefined || data === null ? undefined : bodyOf(data);
  if (bytes !== undefined && bytes.length > 0) return { bytes, fileName: undefined };
  if (typeof filePath !== 'string' || filePath === '') return undefined;
  try {
    return { bytes: fs.readFileSync(filePath), fileName: basename(filePath) };
  } catch (error) {
    throw httpError('read', error);
  }
}

function headOf({ name, contentType, remoteFileName }: MultiFormData, fileName: string | undefined): string {
  const sent = typeof remoteFileName === 'string' && remoteFileName !== '' ? remoteFileName : fileName;
  const file = sent === undefined ? '' : `; filename="${quoted(sent)}"`;
  const type = typeof contentType === 'string' && contentType !== '' ? `Content-Type: ${oneLine(contentType)}\r\n` : '';
  return `Content-Disposition: form-data; name="${quoted(name)}"${file}\r\n${type}`;
}

/** As browsers and libcurl escape it: a name cannot end its quotation marks or its line. */
function quoted(text: string): string {
  return text.replace(/\r/gu, '%0D').replace(/\n/gu, '%0A').replace(/"/gu, '%22');
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]+/gu, ' ');
}
