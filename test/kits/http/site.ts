// What the tests of `http` share: requests to a scripted server, and errors in the form in which they are compared.

import { http } from '../../../src/kits/http/index.ts';

/** Makes one request with its own task. */
export async function request(url: string, options?: http.HttpRequestOptions): Promise<http.HttpResponse> {
  const task = http.createHttp();
  try {
    return await (options === undefined ? task.request(url) : task.request(url, options));
  } finally {
    task.destroy();
  }
}

/** Code and text of the error that a call rejects with. */
export async function failure(answer: Promise<unknown>): Promise<string> {
  try {
    await answer;
  } catch (error) {
    const { code, message } = error as { code: number; message: string };
    return `${code} ${message}`;
  }
  return 'no error';
}
