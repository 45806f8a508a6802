// SPDX-License-Identifier: Apache-2.0

// Parses large outlines beside the page: a message { bytes } is answered with
// { trace } or { error }.
import { fromOutline } from './trace.js';

addEventListener('message', (event) => {
  try {
    const trace = fromOutline(JSON.parse(new TextDecoder().decode(event.data.bytes)));
    const columns = [trace.service, trace.name, trace.starts, trace.durations, trace.parent, trace.depth, trace.end, trace.kind, trace.status];
    postMessage({ trace }, { transfer: columns.map((c) => c.buffer) });
  } catch (error) {
    postMessage({ error: String(error) });
  }
});
