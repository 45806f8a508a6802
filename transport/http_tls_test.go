// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// authority signs certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  string
}

func newAuthority(t testing.TB, name string) *authority {
	t.Helper()
	a := &authority{}
	a.cert, a.key, a.pem = certify(t, name, true, nil)
	return a
}

// certify makes a certificate for 127.0.0.1, signed by a, or by itself.
func certify(t testing.TB, name string, ca bool, a *authority) (*x509.Certificate, *ecdsa.PrivateKey, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: ca, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	if ca {
		template.KeyUsage |= x509.KeyUsageCertSign
	}
	parent, signer := template, key
	if a != nil {
		parent, signer = a.cert, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// issue returns a certificate and its key as PEM.
func (a *authority) issue(t testing.TB, name string) (cert, key string) {
	t.Helper()
	_, k, cert := certify(t, name, false, a)
	der, err := x509.MarshalECPrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return cert, string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}))
}

func (a *authority) pair(t testing.TB, name string) *tls.Certificate {
	t.Helper()
	cert, key := a.issue(t, name)
	pair, err := tls.X509KeyPair([]byte(cert), []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	return &pair
}

// secured is a collector with TLS whose certificate can be changed.
type secured struct {
	*collector
	cert    atomic.Pointer[tls.Certificate]
	clients atomic.Pointer[x509.CertPool] // whose certificates clients must have; nil: none
}

func newSecured(t testing.TB, a *authority) *secured {
	t.Helper()
	s := &secured{}
	s.cert.Store(a.pair(t, "server"))
	s.collector = collect(t, nil, func(srv *httptest.Server) {
		srv.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			c := &tls.Config{Certificates: []tls.Certificate{*s.cert.Load()}, NextProtos: []string{"h2", "http/1.1"}}
			if pool := s.clients.Load(); pool != nil {
				c.ClientAuth, c.ClientCAs = tls.RequireAndVerifyClientCert, pool
			}
			return c, nil
		}}
		srv.EnableHTTP2 = true
		srv.StartTLS()
	})
	return s
}

func (s *secured) trust(a *authority) {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	s.clients.Store(pool)
}

func write(t testing.TB, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestHTTPOverTLS(t *testing.T) {
	a, b := newAuthority(t, "A"), newAuthority(t, "B")
	s := newSecured(t, a)
	dir := t.TempDir()
	good, bad := write(t, filepath.Join(dir, "a.pem"), a.pem), write(t, filepath.Join(dir, "b.pem"), b.pem)
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)

	for name, o := range map[string]HTTPOptions{
		"CAFile": {CAFile: good}, "RootCAs": {TLS: &tls.Config{RootCAs: pool}},
		"no check":        {TLS: &tls.Config{InsecureSkipVerify: true}},
		"TLS 1.2":         {CAFile: good, TLS: &tls.Config{MaxVersion: tls.VersionTLS12}},
		"h2 is not asked": {CAFile: good, TLS: &tls.Config{NextProtos: []string{"h2"}}},
	} {
		t.Run(name, func(t *testing.T) {
			_, before := s.counts()
			h := newHTTP(t, s.URL, o)
			for range 3 {
				wantHTTP(t, h, "batch", "ok")
			}
			if r, body := s.last(); r.TLS == nil || r.ProtoMajor != 1 || body != "batch" {
				t.Errorf("%s, %q", r.Proto, body)
			}
			if _, n := s.counts(); n != before+1 {
				t.Errorf("%d connections", n-before)
			}
		})
	}
	for name, o := range map[string]HTTPOptions{
		"system's roots": {}, "wrong CA": {CAFile: bad}, "wrong name": {CAFile: good, TLS: &tls.Config{ServerName: "elsewhere"}},
	} {
		t.Run(name, func(t *testing.T) {
			requests, _ := s.counts()
			err := wantHTTP(t, newHTTP(t, s.URL, o), "batch", "retryable")
			if !strings.Contains(err.Error(), "connecting: tls: failed to verify certificate") {
				t.Error(err)
			}
			if n, _ := s.counts(); n != requests {
				t.Error("a request was written")
			}
		})
	}
	t.Run("plain text to a TLS server", func(t *testing.T) {
		h := newHTTP(t, strings.Replace(s.URL, "https", "http", 1), HTTPOptions{})
		wantHTTP(t, h, "batch", "refused") // net/http answers 400
	})
	t.Run("TLS to a plain server", func(t *testing.T) {
		c := collect(t, nil)
		h := newHTTP(t, strings.Replace(c.URL, "http", "https", 1), HTTPOptions{})
		wantHTTP(t, h, "batch", "retryable")
	})
	t.Run("black hole in the handshake", func(t *testing.T) {
		p := newPeer(t, func(c *peerConn, _ int) { c.hold() })
		h := newHTTP(t, strings.Replace(p.url(), "http", "https", 1), HTTPOptions{Timeout: 50 * time.Millisecond})
		err := wantHTTP(t, h, "batch", "retryable")
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "connecting") {
			t.Error(err)
		}
	})
}

func TestHTTPClientCertificateRotates(t *testing.T) {
	a, b := newAuthority(t, "A"), newAuthority(t, "B")
	s := newSecured(t, a)
	s.trust(a)
	dir := t.TempDir()
	ca, certFile, keyFile := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	install := func(signer *authority, name string) {
		t.Helper()
		cert, key := signer.issue(t, name)
		write(t, certFile, cert)
		write(t, keyFile, key)
	}
	write(t, ca, a.pem)
	install(a, "first")
	h := newHTTP(t, s.URL, HTTPOptions{CAFile: ca, CertFile: certFile, KeyFile: keyFile, TLS: &tls.Config{ClientSessionCache: tls.NewLRUClientSessionCache(9)}})
	wantClient := func(want string) {
		t.Helper()
		wantHTTP(t, h, "batch", "ok")
		if r, _ := s.last(); r.TLS.PeerCertificates[0].Subject.CommonName != want || r.TLS.DidResume {
			t.Fatalf("client %q, want %q", r.TLS.PeerCertificates[0].Subject.CommonName, want)
		}
	}
	wantClient("first")
	install(a, "second")
	wantClient("first") // the connection is good for a while
	h.disconnect()      // as MaxConnAge does
	wantClient("second")

	// In mid-rotation: a key that does not belong, then nothing, then half a file.
	_, strange := a.issue(t, "strange")
	for _, text := range []string{strange, "", strange[:50]} {
		write(t, keyFile, text)
		h.disconnect()
		wantClient("second")
	}
	if err := os.Remove(certFile); err != nil {
		t.Fatal(err)
	}
	write(t, ca, a.pem+b.pem[:100])
	h.disconnect()
	wantClient("second")
	install(a, "third")
	h.disconnect()
	wantClient("third")

	// The server moves to another authority, for itself and its clients. A failed
	// attempt is enough to have the files read again.
	s.cert.Store(b.pair(t, "server"))
	s.trust(b)
	h.disconnect()
	err := wantHTTP(t, h, "batch", "retryable")
	if !strings.Contains(err.Error(), "failed to verify certificate") || !strings.Contains(err.Error(), "ends within a certificate; the last good content is in use") {
		t.Error(err)
	}
	write(t, ca, b.pem)
	// The server learns of the certificate in time to refuse it, but the client
	// may have written its request by then.
	err = h.Send(context.Background(), []byte("batch"))
	if got := result(t, err); got != "retryable" && got != "retryable, written" {
		t.Fatalf("Send = %v", err)
	}
	install(b, "fourth")
	wantClient("fourth")
}

// TLS 1.3 tells a client only after its first request that its certificate is not
// welcome. The server has not looked at the request.
func TestHTTPClientCertificateRefused(t *testing.T) {
	a := newAuthority(t, "A")
	s := newSecured(t, a)
	s.trust(newAuthority(t, "B"))
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		pool := x509.NewCertPool()
		pool.AddCert(a.cert)
		h := newHTTP(t, s.URL, HTTPOptions{TLS: &tls.Config{RootCAs: pool, MaxVersion: version}})
		// The alert may be lost to a reset that follows it.
		alerts := 0
		for range 20 {
			err := h.Send(context.Background(), []byte("batch"))
			got := result(t, err)
			if strings.Contains(err.Error(), "remote error: tls:") {
				alerts++
				if got != "retryable" {
					t.Fatalf("Send = %v (%s)", err, got)
				}
			} else if got != "retryable" && got != "retryable, written" {
				t.Fatalf("Send = %v (%s)", err, got)
			}
		}
		if alerts == 0 {
			t.Errorf("no alert seen with version %x", version)
		}
	}
	s.wantCounts(t, 0, 40)
}
