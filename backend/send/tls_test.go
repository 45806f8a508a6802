// SPDX-License-Identifier: Apache-2.0

package send_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/receive"
	"github.com/go-spur/spur/backend/send"
	"github.com/go-spur/spur/transport"
)

// TestTLS: certificates are checked, for the Endpoint's name and not that of the
// Address, and shown; files are read again for each connection.
func TestTLS(t *testing.T) {
	web := httptest.NewTLSServer(http.NotFoundHandler()) // has a certificate for example.com, which signs itself
	defer web.Close()
	pair := web.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := func(name, kind string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := send.TLS{Enabled: true, CA: file("ca", "CERTIFICATE", pair.Certificate[0]), Cert: file("cert", "CERTIFICATE", pair.Certificate[0]), Key: file("key", "PRIVATE KEY", key)}
	shown := make(chan int, 100)
	config := &tls.Config{
		Certificates: []tls.Certificate{pair}, NextProtos: []string{"h2", "http/1.1"}, MinVersion: tls.VersionTLS12, ClientAuth: tls.RequestClientCert,
		VerifyConnection: func(s tls.ConnectionState) error { shown <- len(s.PeerCertificates); return nil },
	}
	for _, p := range []send.Protocol{send.OTLPGRPC, send.OTLPHTTP} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		var r part = receive.NewOTLPHTTP(tls.NewListener(l, config), &sink{}, slog.New(slog.DiscardHandler))
		if p == send.OTLPGRPC {
			r = receive.NewOTLPGRPC(tls.NewListener(l, config), &sink{}, slog.New(slog.DiscardHandler))
		}
		serve(t, r)
		renewed(t, send.Config{Protocol: p, Endpoint: "example.com:1", Address: l.Addr().String(), TLS: good}, func() { <-shown })
		for _, test := range []struct {
			endpoint string
			change   func(*send.TLS)
			want     transport.Kind
			shown    int
		}{
			{"example.com:1", func(*send.TLS) {}, transport.Accepted, 1},
			{"example.org:1", func(*send.TLS) {}, transport.Retryable, -1},
			{"example.org:1", func(c *send.TLS) { c.ServerName = "example.com" }, transport.Accepted, 1},
			{"example.org:1", func(c *send.TLS) { *c = send.TLS{Enabled: true, SkipVerify: true} }, transport.Accepted, 0},
			{"example.com:1", func(c *send.TLS) { c.CA = "" }, transport.Retryable, -1},
		} {
			c := send.Config{Protocol: p, Endpoint: test.endpoint, Address: l.Addr().String(), TLS: good}
			test.change(&c.TLS)
			err := sender(t, c).Send(t.Context(), batch(t, spans("a")))
			if kind(err) != test.want {
				t.Errorf("%s to %s: %v", p, test.endpoint, err)
			}
			if test.shown >= 0 && err == nil {
				if n := <-shown; n != test.shown {
					t.Errorf("%s to %s: %d certificates were shown", p, test.endpoint, n)
				}
			}
		}
	}
}

// renewed checks that a new file of authorities is used.
func renewed(t *testing.T, c send.Config, came func()) {
	t.Helper()
	good, err := os.ReadFile(c.TLS.CA)
	if err != nil {
		t.Fatal(err)
	}
	c.TLS.CA = filepath.Join(t.TempDir(), "ca")
	if err := os.WriteFile(c.TLS.CA, stranger(t), 0o600); err != nil {
		t.Fatal(err)
	}
	s := sender(t, c)
	if err := s.Send(t.Context(), batch(t, spans("a"))); kind(err) != transport.Retryable {
		t.Fatalf("%s: %v", c.Protocol, err)
	}
	if err := os.WriteFile(c.TLS.CA, good, 0o600); err != nil {
		t.Fatal(err)
	}
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for err = s.Send(t.Context(), batch(t, spans("a"))); err != nil; err = s.Send(t.Context(), batch(t, spans("a"))) {
		<-again.C // gRPC connects again after a while
	}
	came()
}

// stranger is a certificate of nobody's.
func stranger(t *testing.T) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), IsCA: true}
	b, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: b})
}
