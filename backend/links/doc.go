// SPDX-License-Identifier: Apache-2.0

// Package links computes who called whom, for engines that answer Links with what a
// job has written: store.LinkWriter.
package links
