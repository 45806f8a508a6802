// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/go-spur/spur/internal/exitsignal"
)

// CloseOnSignal closes the tracer when the process is told to end, and then lets it
// end: a program that is killed without it loses the spans of its last second.
//
//	defer tracer.CloseOnSignal()()
//	defer tracer.Close() // the first to run
//
// At the first of the signals, SIGTERM and SIGINT when none is given, it calls Close,
// which takes 5 seconds at most, and raises the signal again, so that whoever waits for
// the process sees what it died of. Where signals cannot be raised (Windows, for one) it
// calls os.Exit with 128 plus the signal's number. Signals that the process ignores, as
// under nohup, stay ignored, and so do those that would not end a Go program: on Unix it
// listens to SIGHUP, SIGINT, SIGTERM, SIGQUIT and SIGABRT only.
//
// It is for programs that do not handle these signals themselves. One that does calls
// Shutdown where it ends, after its servers: CloseOnSignal would drop the spans of
// requests under way.
//
// stop ends the listening, as Close does not, and leaves the tracer open. When a signal
// has come by then, stop waits until the process has ended by it.
func (t *Tracer) CloseOnSignal(signals ...os.Signal) (stop func()) {
	if len(signals) == 0 {
		signals = []os.Signal{syscall.SIGTERM, os.Interrupt}
	}
	var heard []os.Signal
	for _, s := range signals {
		if exitsignal.Ends(s) && !signal.Ignored(s) {
			heard = append(heard, s)
		}
	}
	if len(heard) == 0 {
		return func() {} // to Notify no signals would mean all
	}
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, heard...)
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		select {
		case s := <-caught:
			t.die(s, caught)
		case <-quit:
			signal.Stop(caught)
			select {
			case s := <-caught: // it came first
				t.die(s, caught)
			default:
			}
		}
	}()
	var once sync.Once
	return func() {
		once.Do(func() { close(quit) })
		<-done
	}
}

// deathWait is how long a process may take to end by a signal that it has raised: the
// system delivers it on any thread, and the raising one goes on meanwhile.
const deathWait = time.Second

// die returns only if somebody else listens to the signal.
func (t *Tracer) die(s os.Signal, caught chan<- os.Signal) {
	_ = t.Close() // what it has lost is counted, and nobody is left to read it
	signal.Stop(caught)
	exitsignal.Raise(s)
	<-time.After(deathWait)
}
