// SPDX-License-Identifier: Apache-2.0

package elastic_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/store/elastic"
)

// pemFile writes a file.
func pemFile(t *testing.T, kind string, der []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file.pem")
	if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// certificate makes one that a client shows.
func certificate(t *testing.T) (cert *x509.Certificate, certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), BasicConstraintsValid: true, IsCA: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	if cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return cert, pemFile(t, "CERTIFICATE", der), pemFile(t, "PRIVATE KEY", private)
}

// TestTLS: the server is known by its authority, and knows who asks by a certificate.
func TestTLS(t *testing.T) {
	client, certFile, keyFile := certificate(t)
	_, otherFile, otherKey := certificate(t)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/":
			_, _ = io.WriteString(w, root)
		case r.URL.Path == "/_bulk":
			const one = `{"create":{"status":201}}`
			_, _ = io.WriteString(w, `{"items":[`+one+`,`+one+`,`+one+`,`+one+`]}`)
		}
	}))
	known := x509.NewCertPool()
	known.AddCert(client)
	server.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: known, MinVersion: tls.VersionTLS12}
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that fail on purpose
	server.StartTLS()
	defer server.Close()
	authority := pemFile(t, "CERTIFICATE", server.Certificate().Raw)
	for name, test := range map[string]struct {
		tls         elastic.TLS
		open, ready string // what is wrong, if anything
	}{
		"both":                   {elastic.TLS{CA: authority, Cert: certFile, Key: keyFile}, "", ""},
		"not verified":           {elastic.TLS{SkipVerify: true, Cert: certFile, Key: keyFile}, "", ""},
		"another name":           {elastic.TLS{CA: authority, ServerName: "example.com", Cert: certFile, Key: keyFile}, "", ""},
		"a wrong name":           {elastic.TLS{CA: authority, ServerName: "other.test", Cert: certFile, Key: keyFile}, "the server's certificate", ""},
		"a wrong authority":      {elastic.TLS{CA: otherFile, Cert: certFile, Key: keyFile}, "unknown authority", ""},
		"no authority":           {elastic.TLS{Cert: certFile, Key: keyFile}, "unknown authority", ""},
		"no certificate":         {elastic.TLS{CA: authority}, "", "certificate required"},
		"a wrong certificate":    {elastic.TLS{CA: authority, Cert: otherFile, Key: otherKey}, "", "certificate"},
		"a wrong key":            {elastic.TLS{CA: authority, Cert: certFile, Key: otherKey}, "certificate to show", ""},
		"no file":                {elastic.TLS{CA: "none.pem"}, "authorities of the server's certificate", ""},
		"a file of another kind": {elastic.TLS{CA: keyFile}, "there is none in", ""},
	} {
		s, err := elastic.Open(t.Context(), elastic.Config{URLs: []string{server.URL}, TLS: test.tls, Timeout: 5 * time.Second}, nil, quiet)
		if err != nil || test.open != "" {
			if err == nil || test.open == "" || !strings.Contains(err.Error(), test.open) {
				t.Errorf("%s: %v, want %q", name, err, test.open)
			}
			if err == nil {
				_ = s.Close()
			}
			continue
		}
		err = s.Ready()
		if (err == nil) != (test.ready == "") || err != nil && !strings.Contains(err.Error(), test.ready) {
			t.Errorf("%s: ready: %v, want %q", name, err, test.ready)
		}
		if test.ready == "" {
			if err := s.Write(t.Context(), spansOf(1)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		_ = s.Close()
	}
}
