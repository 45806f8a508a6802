// SPDX-License-Identifier: Apache-2.0

// Package warn tells people about failures that nobody returned to: spans that
// were lost in the background, a server that does not answer. It writes to a
// *slog.Logger, one line when a problem begins, at most one a minute while it
// lasts, and one when it ends, however often the failure happens.
package warn
