// SPDX-License-Identifier: Apache-2.0

// Every page and view, and spans to see on each.
import { store } from './backend.js';
import * as compare from './compare-seed.js';
import * as seeds from './seeds.js';
import * as span from './span-seed.js';

const hundred = `/trace/${seeds.ids.hundred}`;
const hostile = `/trace/${seeds.ids.hostile}`;
const rich = `/trace/${span.ids.rich}`;
/** The name of the hostile service, as the server stores it, in an address. */
const name = encodeURIComponent(seeds.hostileText);

/** By name, below the base path. @type {Record<string, string>} */
export const pages = {
  traces: '/', 'traces-form': '/?form=1', 'traces-wrong': '/?q=dur%3E', 'traces-none': '/?q=service%3Anobody',
  status: '/status', unknown: '/no/such/page',
  trace: hundred, 'trace-span': `${hundred}?span=0000000000000003`, 'trace-table': `${hundred}?view=table`, 'trace-logs': `${hundred}?view=logs`,
  'trace-flame': `${hundred}?view=flame`, 'trace-linked': `${rich}?view=linked`,
  'trace-hostile': `${hostile}?span=0000000000000001`, 'trace-hostile-flame': `${hostile}?view=flame`, 'trace-hostile-table': `${hostile}?view=table&by=tag:${name}`,
  'trace-cycle': `/trace/${seeds.ids.cycle}`, 'trace-gap': `/trace/${seeds.ids.gap}`, 'trace-unknown': `/trace/${seeds.ids.huge}`,
  compare: `/compare?a=${compare.ids.before}&b=${compare.ids.after}`, 'compare-beside': `/compare?a=${compare.ids.before}&b=${compare.ids.after}&view=beside`,
  'compare-choose': '/compare', 'compare-unknown': `/compare?a=${seeds.ids.one}&b=${seeds.ids.huge}`, 'compare-hostile': `/compare?a=${seeds.ids.hostile}&b=${seeds.ids.cycle}&only=new`,
  services: '/services', 'services-all': '/services?kind=all', 'services-service': '/services?service=frontend', 'services-operation': '/services?service=frontend&op=GET+%2Fcheckout',
  'services-hostile': `/services?kind=all&service=${name}`, 'services-unknown': '/services?service=nobody',
  map: '/map', 'map-service': '/map?service=frontend&depth=1&chosen=frontend&chosen=checkout', 'map-table': '/map?view=table', 'map-hostile': `/map?service=${name}`, 'map-unknown': '/map?service=nobody',
};

/** What browsers say in the console of the wrong search, and of what is unknown. */
export const expected = /status of 40[04]/;

/** Stores what the pages show. @param {{ url: string }} backend */
export async function fill(backend) {
  const traces = [
    seeds.one(), seeds.siblings(), seeds.cycle(), seeds.orphan(), seeds.hostile(), seeds.gap(), seeds.tree(seeds.ids.hundred, 100),
    span.rich(), span.linked(), span.usual(), compare.before(), compare.after(),
  ];
  for (const t of traces) await store(backend, t);
}
