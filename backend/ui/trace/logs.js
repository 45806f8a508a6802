// SPDX-License-Identifier: Apache-2.0

/** @import { Log, SpanView } from '../types.js' */

/**
 * All logs of some spans, by time.
 * @param {SpanView[]} views
 * @returns {{ log: Log, view: SpanView }[]}
 */
export function allLogs(views) {
  return views.flatMap((view) => view.logs.map((log) => ({ log, view }))).sort((a, b) => a.log.at - b.log.at);
}
