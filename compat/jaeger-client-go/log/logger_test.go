// SPDX-License-Identifier: Apache-2.0

package log_test

import (
	"bytes"
	"fmt"
	stdlog "log"
	"strings"
	"sync"
	"testing"

	"github.com/uber/jaeger-client-go/log"
)

func TestStdLogger(t *testing.T) {
	var out bytes.Buffer
	flags := stdlog.Flags()
	writer := stdlog.Writer()
	stdlog.SetOutput(&out)
	stdlog.SetFlags(0)
	defer func() {
		stdlog.SetOutput(writer)
		stdlog.SetFlags(flags)
	}()
	log.StdLogger.Error("100%s lost")
	log.StdLogger.Infof("%d of %s", 1, "two")
	log.StdLogger.Infof("nothing")
	log.StdLogger.Debugf("%v", true)
	log.NullLogger.Error("x")
	log.NullLogger.Infof("x")
	log.NullLogger.Debugf("x")
	want := "ERROR: 100%s lost\n1 of two\nnothing\nDEBUG: true\n"
	if out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

func TestBytesBufferLogger(t *testing.T) {
	var l log.BytesBufferLogger
	l.Error("100%d lost")
	l.Infof("two\nlines")
	l.Debugf("%d", 1)
	if got, want := l.String(), "ERROR: 100%d lost\nINFO: two\nlines\nDEBUG: 1\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if l.Flush(); l.String() != "" {
		t.Errorf("after Flush %q", l.String())
	}
	if l.Infof("more"); l.String() != "INFO: more\n" {
		t.Errorf("%q", l.String())
	}
}

// chatty logs when it is formatted.
type chatty struct{ logger *log.BytesBufferLogger }

func (c chatty) String() string {
	c.logger.Error("formatted")
	return "chatty"
}

func TestBytesBufferLoggerFromString(t *testing.T) {
	var l log.BytesBufferLogger
	l.Infof("%v", chatty{&l})
	l.Debugf("%v", chatty{&l})
	if want := "ERROR: formatted\nINFO: chatty\nERROR: formatted\nDEBUG: chatty\n"; l.String() != want {
		t.Errorf("%q, want %q", l.String(), want)
	}
}

func TestBytesBufferLoggerConcurrentSafe(t *testing.T) {
	var l log.BytesBufferLogger
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 100 {
				l.Error("e")
				l.Infof("%d", i)
				l.Debugf("d")
				_ = l.String()
			}
		}()
	}
	wg.Wait()
	if n := strings.Count(l.String(), "\n"); n != 1200 {
		t.Errorf("%d lines", n)
	}
}

// recorder has no Debugf.
type recorder struct{ lines []string }

func (r *recorder) Error(msg string) { r.lines = append(r.lines, "E "+msg) }
func (r *recorder) Infof(msg string, args ...interface{}) {
	r.lines = append(r.lines, "I "+msg+fmt.Sprint(args...))
}

func TestDebugLogAdapter(t *testing.T) {
	if d := log.DebugLogAdapter(nil); d != nil {
		t.Errorf("of nil %v", d)
	}
	if d := log.DebugLogAdapter(log.NullLogger); d != log.DebugLogger(log.NullLogger) {
		t.Errorf("of a DebugLogger %#v", d)
	}
	r := &recorder{}
	d := log.DebugLogAdapter(r)
	d.Debugf("gone %d", 1)
	d.Infof("%d", 2)
	d.Error("three")
	if want := []string{"I debug logging disabled", "I %d2", "E three"}; fmt.Sprint(r.lines) != fmt.Sprint(want) {
		t.Errorf("%q, want %q", r.lines, want)
	}
}
