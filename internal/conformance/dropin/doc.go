// SPDX-License-Identifier: Apache-2.0

// Package dropin holds compat/jaeger-client-go against the real jaeger-client-go
// v2.30.0: what it exports, and what a program sees and sends that is linked with the
// one or with the other.
//
// Two files say which one that is. go.mod has the replace line that users write;
// jaeger.mod, with -modfile, has the real module.
package dropin
