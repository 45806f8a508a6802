// SPDX-License-Identifier: Apache-2.0

import { APIError, apiURL, isPage, reasonOf, stranger } from './api.js';
import { busy } from './idle.js';

/**
 * What became of a file: { spans, traces (ids, the first 100), refused, because }.
 * @typedef {{ spans: number, traces: string[], refused: number, because?: string }} Imported
 */

/**
 * Sends a file of traces, as Jaeger's and the OTLP APIs answer them, to be kept.
 * @param {Blob} file
 * @param {(sent: number) => void} progress bytes
 * @param {AbortSignal} signal
 * @returns {Promise<Imported>}
 */
export async function upload(file, progress, signal) {
  const done = busy();
  try {
    if (signal.aborted) throw cancelled(); // while files before it were sent
    return JSON.parse(await new Promise((resolve, reject) => {
      // fetch does not tell how much was sent.
      const request = new XMLHttpRequest();
      const url = new URL(apiURL('/api/import'), location.href).href;
      request.open('POST', url);
      request.upload.onprogress = (event) => progress(event.loaded);
      request.onload = () => {
        if (request.responseURL !== url || (request.status === 200 && isPage(request.getResponseHeader('Content-Type')))) reject(stranger('/api/import'));
        else if (request.status === 200) resolve(request.responseText);
        else reject(new APIError(reasonOf(request.responseText, request.status, request.statusText), request.status, '/api/import'));
      };
      request.onerror = () => reject(new APIError('The server does not answer, or the file cannot be read.', 0, '/api/import'));
      request.onabort = () => reject(cancelled());
      signal.addEventListener('abort', () => request.abort());
      request.send(file);
    }));
  } finally {
    done();
  }
}

function cancelled() {
  return new APIError('Cancelled.', 0, '/api/import');
}
