// SPDX-License-Identifier: Apache-2.0

package refresh

import (
	"context"
	"testing"
	"time"
)

func TestLoop(t *testing.T) {
	called := make(chan struct{})
	l := Start(0, 0, func(context.Context) {
		called <- struct{}{}
		panic("the program's logger")
	})
	for range 3 {
		<-called
	}
	ended := make(chan error)
	go func() { ended <- l.Close() }()
	for {
		select {
		case <-called: // one that had begun
			continue
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		}
		break
	}
	select {
	case <-called:
		t.Error("called after Close")
	case <-l.done:
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

func TestCloseCancels(t *testing.T) {
	began := make(chan struct{})
	l := Start(0, time.Hour, func(ctx context.Context) {
		close(began)
		<-ctx.Done()
	})
	<-began
	_ = l.Close()
	<-l.done
}

func TestCloseLeavesBehindWhatHangs(t *testing.T) {
	began, hang := make(chan struct{}), make(chan struct{})
	l := Start(0, time.Hour, func(context.Context) {
		close(began)
		<-hang
	})
	<-began
	start := time.Now()
	_ = l.Close()
	if took := time.Since(start); took < closePatience || took > 10*time.Second {
		t.Errorf("Close took %v", took)
	}
	close(hang)
	<-l.done
}
