// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurtest"
)

// start runs serve with a tracer. The function it returns ends it, as a signal would.
func start(t *testing.T, tracer *spur.Tracer) (url string, stop func()) {
	t.Helper()
	logger := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	t.Cleanup(func() { slog.SetDefault(logger) })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, tracer, listener) }()
	return "http://" + listener.Addr().String(), func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func order(url, item string) (status int, err error) {
	resp, err := http.Post(url+"/orders/"+item, "", nil)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

// An order's trace has the request, what it asks of others, and the job that it leaves.
func TestTrace(t *testing.T) {
	spurtest.CheckLeaks(t)
	tracer, spans := spurtest.New(t, spurtest.FailUnfinished(t))
	url, stop := start(t, tracer)
	if status, err := order(url, "tea"); err != nil || status != http.StatusAccepted {
		t.Errorf("tea: %d, %v", status, err)
	}
	if status, err := order(url, "gold"); err != nil || status != http.StatusBadGateway {
		t.Errorf("gold: %d, %v", status, err)
	}
	stop()
	spans.AssertTree(t, `
		POST /orders/{item}  item=tea http.status_code=202
		  POST  http.status_code=200
		    POST /stock/tea  http.status_code=200
		  deliver  (follows from)  item=tea

		POST /orders/{item}  item=gold error=true http.status_code=502
		  @ event=error error.object="stock of \"gold\": 404 Not Found"
		  POST  http.status_code=404
		    POST  http.status_code=404
	`, spurtest.WithoutTimes(), spurtest.WithTags("item", "error", "http.status_code"))
}

// A tracer that could not be made costs traces and nothing else.
func TestWithoutTracer(t *testing.T) {
	url, stop := start(t, nil)
	if status, err := order(url, "tea"); err != nil || status != http.StatusAccepted {
		t.Errorf("%d, %v", status, err)
	}
	stop()
	shutDown(nil)
}

// Who orders while the service stops is told no, or is served to the end: no job and no
// span is lost.
func TestStopUnderLoad(t *testing.T) {
	spurtest.CheckLeaks(t)
	collector := spurtest.NewCollector(t)
	tracer, err := spur.New("orders", spur.SampleAll(), spur.WithEndpoint(collector.OTLPURL()), spur.WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	url, stop := start(t, tracer)
	var accepted atomic.Int64
	var customers sync.WaitGroup
	halfway := make(chan struct{})
	for range 8 {
		customers.Add(1)
		go func() {
			defer customers.Done()
			for {
				status, err := order(url, "tea")
				if err != nil || status != http.StatusAccepted {
					return // it has stopped
				}
				if accepted.Add(1) == 200 {
					close(halfway)
				}
			}
		}()
	}
	<-halfway
	stop()
	customers.Wait()
	shutDown(tracer)

	st := tracer.Stats()
	if err := spurtest.Balance(st); err != nil {
		t.Error(err)
	}
	if st.Spans.Open != 0 || st.Spans.FinishedSampled != uint64(collector.Received()) {
		t.Errorf("%d spans arrived of %+v", collector.Received(), st.Spans)
	}
	delivered := int64(0)
	for _, s := range collector.Spans() {
		if s.Operation == "deliver" {
			delivered++
		}
	}
	if delivered < accepted.Load() {
		t.Errorf("%d orders accepted, %d delivered", accepted.Load(), delivered)
	}
}
