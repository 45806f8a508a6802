// SPDX-License-Identifier: Apache-2.0
'use strict';

// What zipkin-js says of a request from one service to another, whose spans
// share an id.

const { TraceId, jsonEncoder, option, model } = require('zipkin');
const { HttpLogger } = require('zipkin-transport-http');

const start = Date.UTC(2026, 10, 28, 12) * 1000 + 123456; // µs

// send sends the spans as JSON of "v1" or "v2". Ids begin with prefix.
exports.send = async (service, version, prefix, to) => {
  const id = (n) => prefix + n.toString(16).padStart(16 - prefix.length, '0');
  const front = new model.Endpoint({ serviceName: `${service}-front`, ipv4: '10.0.0.7' });
  const back = new model.Endpoint({ serviceName: `${service}-back`, ipv4: '10.0.0.8', port: 8080 });
  const log = new HttpLogger({ endpoint: `${to}/api/${version}/spans`, jsonEncoder: version === 'v1' ? jsonEncoder.JSON_V1 : jsonEncoder.JSON_V2, httpInterval: 3600000 });

  function span(n, parent, name, kind, at, duration, local, { tags = {}, shared = false, debug = false } = {}) {
    const s = new model.Span(new TraceId({ traceId: id(1), parentId: parent ? new option.Some(id(parent)) : option.None, spanId: id(n), shared, debug }));
    s.setName(name);
    s.setKind(kind);
    s.setTimestamp(start + at);
    s.setDuration(duration);
    s.setLocalEndpoint(local);
    for (const [key, value] of Object.entries(tags)) s.putTag(key, value);
    if (kind === 'CLIENT') s.addAnnotation(start + at + 50, 'sent');
    if (version === 'v2' && kind === 'CLIENT') s.setRemoteEndpoint(back); // Jaeger cannot read it in v1
    log.logSpan(s);
  }

  span(1, 0, 'GET /Order', 'SERVER', 0, 1000, front, { tags: { 'http.path': '/Order', 'http.status_code': 200, text: 'Grüße </script>' } });
  span(2, 1, 'call', 'CLIENT', 100, 800, front);
  span(2, 1, 'serve', 'SERVER', 200, 600, back, { shared: true, tags: { error: 'deadlock' } });
  span(3, 2, 'work', undefined, 300, 100, back, { tags: { lc: 'db' } });
  span(4, 2, 'resolve', undefined, 110, 20, front);
  const sent = new Promise((done, fail) => { log.on('success', done); log.on('error', fail); });
  log.processQueue(log.fetchImplementation);
  await sent;
};
