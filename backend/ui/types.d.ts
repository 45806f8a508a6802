// SPDX-License-Identifier: Apache-2.0
//
// Shapes that more than one folder knows.

/** What the browser's address says: lib/url.js. */
export interface Route {
  page: 'traces' | 'trace' | 'status' | 'unknown';
  /** The trace id in the path, as it was written. */
  id: string;
  /** The values of the page's parameters, with defaults. */
  params: Record<string, string | string[] | number | boolean>;
  /** Parameters that this version does not know; they are kept. */
  rest: [string, string][];
  /** The address was made by a newer version. */
  newer: boolean;
}

/** A trace as /api/search and /api/live list it. Times are ns as text. */
export interface TraceSummary {
  traceID: string;
  start: string;
  duration: string;
  rootService: string;
  rootName: string;
  partial: boolean;
  spans: number;
  errors: number;
  services: { service: string; spans: number; errors: number }[];
  moreServices?: number;
  columns?: string[];
}

/** What /api/search answers. */
export interface SearchPage {
  query: string;
  traces: TraceSummary[];
  cursor: string;
  total: number;
  atLeast: boolean;
  scanned: number;
  cutAt: string | null;
}

/** What /api/trace/{id}/outline answers: a column a property, spans by start. */
export interface OutlineJSON {
  traceID: string;
  start: string;
  duration: string;
  spans: number;
  doubles: number;
  services: string[];
  names: string[];
  service: number[];
  name: number[];
  starts: number[];
  durations: number[];
  parent: number[];
  kind: string;
  status: string;
  ids: string;
}

/**
 * A trace as columns. A span is its place in the tree, walked from the roots,
 * children by start: the spans below span i are i+1 … end[i]-1.
 */
export interface Trace {
  id: string;
  /** Of the earliest span, ns since 1970. */
  start: bigint;
  /** To the end of the latest span, ns. */
  duration: number;
  /** Spans in the columns. */
  count: number;
  /** Spans of the trace; more than count when it is too large. */
  total: number;
  /** Spans that came twice. */
  doubles: number;
  services: string[];
  names: string[];
  /** Index in services. */
  service: Int32Array;
  /** Index in names. */
  name: Int32Array;
  /** ns since start. */
  starts: Float64Array;
  /** ns. */
  durations: Float64Array;
  /** The parent span, -1: a root, -2: its parent is not there. */
  parent: Int32Array;
  /** 0 for roots and orphans. */
  depth: Int32Array;
  /** The first span behind the subtree. */
  end: Int32Array;
  /** 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: Uint8Array;
  /** 0 unset, 1 ok, 2 error. */
  status: Uint8Array;
  /** 16 hex digits a span. */
  ids: string;
}

/** Equal siblings shown as one row: trace/fold.js. */
export interface Group {
  parent: number;
  /** The spans, by start. */
  members: Int32Array;
  name: number;
  service: number;
  errors: number;
}

/** The rows of the tree that are to be seen. */
export interface Rows {
  /** A span, or ~index of a group. */
  rows: Int32Array;
  groups: Group[];
}

/** A value of OTLP JSON: one of its fields is there. */
export interface AnyValue {
  stringValue?: string;
  boolValue?: boolean;
  /** Text, for it may be larger than what a number holds. */
  intValue?: string | number;
  doubleValue?: number | string;
  bytesValue?: string;
  arrayValue?: { values?: AnyValue[] };
  kvlistValue?: { values?: KeyValue[] };
}
export interface KeyValue { key: string; value?: AnyValue }

/** A span of OTLP JSON (opentelemetry-proto trace.proto). */
export interface OTLPSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  traceState?: string;
  flags?: number;
  name: string;
  kind?: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes?: KeyValue[];
  droppedAttributesCount?: number;
  events?: { timeUnixNano: string; name?: string; attributes?: KeyValue[]; droppedAttributesCount?: number }[];
  droppedEventsCount?: number;
  links?: { traceId: string; spanId: string; traceState?: string; attributes?: KeyValue[]; droppedAttributesCount?: number; flags?: number }[];
  droppedLinksCount?: number;
  status?: { code?: number; message?: string };
}
export interface OTLPTraces {
  resourceSpans?: {
    resource?: { attributes?: KeyValue[]; droppedAttributesCount?: number };
    schemaUrl?: string;
    scopeSpans?: { scope?: { name?: string; version?: string; attributes?: KeyValue[] }; schemaUrl?: string; spans?: OTLPSpan[] }[];
  }[];
}

/** What /api/status answers. */
export interface StatusJSON {
  version: string;
  /** ns since 1970. */
  started: string;
  ports: { name: string; address: string; error?: string }[];
  books: {
    received: number; stored: number; waiting: number; mended: number; balance: number;
    refused: Record<string, number> | null; unread: Record<string, number> | null;
  };
  store: {
    engine: string; path?: string; spans: number; traces: number; bytes: number; maxBytes: number;
    oldest: string | null; evicted: number; volatile: boolean;
  };
}

declare global {
  interface Window {
    /** Resolves when nothing is loading, drawing or moving: for tests. */
    uiIdle(): Promise<void>;
  }
}
