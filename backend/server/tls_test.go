// SPDX-License-Identifier: Apache-2.0

package server

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/go-spur/spur/backend/config"
)

// certificate returns files with net/http/httptest's certificate, which signs
// itself, and how clients trust it.
func certificate(t *testing.T) (config.TLS, *tls.Config) {
	t.Helper()
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	pair := s.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return config.TLS{
		Enabled: true,
		Cert:    file(t, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]})),
		Key:     file(t, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})),
	}, &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
}

func file(t *testing.T, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.pem")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTLS(t *testing.T) {
	files, trust := certificate(t)
	c := settings(t, "memory")
	c.QueryTLS, c.OTLPGRPCTLS, c.OTLPHTTPTLS, c.CollectorTLS, c.CollectorGRPCTLS, c.ZipkinTLS, c.AdminTLS = files, files, files, files, files, files, files
	c.AdminTLS.ClientCA = files.Cert
	s := start(t, c)
	if !strings.Contains(s.banner(0), "https://127.0.0.1") {
		t.Errorf("the banner:\n%s", s.banner(0))
	}

	client := http.Client{Transport: &http.Transport{TLSClientConfig: trust, ForceAttemptHTTP2: true}}
	defer client.CloseIdleConnections()
	resp, err := client.Post("https://"+s.Addr(OTLPHTTP)+"/v1/traces", "application/json", strings.NewReader(body))
	if err != nil || resp.StatusCode != http.StatusOK || resp.Body.Close() != nil {
		t.Errorf("OTLP over HTTP: %v, %v", resp, err)
	}
	resp, err = client.Post("https://"+s.Addr(Zipkin)+"/api/v2/spans", "application/json", strings.NewReader("[]"))
	if err != nil || resp.StatusCode != http.StatusAccepted || resp.Body.Close() != nil {
		t.Errorf("Zipkin: %v, %v", resp, err)
	}
	resp, err = client.Get("https://" + s.Addr(Query) + "/api/services")
	if err != nil || resp.StatusCode != http.StatusOK || resp.ProtoMajor != 2 || resp.Body.Close() != nil {
		t.Errorf("query: %v, %v", resp, err)
	}
	if resp, err := client.Get("https://" + s.Addr(Admin) + "/"); err == nil {
		_ = resp.Body.Close()
		t.Error("admin asks for no certificate")
	}

	conn, err := grpc.NewClient(s.Addr(OTLPGRPC), grpc.WithTransportCredentials(credentials.NewTLS(trust)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	td := ptrace.NewTraces()
	span := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	span.SetTraceID([16]byte{1})
	span.SetSpanID([8]byte{1})
	if _, err := ptraceotlp.NewGRPCClient(conn).Export(t.Context(), ptraceotlp.NewExportRequestFromTraces(td)); err != nil {
		t.Errorf("OTLP over gRPC: %v", err)
	}
	agents, err := grpc.NewClient(s.Addr(JaegerGRPC), grpc.WithTransportCredentials(credentials.NewTLS(trust)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = agents.Close() }()
	if err := agents.Invoke(t.Context(), "/jaeger.api_v2.SamplingManager/GetSamplingStrategy", &emptypb.Empty{}, &emptypb.Empty{}); err != nil {
		t.Errorf("Jaeger's gRPC: %v", err)
	}
	if b := s.Books(); b.Received != 3 {
		t.Errorf("books: %+v", b)
	}
}

func TestTLSWrong(t *testing.T) {
	good, _ := certificate(t)
	for name, files := range map[string]config.TLS{
		"no such file":    {Enabled: true, Cert: "/no/such/file", Key: good.Key},
		"failed to find":  {Enabled: true, Cert: good.Key, Key: good.Cert},
		"no certificate ": {Enabled: true, Cert: good.Cert, Key: good.Key, ClientCA: good.Key},
		"/no/such/ca":     {Enabled: true, Cert: good.Cert, Key: good.Key, ClientCA: "/no/such/ca"},
	} {
		c := settings(t, "memory")
		c.CollectorTLS = files
		if _, err := Start(t.Context(), c, Deps{Logger: slog.New(slog.DiscardHandler)}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestCertificateRenewed: new files are used, and broken ones are not.
func TestCertificateRenewed(t *testing.T) {
	files, _ := certificate(t)
	k := &keyPair{cert: files.Cert, key: files.Key, log: slog.New(slog.DiscardHandler)}
	if err := k.load(); err != nil {
		t.Fatal(err)
	}
	first, err := k.get(nil)
	if err != nil {
		t.Fatal(err)
	}
	touch := func(at time.Time) *tls.Certificate {
		t.Helper()
		if err := os.Chtimes(files.Cert, at, at); err != nil {
			t.Fatal(err)
		}
		k.checked = time.Time{}
		pair, err := k.get(nil)
		if err != nil {
			t.Fatal(err)
		}
		return pair
	}
	second := touch(time.Unix(1, 0))
	if second == first {
		t.Error("the file has changed, the certificate has not")
	}
	if err := os.WriteFile(files.Cert, []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	if third := touch(time.Unix(2, 0)); third != second {
		t.Error("a broken file is used")
	}
}
