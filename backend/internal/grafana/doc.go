// SPDX-License-Identifier: Apache-2.0

// Package grafana has what Grafana's Jaeger data source asks a Jaeger, from
// backend/testdata/grafana, and reads answers as it does: into the same shapes, and
// using them where it does not look whether they are there.
package grafana
