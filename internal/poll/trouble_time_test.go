// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package poll_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/internal/poll"
)

func TestTrouble(t *testing.T) {
	failed := errors.New("x")
	type step struct {
		wait         time.Duration
		err          error
		began, ended bool
	}
	for _, tt := range []struct {
		name  string
		steps []step
	}{
		{"none", []step{{err: nil}, {err: nil}}},
		{"told once", []step{{0, failed, true, false}, {time.Hour, failed, false, false}, {time.Hour, nil, false, true}, {0, nil, false, false}}},
		{"comes and goes", []step{
			{0, failed, true, false},
			{time.Second, nil, false, true},
			{time.Second, failed, false, false},
			{time.Second, nil, false, false}, // not told, so its end is not either
			{57 * time.Second, failed, true, false},
			{time.Second, nil, false, true},
		}},
		{"lasts after all", []step{
			{0, failed, true, false},
			{time.Second, nil, false, true},
			{time.Second, failed, false, false},
			{30 * time.Second, failed, false, false},
			{30 * time.Second, failed, true, false},
			{time.Hour, failed, false, false},
			{0, nil, false, true},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var trouble poll.Trouble
				for i, s := range tt.steps {
					<-time.After(s.wait)
					if began, ended := trouble.Note(s.err); began != s.began || ended != s.ended {
						t.Errorf("step %d: began %v, ended %v", i, began, ended)
					}
				}
			})
		})
	}
}
