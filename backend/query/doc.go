// SPDX-License-Identifier: Apache-2.0

// Package query serves stored traces over HTTP: the JSON API that Jaeger's UI
// and Grafana speak (v1, as Jaeger 1.62 answers it), and the addresses that
// spur's own UI needs, search, live, rates and what the process itself does.
//
// An address is a method called after it, a function of the request that
// returns a value or an error. One wrapper around all of them checks who asks,
// writes JSON, compresses and turns errors into a status. A failed request is
// answered with {"data":null,"total":0,"limit":0,"offset":0,"errors":[{"code":…,"msg":…}]}.
package query
