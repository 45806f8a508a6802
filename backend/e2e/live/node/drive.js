// SPDX-License-Identifier: Apache-2.0
'use strict';

// Makes traces with Node's jaeger-client, and samples them as it is told.

const { initTracer } = require('jaeger-client');

// send makes traces of an operation until it is ended, perSecond of them, and asks at the sampling server
// once a second. Each second it prints how many traces there were, and how many of them sampled.
exports.send = (service, operation, perSecond, agent, sampling) => {
  const [agentHost, agentPort] = agent.split(':');
  const { hostname, port, pathname } = new URL(sampling);
  const tracer = initTracer({
    serviceName: service,
    sampler: { type: 'remote', param: 1, host: hostname, port: Number(port), samplingPath: pathname, refreshIntervalMs: 1000 },
    reporter: { agentHost, agentPort: Number(agentPort), flushIntervalMs: 100 },
  }, {});
  const begun = Date.now();
  let made = 0;
  let said = 0;
  let sampled = 0;
  setInterval(() => {
    for (const due = ((Date.now() - begun) / 1000) * perSecond; made < due; made++) {
      const span = tracer.startSpan(operation);
      span.finish();
      if (span.context().isSampled()) sampled++;
    }
  }, 10);
  setInterval(() => {
    console.log(`${made - said} ${sampled}`);
    said = made;
    sampled = 0;
  }, 1000);
  return new Promise(() => {});
};
