// SPDX-License-Identifier: Apache-2.0

package thrift_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/uber/jaeger-client-go/thrift"
	"github.com/uber/jaeger-client-go/thrift-gen/baggage"
)

// pipe is one end of a connection.
type pipe struct{ net.Conn }

func (pipe) Open() error                 { return nil }
func (pipe) IsOpen() bool                { return true }
func (pipe) Flush(context.Context) error { return nil }
func (pipe) RemainingBytes() uint64      { return math.MaxUint64 }

// listener hands the other ends of pipes to a server.
type listener struct {
	clients chan thrift.TTransport
	stop    chan struct{}
	once    sync.Once
}

func newListener() *listener {
	return &listener{clients: make(chan thrift.TTransport), stop: make(chan struct{})}
}

func (l *listener) Listen() error { return nil }
func (l *listener) Close() error  { return l.Interrupt() }

func (l *listener) Interrupt() error {
	l.once.Do(func() { close(l.stop) })
	return nil
}

func (l *listener) Accept() (thrift.TTransport, error) {
	select {
	case c := <-l.clients:
		return c, nil
	case <-l.stop:
		return nil, errors.New("interrupted")
	}
}

func (l *listener) dial() pipe {
	here, there := net.Pipe()
	l.clients <- pipe{there}
	return pipe{here}
}

// manager answers with the service's name.
type manager struct{}

func (manager) GetBaggageRestrictions(ctx context.Context, service string) ([]*baggage.BaggageRestriction, error) {
	switch service {
	case "panic":
		panic("in the handler")
	case "error":
		return nil, errors.New("of the handler")
	case "abandon":
		return nil, thrift.ErrAbandonRequest
	}
	if h, ok := thrift.GetResponseHelper(ctx); ok {
		v, _ := thrift.GetHeader(ctx, "sent")
		h.SetHeader("answered", v+fmt.Sprint(thrift.GetWriteHeaderList(ctx)))
	}
	return []*baggage.BaggageRestriction{{BaggageKey: service, MaxValueLength: 5}}, nil
}

// serve runs a server, stopped when the test ends, and returns what it logs.
func serve(t *testing.T, l *listener, f thrift.TProtocolFactory) *thrift.TSimpleServer {
	s := thrift.NewTSimpleServer4(baggage.NewBaggageRestrictionManagerProcessor(manager{}), l, thrift.NewTTransportFactory(), f)
	s.SetForwardHeaders([]string{"forward"})
	s.SetLogger(func(text string) { t.Log(text) })
	done := make(chan error)
	go func() { done <- s.Serve() }()
	t.Cleanup(func() {
		check(t, s.Stop())
		check(t, s.Stop())
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestServer(t *testing.T) {
	for name, f := range map[string]thrift.TProtocolFactory{
		"binary":  thrift.NewTBinaryProtocolFactoryDefault(),
		"compact": thrift.NewTCompactProtocolFactory(),
		"header":  thrift.NewTHeaderProtocolFactory(),
	} {
		t.Run(name, func(t *testing.T) {
			l := newListener()
			serve(t, l, f)
			client := baggage.NewBaggageRestrictionManagerClientFactory(buffered(l), f)
			ctx := thrift.SetWriteHeaderList(thrift.SetHeader(background, "sent", "value"), []string{"sent"})
			for range 3 {
				got, err := client.GetBaggageRestrictions(ctx, "svc")
				if err != nil || len(got) != 1 || got[0].BaggageKey != "svc" || got[0].MaxValueLength != 5 {
					t.Fatal(got, err)
				}
			}
			if name == "header" {
				if h := client.LastResponseMeta_().Headers["answered"]; h != "value[forward]" {
					t.Errorf("header %q", h)
				}
			}
			_, err := client.GetBaggageRestrictions(ctx, "error")
			var e thrift.TApplicationException
			if !errors.As(err, &e) || e.TypeId() != thrift.INTERNAL_ERROR || !strings.Contains(err.Error(), "of the handler") {
				t.Errorf("%v", err)
			}
			if _, err := client.GetBaggageRestrictions(ctx, "panic"); err == nil {
				t.Error("an answer of a handler that panicked")
			}
			client = baggage.NewBaggageRestrictionManagerClientFactory(buffered(l), f)
			if _, err := client.GetBaggageRestrictions(ctx, "abandon"); err == nil {
				t.Error("an answer to an abandoned request")
			}
			client = baggage.NewBaggageRestrictionManagerClientFactory(buffered(l), f)
			if _, err := client.GetBaggageRestrictions(ctx, "svc"); err != nil {
				t.Errorf("after those: %v", err)
			}
		})
	}
}

// buffered is a client's transport: a pipe that writes a message at once.
func buffered(l *listener) thrift.TTransport { return &writes{pipe: l.dial()} }

type writes struct {
	pipe
	message []byte
}

func (w *writes) Write(p []byte) (int, error) {
	w.message = append(w.message, p...)
	return len(p), nil
}

func (w *writes) Flush(context.Context) error {
	_, err := w.pipe.Write(w.message)
	w.message = w.message[:0]
	return err
}

// Stop ends clients that are connected and silent, and those that come later.
func TestServerStop(t *testing.T) {
	l := newListener()
	s := serve(t, l, thrift.NewTBinaryProtocolFactoryDefault())
	silent := l.dial()
	check(t, s.Stop())
	if _, err := silent.Read(make([]byte, 1)); err == nil {
		t.Error("a client is still connected")
	}
}

// What is not Thrift ends its client alone.
func TestServerGarbage(t *testing.T) {
	for _, f := range []thrift.TProtocolFactory{thrift.NewTBinaryProtocolFactoryDefault(), thrift.NewTHeaderProtocolFactory()} {
		l := newListener()
		serve(t, l, f)
		garbage := l.dial()
		go func() {
			_, _ = garbage.Write([]byte(strings.Repeat("GET / HTTP/1.1\r\n", 100)))
			_ = garbage.Close()
		}()
		for {
			if _, err := garbage.Read(make([]byte, 100)); err != nil {
				break
			}
		}
		client := baggage.NewBaggageRestrictionManagerClientFactory(buffered(l), f)
		if _, err := client.GetBaggageRestrictions(background, "svc"); err != nil {
			t.Error(err)
		}
	}
}

func TestClientRefusals(t *testing.T) {
	answer := func(name string, kind thrift.TMessageType, sequence int32) thrift.TProtocol {
		p := thrift.NewTBinaryProtocolTransport(thrift.NewTMemoryBuffer())
		check(t, p.WriteMessageBegin(background, name, kind, sequence))
		return p
	}
	result := baggage.NewBaggageRestrictionManagerGetBaggageRestrictionsResult()
	for _, tc := range []struct {
		answer thrift.TProtocol
		want   int32
	}{
		{answer("other", thrift.REPLY, 1), thrift.WRONG_METHOD_NAME},
		{answer("method", thrift.REPLY, 2), thrift.BAD_SEQUENCE_ID},
		{answer("method", thrift.CALL, 1), thrift.INVALID_MESSAGE_TYPE_EXCEPTION},
	} {
		out := thrift.NewTBinaryProtocolTransport(thrift.NewTMemoryBuffer())
		_, err := thrift.NewTStandardClient(tc.answer, out).Call(background, "method", result, result)
		var e thrift.TApplicationException
		if !errors.As(err, &e) || e.TypeId() != tc.want {
			t.Errorf("%v, want type %d", err, tc.want)
		}
	}
}
