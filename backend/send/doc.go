// SPDX-License-Identifier: Apache-2.0

// Package send sends spans to a server that receives them: a collector of Jaeger's,
// one of OpenTelemetry's, or this backend. It is the mirror of package receive: spans
// out, the receiver's answer in. It makes one attempt; store/forward has the queue
// and tries again.
package send
