// SPDX-License-Identifier: Apache-2.0
'use strict';

// usage: node send.js otel SUBJECT pb|json URL
//        node send.js jaeger SERVICE 128|64 PREFIX URL|HOST:PORT
//        node send.js zipkin SERVICE v1|v2 PREFIX URL
//        node send.js drive SERVICE OPERATION PER_SECOND HOST:PORT SAMPLING_URL

const [library, ...args] = process.argv.slice(2);
require(`./${library}.js`).send(...args).then(() => process.exit(0), (err) => {
  console.error(err);
  process.exit(1);
});
