// SPDX-License-Identifier: Apache-2.0
//
// Shapes that more than one folder knows.

/** What the browser's address says: lib/url.js. */
export interface Route {
  page: 'traces' | 'trace' | 'compare' | 'services' | 'map' | 'status' | 'unknown';
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
  /** Traces that were left out, for they are too large to be looked at. */
  tooLarge: number;
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
  links?: { span: number[]; trace: number[]; ids: string; traces: string[]; more: number };
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
  /** null: no span has any. */
  links: Links | null;
}

/** The links of a trace's spans to others, a column each; that to the own parent is none. */
export interface Links {
  /** The span that has the link. */
  span: Int32Array;
  /** Index in traces of the trace it leads to, which can be the same. */
  trace: Int32Array;
  /** 16 hex digits a link: the span it leads to. */
  ids: string;
  traces: string[];
  /** Links that are left out. */
  more: number;
}

/** A trace beside others on one time axis: trace/linked.js. Times are ns since the earliest of them. */
export interface Lane {
  id: string;
  /** Of its root. */
  service: string;
  name: string;
  from: number;
  to: number;
  spans: number;
  errors: number;
  /** How many links it is away from the trace that was asked for. */
  away: number;
  /** null: it is too large to be drawn here. */
  trace: Trace | null;
}

/** A link from a span of one lane to another lane. */
export interface LaneLink {
  /** The lane and the span that has the link. */
  lane: number;
  span: number;
  /** The lane and the span it leads to, -1: it is not there. */
  to: number;
  target: number;
  /** When the span that is linked to ends, and when that which links begins. */
  end: number;
  start: number;
}

/** Traces that are linked, on one time axis: trace/linked.js. */
export interface LinkedTraces {
  /** By start. */
  lanes: Lane[];
  /** By how long lies between their spans, the longest first. */
  links: LaneLink[];
  /** How many more there are. */
  moreLinks: number;
  /** The lane of the trace that was asked for. */
  own: number;
  /** To the end of the latest, ns. */
  duration: number;
  /** When no lane does anything. */
  gaps: Stretch[];
  /** Traces beyond those: at least so many. */
  left: number;
  /** Ids of traces that are linked to and not stored. */
  lost: string[];
}

/** A time in which no span without children runs: trace/idle.js. */
export interface Idle extends Stretch {
  /** The span that ended before it, and the one that begins after it; -1: the trace's begin or end. */
  before: number;
  after: number;
}

/** Siblings that are equal, of service, name and kind: trace/fold.js. */
export interface Folds {
  /** How many groups there are. */
  count: number;
  /** The group of a span, -1: none. */
  of: Int32Array;
  /** The members of group g are members[first[g]] … members[first[g + 1] - 1], by start. */
  first: Int32Array;
  members: Int32Array;
}

/** Equal siblings that are one row. */
export interface Group {
  /** Which group of the Folds it is. */
  fold: number;
  /** The span above, -1: roots, -2: spans whose parent is not there. */
  parent: number;
  /** The spans that are not hidden, by start. */
  members: Int32Array;
  name: number;
  service: number;
  kind: number;
  /** Of the members and all spans below them. */
  spans: number;
  errors: number;
  /** Its members are rows, too, below its own. */
  open: boolean;
}

/** The rows of the tree that are to be seen: trace/rows.js. */
export interface Rows {
  /** A span, or ~index of a group. */
  rows: Int32Array;
  /** How deep each row is indented: 0 at the left. */
  levels: Int32Array;
  groups: Group[];
  /** How many spans a filter hides, and how many of them failed. */
  hidden: number;
  hiddenErrors: number;
}

/** What is to be seen of a trace: trace/rows.js. */
export interface RowOptions {
  /** Spans whose subtree is not shown. */
  collapsed?: ReadonlySet<number>;
  /** The span whose subtree alone is shown, -1: all are. */
  focus?: number;
  /** 1 for the spans to leave out; what is below them moves up: trace/filter.js. */
  hidden?: Uint8Array | null;
  /** 1 for the spans to show alone, with those above them: trace/find.js. */
  only?: Uint8Array | null;
  /** Show equal siblings as one row: trace/fold.js. */
  folds?: Folds | null;
  /** The groups whose members are shown. */
  open?: ReadonlySet<number>;
}

/** Which spans something is true of. */
export interface Marked {
  /** 1 for each of them. */
  mask: Uint8Array;
  /** How many they are. */
  count: number;
  /** How many of them failed. */
  errors: number;
}

/** Stretches of time, each of a span: trace/critical-path.js. */
export interface Segments {
  /** Those of span i are from[first[i]] … from[first[i + 1] - 1], by time. */
  first: Int32Array;
  /** ns since the trace's start. */
  from: Float64Array;
  to: Float64Array;
}

/** A stretch of time, ns since the trace's start. */
export interface Stretch { from: number; to: number }

/** Where a time is drawn: trace/time-scale.js. */
export interface TimeScale {
  /** What is drawn, ns since the trace's start. */
  from: number;
  to: number;
  /** The idle gaps in it that are drawn shorter than they are. */
  gaps: Stretch[];
  /** Between the times the scale is even: shares[i] of the width is left of times[i]. */
  times: Float64Array;
  shares: Float64Array;
}

/** The paths of a trace, a column each: trace/paths.js. Times are ns. */
export interface Paths {
  trace: Trace;
  count: number;
  /** Index in the trace's services and names. */
  service: Int32Array;
  name: Int32Array;
  kind: Uint8Array;
  /** -1: none. */
  parent: Int32Array;
  depth: Int32Array;
  /** The first path behind the subtree. */
  end: Int32Array;
  /** How many spans have it, and how many of them failed. */
  spans: Int32Array;
  errors: Int32Array;
  /** The sums of durations and of self times, and the longest duration. */
  total: Float64Array;
  self: Float64Array;
  max: Float64Array;
  /** Of its earliest span, since the trace's start. */
  start: Float64Array;
  /** Of the names on the path, the same in all traces. */
  hash: Uint32Array;
  /** The path of each span, -1: it does not count. */
  of: Int32Array;
}

/** Where paths are drawn, a box each, by level and then from the left: trace/flame.js. */
export interface Flame {
  path: number[];
  /** Of how many paths right below path the box is, all too narrow for one of their own; 0: it is path's. */
  rest: number[];
  /** px. */
  x: number[];
  width: number[];
  /** It and those beside it took longer than what called them, and are drawn narrower to fit in. */
  narrow: boolean[];
  /** The boxes of level l are levels[l] … levels[l + 1] - 1. */
  levels: number[];
}

/** The paths of two traces as one tree: trace/compare.js. */
export interface Comparison {
  a: Paths;
  b: Paths;
  count: number;
  /** Which path of a and of b it is, -1: none. */
  inA: Int32Array;
  inB: Int32Array;
  /** -1: none. */
  parent: Int32Array;
  depth: Int32Array;
  /** The first path behind the subtree. */
  end: Int32Array;
}

/** How much time the paths of a Comparison took, ns. */
export interface Differences {
  a: Float64Array;
  b: Float64Array;
  /** Of b, less that of a. */
  delta: Float64Array;
  /** What became of it: trace/compare.js changes. */
  change: Uint8Array;
}

/** The numbers of some spans: trace/statistics.js. Times are ns. */
export interface Statistics {
  /** Index in the trace's services and names, -1: any. */
  service: number;
  name: number;
  /** Index in the values of what they are grouped by, -1: they are not. */
  value: number;
  count: number;
  errors: number;
  /** The sums of durations and of self times. */
  total: number;
  self: number;
  average: number;
  min: number;
  p50: number;
  p95: number;
  max: number;
}

/** A tag as it is shown. */
export interface Tag {
  key: string;
  type: 'string' | 'bool' | 'int' | 'double' | 'bytes' | 'list' | 'map' | 'empty';
  /** All digits of numbers; bytes as base64, lists and maps as JSON. */
  text: string;
  value: AnyValue;
}

/** A span as it is shown: trace/span-view.js. */
export interface SpanView {
  traceID: string;
  spanID: string;
  /** "" for a root. */
  parentID: string;
  service: string;
  name: string;
  /** As Trace.kind and Trace.status. */
  kind: number;
  status: number;
  statusMessage: string;
  /** ns since the trace's start. */
  start: number;
  duration: number;
  /** ns since 1970. */
  startTime: bigint;
  tags: Tag[];
  /** Tags of the process, which OpenTelemetry calls resource, without service.name. */
  process: Tag[];
  scope: { name: string; version: string; tags: Tag[] };
  logs: Log[];
  links: SpanLink[];
  traceState: string;
  /** What was mended in it when it arrived, or is odd about it. */
  warnings: string[];
  /** It came in a format of Jaeger's. */
  jaeger: boolean;
  /** What the sender left out. */
  dropped: { tags: number; logs: number; links: number };
}
export interface Log {
  /** ns since the trace's start, and since 1970. */
  at: number;
  time: bigint;
  name: string;
  tags: Tag[];
}
export interface SpanLink {
  traceID: string;
  spanID: string;
  kind: 'child of' | 'follows from';
  tags: Tag[];
}

/** A value of JSON, with all digits of its numbers: trace/json.js. */
export interface JSONNode {
  kind: 'object' | 'array' | 'string' | 'number' | 'bool' | 'null';
  /** Of a leaf: as JSON writes it; of a string: what it says. */
  text: string;
  /** Of objects and arrays. Keys of an array are "". */
  entries: { key: string; node: JSONNode }[];
}

/** A line of a JSON value: trace/json.js. */
export interface JSONLine {
  /** The places on the way to it, "0.3.1"; "" for the whole. */
  path: string;
  depth: number;
  /** null: no key, as in an array. */
  key: string | null;
  node: JSONNode;
  /** It has entries, and they are lines. */
  open: boolean;
}

/** A frame or another line of a stack trace: trace/stack.js. */
export interface StackLine {
  kind: 'message' | 'frame' | 'more';
  /** As it was; a frame can have two lines or more. */
  text: string;
  /** Of a frame; "" where it does not say. */
  function: string;
  /** Of a frame: file and line, "/src/main.go:12"; "" where it does not say. */
  place: string;
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
  ports: { name: string; address: string; purpose: string; error?: string }[];
  books: {
    received: number; stored: number; waiting: number; mended: number; balance: number;
    refused: Record<string, number> | null; unread: Record<string, number> | null;
  };
  store: {
    engine: string; path?: string; spans: number; traces: number; bytes: number; maxBytes: number;
    /** ns; "0" when no age removes spans. */
    maxAge: string;
    oldest: string | null; evicted: number; volatile: boolean;
    /** Others write to it, too, and its server removes what is old: evicted is 0. */
    shared: boolean;
    /** What it holds is not known, or not exactly; oldest null says nothing. */
    uncounted: boolean;
    /** It answers neither /api/red nor /api/usual. */
    noRates: boolean;
    /** Links are those of whole days that a job writes. */
    storedLinks: boolean;
  };
}

/** Percentiles of durations, ns as text. */
export interface Quantiles { p50: string; p75: string; p90: string; p95: string; p99: string }

/** How many spans some are, how many of them failed, and how long they took. */
export interface Rates { spans: number; errors: number; durations: Quantiles }

/** What /api/red answers: a series a service, or an operation of one. */
export interface REDJSON {
  series: {
    service: string;
    operation?: string;
    /** Of the whole time. */
    total: Rates;
    /** By time; steps without spans are left out. time: when the step begins, ns since 1970. */
    points: (Rates & { time: string })[];
  }[];
}

/** What /api/usual answers for a service. */
export interface UsualJSON { operations: (Rates & { operation: string })[] }

/** What /api/map answers. */
export interface MapJSON { links: { parent: string; child: string; calls: number; errors: number }[] }

/** Who calls whom: lib/graph.js. */
export interface ServiceMap {
  /** By name. */
  services: MapService[];
  /** By caller and callee, which are indices in services. */
  calls: MapCall[];
  /** Which calls failed is not known. */
  noErrors?: boolean;
}
export interface MapService {
  name: string;
  /** Of the requests that it answered, null when it has no such spans. */
  rates: Rates | null;
  /** Calls to others, and from others, and how many of the latter failed. */
  made: number;
  got: number;
  failed: number;
}
export interface MapCall { from: number; to: number; calls: number; errors: number }

/** Where services are drawn: lib/layout.js. */
export interface Places {
  /** The middle of each, by name. */
  at: Map<string, { x: number; y: number }>;
  /** What a call's line passes on its way, by callKey. */
  via: Map<string, { x: number; y: number }[]>;
  /** All are where a new layout puts them. */
  settled: boolean;
}

/** What makes links of tags, or of traces: trace/link-pattern.js; Jaeger's linkPatterns. */
export interface LinkPattern {
  /** What gets the link: tags of spans, of their process, of their logs, or a trace as a whole. */
  type: 'tags' | 'process' | 'logs' | 'traces';
  /** The names of tags that get it; null: any, and those of "traces". */
  key: string[] | null;
  /** With #{name} where a value comes. */
  url: string;
  text: string;
}

/** Where the values of a link come from. */
export interface LinkSource {
  trace: Trace;
  /** The span that has the tag; null: the link is the trace's. */
  view: SpanView | null;
  /** The root above it. */
  root: SpanView | null;
  /** The address that paths are relative to. */
  base: string;
}

/** A link, or why there is none. */
export interface Link {
  url: string;
  text: string;
  /** "": it is a link. */
  problem: string;
}

declare global {
  interface Window {
    /** Resolves when nothing is loading, drawing or moving: for tests. */
    uiIdle(): Promise<void>;
  }
}
