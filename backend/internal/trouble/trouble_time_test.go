// SPDX-License-Identifier: Apache-2.0

package trouble

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestLog(t *testing.T) {
	away := errors.New("away")
	synctest.Test(t, func(t *testing.T) {
		var l Log
		for i, step := range []struct {
			after         time.Duration
			err           error
			worse, better bool
		}{
			{0, nil, false, false}, // it was never said to be wrong
			{0, away, true, false},
			{Every - 1, away, false, false},
			{1, away, true, false},
			{1, nil, false, true},
			{1, nil, false, false},
			{1, away, false, false}, // it was logged less than Every ago
			{1, nil, false, false},
			{Every, away, true, false},
		} {
			time.Sleep(step.after)
			if worse, better := l.Note(step.err); worse != step.worse || better != step.better {
				t.Errorf("step %d: worse %t, better %t, want %t, %t", i, worse, better, step.worse, step.better)
			}
		}
	})
}
