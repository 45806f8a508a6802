// SPDX-License-Identifier: Apache-2.0

/** @import { Trace } from '../types.js' */
import { fromOutline } from '../trace/trace.js';
import { request } from './api.js';
import { busy } from './idle.js';

/** Outlines of more bytes, of some 5,000 spans, are parsed in a worker. */
const large = 250_000;

/**
 * Loads the outline of a trace.
 * @param {string} id
 * @param {AbortSignal} signal
 * @returns {Promise<Trace>}
 */
export async function loadTrace(id, signal) {
  const done = busy();
  try {
    const response = await request(`/api/trace/${encodeURIComponent(id)}/outline`, {}, { signal });
    const bytes = await response.arrayBuffer();
    return bytes.byteLength > large ? await parseAside(bytes, signal) : fromOutline(JSON.parse(new TextDecoder().decode(bytes)));
  } finally {
    done();
  }
}

/**
 * @param {ArrayBuffer} bytes
 * @param {AbortSignal} signal
 * @returns {Promise<Trace>}
 */
async function parseAside(bytes, signal) {
  const worker = new Worker(new URL('../trace/load-worker.js', import.meta.url), { type: 'module' });
  try {
    return await new Promise((resolve, reject) => {
      worker.addEventListener('message', ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.trace)));
      worker.addEventListener('error', (event) => reject(new Error(event.message || 'the worker failed')));
      signal.addEventListener('abort', () => reject(signal.reason));
      worker.postMessage({ bytes }, { transfer: [bytes] });
    });
  } finally {
    worker.terminate();
  }
}
