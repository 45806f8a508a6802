// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestLinkLog: a server that is away and back by turns is logged once a minute.
func TestLinkLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		l := &link{log: slog.New(slog.NewTextHandler(&log, nil))}
		for range 600 { // a second each
			l.note(errors.New("no route"))
			l.note(nil)
			time.Sleep(time.Second)
		}
		if worse, better := strings.Count(log.String(), "cannot be used"), strings.Count(log.String(), "can be used again"); worse != 10 || better != 10 {
			t.Errorf("in ten minutes the log has %d times that the server cannot be used, and %d that it can, want 10 of each", worse, better)
		}
	})
}
