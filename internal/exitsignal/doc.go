// SPDX-License-Identifier: Apache-2.0

// Package exitsignal knows which signals end a process, and ends it by one.
package exitsignal
