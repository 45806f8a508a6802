// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"context"
	"net"
	"testing"
)

// TestCloseBeforeServe: the port is free, and a late Serve ends at once.
func TestCloseBeforeServe(t *testing.T) {
	s := newSink()
	for name, server := range map[string]interface {
		Serve() error
		Addr() net.Addr
		Close(context.Context) error
	}{
		"HTTP":     NewHTTP(listen(t), SampleAll(), s, nil, quiet),
		"OTLPHTTP": NewOTLPHTTP(listen(t), s, quiet),
		"OTLPGRPC": NewOTLPGRPC(listen(t), s, quiet),
		"Sampling": NewSampling(listen(t), SampleAll(), nil, quiet),
		"UDP":      NewUDP(listenUDP(t), Compact, s, nil, quiet),
	} {
		addr := server.Addr()
		if err := server.Close(t.Context()); err != nil {
			t.Errorf("%s: Close: %v", name, err)
		}
		switch addr := addr.(type) {
		case *net.UDPAddr:
			conn, err := net.ListenUDP("udp", addr)
			if err != nil {
				t.Fatal(err)
			}
			conn.Close()
		default:
			l, err := net.Listen("tcp", addr.String())
			if err != nil {
				t.Fatal(err)
			}
			l.Close()
		}
		if err := server.Serve(); err != nil {
			t.Errorf("%s: Serve: %v", name, err)
		}
	}
}
