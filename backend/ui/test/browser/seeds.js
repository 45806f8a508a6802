// SPDX-License-Identifier: Apache-2.0

// Traces to look at, as OTLP JSON. They are the same each time.

/** A generator of numbers in [0, 1) (mulberry32). @param {number} seed */
export function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const hex = (/** @type {number} */ n, /** @type {number} */ digits) => n.toString(16).padStart(digits, '0');

/** @param {Record<string, unknown>} tags */
export function attributes(tags) {
  return Object.entries(tags).map(([key, v]) => ({ key, value: anyValue(v) }));
}

/** @param {unknown} v */
function anyValue(v) {
  switch (typeof v) {
    case 'boolean':
      return { boolValue: v };
    case 'bigint':
      return { intValue: String(v) };
    case 'number':
      return Number.isInteger(v) ? { intValue: String(v) } : { doubleValue: v };
    default:
      return { stringValue: String(v) };
  }
}

/** Now, to the second, in ns: traces older than the retention would be removed. */
export const now = BigInt(Math.floor(Date.now() / 1000)) * 1_000_000_000n;

/**
 * OTLP JSON of spans: { service, name, parent (index), start (ns since the
 * trace's), duration (ns), kind, error, tags, events, links, id }.
 * @param {string} traceID 32 hex digits
 * @param {Record<string, any>[]} spans
 * @param {bigint} [at] start of the trace, ns since 1970
 */
export function otlp(traceID, spans, at = now - 60_000_000_000n) {
  const byService = new Map();
  spans.forEach((s, i) => {
    if (!byService.has(s.service)) byService.set(s.service, []);
    const start = at + BigInt(Math.round(s.start));
    const parent = s.parentId ?? (s.parent >= 0 ? hex(s.parent + 1, 16) : '');
    byService.get(s.service).push({
      traceId: traceID, spanId: s.id ?? hex(i + 1, 16), parentSpanId: parent, name: s.name, kind: s.kind ?? 1,
      startTimeUnixNano: String(start), endTimeUnixNano: String(start + BigInt(Math.round(s.duration))),
      attributes: attributes(s.tags ?? {}), events: s.events ?? [], links: s.links ?? [],
      status: s.error ? { code: 2, message: String(s.error) } : {},
    });
  });
  return {
    resourceSpans: [...byService].map(([service, list]) => ({
      resource: { attributes: attributes({ 'service.name': service, 'host.name': 'laptop', 'process.pid': 4711 }) },
      scopeSpans: [{ scope: { name: 'seeds', version: '1' }, spans: list }],
    })),
  };
}

export const ids = {
  one: hex(1, 32), siblings: hex(2, 32), small: hex(3, 32), tenThousand: hex(4, 32), fiftyThousand: hex(5, 32), huge: hex(6, 32),
  cycle: hex(7, 32), orphan: hex(8, 32), hostile: hex(9, 32), gap: hex(10, 32), hundred: hex(11, 32),
};

/** One span. */
export const one = () => otlp(ids.one, [{ service: 'lonely', name: 'only', parent: -1, start: 0, duration: 1_500_000, tags: { answer: 42 } }]);

/** A root with 240 equal children, one of which failed. */
export function siblings() {
  /** @type {Record<string, any>[]} */
  const spans = [{ service: 'cart', name: 'GET /cart', parent: -1, start: 0, duration: 500e6, kind: 2 }];
  for (let i = 0; i < 240; i++) {
    spans.push({ service: 'cart', name: 'SELECT item', parent: 0, start: 1e6 + i * 2e6, duration: 1.8e6, kind: 3, tags: { 'db.item': i }, error: i === 100 ? 'deadlock' : '' });
  }
  return otlp(ids.siblings, spans);
}

/**
 * A random tree.
 * @param {string} id
 * @param {number} n spans
 */
export function tree(id, n) {
  const next = random(n);
  const services = ['frontend', 'checkout', 'payment', 'inventory', 'shipping', 'email', 'search', 'recommend'];
  /** @type {Record<string, any>[]} */
  const spans = [{ service: 'frontend', name: 'GET /checkout', parent: -1, start: 0, duration: 10e9, kind: 2, tags: {} }];
  for (let i = 1; i < n; i++) {
    const parent = Math.floor(Math.max(0, i - 1 - next() * Math.min(i, 40)));
    const above = spans[parent];
    const start = above.start + next() * above.duration * 0.6;
    const duration = Math.max(1000, (above.start + above.duration - start) * next() * 0.9);
    const service = next() < 0.4 ? above.service : services[Math.floor(next() * services.length)];
    spans.push({
      service, name: `${['GET', 'POST', 'SELECT', 'process'][Math.floor(next() * 4)]} /${service}/${Math.floor(next() * 12)}`, parent, start, duration,
      kind: 1 + Math.floor(next() * 5), error: next() < 0.01 ? 'it broke' : '', tags: { n: i, 'http.status_code': next() < 0.01 ? 500 : 200 },
    });
  }
  return otlp(id, spans);
}

/** Three spans that are each other's ancestors, and one beside them. */
export const cycle = () => otlp(ids.cycle, [
  { service: 'a', name: 'root', parent: -1, start: 0, duration: 10e6 },
  { service: 'b', name: 'first', parent: 3, start: 1e6, duration: 5e6 },
  { service: 'b', name: 'second', parent: 1, start: 2e6, duration: 3e6 },
  { service: 'b', name: 'third', parent: 2, start: 3e6, duration: 1e6 },
]);

/** Spans whose parents never came. */
export const orphan = () => otlp(ids.orphan, [
  { service: 'lost', name: 'child of nobody', parentId: 'ffffffffffffffff', start: 0, duration: 4e6 },
  { service: 'lost', name: 'grandchild', parent: 0, start: 1e6, duration: 2e6 },
]);

export const hostileText = '"><img src=x onerror=alert(1)><script>alert(2)</script>\u202e\u0000{{7*7}}${7*7}javascript:alert(3)';

/** Names that are code in all places. */
export const hostile = () => otlp(ids.hostile, [
  { service: hostileText, name: hostileText, parent: -1, start: 0, duration: 3e6, tags: { [hostileText]: hostileText, 'a.url': 'javascript:alert(4)', long: 'x'.repeat(20_000), json: '{"a":[1,{"b":"<b>"}]}' },
    events: [{ timeUnixNano: String(now), name: hostileText, attributes: attributes({ [hostileText]: hostileText }) }], error: hostileText },
  { service: 'toString', name: '__proto__', parent: 0, start: 1e6, duration: 1e6, tags: { __proto__x: 1, constructor: 2 } },
]);

/** Two bursts with 30 s of silence between them. */
export const gap = () => otlp(ids.gap, [
  { service: 'worker', name: 'job', parent: -1, start: 0, duration: 30.2e9 },
  { service: 'worker', name: 'before', parent: 0, start: 1e6, duration: 90e6 },
  { service: 'worker', name: 'after', parent: 0, start: 30.1e9, duration: 95e6 },
]);
