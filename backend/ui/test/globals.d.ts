// SPDX-License-Identifier: Apache-2.0
//
// What tests put into the page.

interface LayoutShift extends PerformanceEntry {
  value: number;
  hadRecentInput: boolean;
  sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[];
}

interface Window {
  axe: typeof import('axe-core');
  frameTimes: { frames: number; longest: number; work: number; last: number; on: boolean };
  shifts: { sum: number; moved: string[]; observer: PerformanceObserver; add(entry: PerformanceEntry): void };
}
