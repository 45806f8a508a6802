// SPDX-License-Identifier: Apache-2.0

package guard

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
)

// cyclic is a value that fmt cannot print: it overflows the stack, which ends the
// process.
func cyclic() any {
	m := map[string]any{}
	m["self"] = m
	return m
}

type badError struct{}

func (badError) Error() string { panic("again") }

func TestPanicsBecomeErrors(t *testing.T) {
	for name, c := range map[string]struct {
		value any
		want  string
	}{
		"text":        {"boom", "panic: boom"},
		"error":       {errors.New("boom"), "panic: boom"},
		"long":        {strings.Repeat("x", 1<<20), "panic: xxx"},
		"cyclic":      {cyclic(), "panic: map[self:map["},
		"Error panic": {badError{}, "panic: !(PANIC=Error method: again)"},
		"not UTF-8":   {"\xff", "panic: \uFFFD"},
	} {
		f := func() { panic(c.value) }
		for call, err := range map[string]error{
			"Run":    Run(f),
			"Try":    Try(func() error { f(); return nil }),
			"Within": Within(context.Background(), func() error { f(); return nil }),
		} {
			if !errors.Is(err, ErrPanic) || !strings.HasPrefix(err.Error(), c.want) || len(err.Error()) > maxText+10 {
				t.Errorf("%s: %s: %.600v; want %q", name, call, err, c.want)
			}
		}
	}
}

func TestWithoutPanic(t *testing.T) {
	boom := errors.New("boom")
	if err := Run(func() {}); err != nil {
		t.Error(err)
	}
	if err := Try(func() error { return boom }); err != boom {
		t.Error(err)
	}
	if err := Within(context.Background(), func() error { return boom }); err != boom {
		t.Error(err)
	}
}

func TestGoexit(t *testing.T) {
	if err := Within(context.Background(), func() error { runtime.Goexit(); return nil }); err != ErrGoexit {
		t.Error(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = Run(runtime.Goexit)
		t.Error("Run stopped a Goexit")
	}()
	<-done
}

// TestFree: on hot paths a guard costs no memory, results included.
func TestFree(t *testing.T) {
	sum, boom := 0, errors.New("boom")
	if n := testing.AllocsPerRun(100, func() {
		_ = Run(func() { sum++ })
		_ = Try(func() error { sum++; return boom })
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
