// SPDX-License-Identifier: Apache-2.0

package warn_test

import (
	"log/slog"
	"os"

	"github.com/go-spur/spur/internal/warn"
)

func Example() {
	noTime := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}
	w := warn.New(slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: noTime})))

	for dropped := range 1000 {
		w.Problem("queue_full", "spans are being dropped", slog.Int("dropped", dropped+1))
	}
	w.Resolved("queue_full", "no more spans are dropped", slog.Int("dropped", 1000))
	// Output:
	// level=WARN msg="spans are being dropped" cause=queue_full dropped=1
	// level=INFO msg="no more spans are dropped" cause=queue_full dropped=1000 suppressed=999
}
