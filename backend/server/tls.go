// SPDX-License-Identifier: Apache-2.0

package server

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"github.com/go-spur/spur/backend/config"
)

// secure returns l, or what serves TLS on it.
func secure(l net.Listener, t config.TLS, log *slog.Logger) (net.Listener, error) {
	if !t.Enabled {
		return l, nil
	}
	keys := &keyPair{cert: t.Cert, key: t.Key, log: log}
	if err := keys.load(); err != nil {
		return nil, fmt.Errorf("TLS at %v: %w", l.Addr(), err)
	}
	c := &tls.Config{
		GetCertificate: keys.get,
		NextProtos:     []string{"h2", "http/1.1"}, // gRPC's clients insist on the first
		MinVersion:     tls.VersionTLS12,
	}
	if t.ClientCA != "" {
		pem, err := os.ReadFile(t.ClientCA)
		if err != nil {
			return nil, fmt.Errorf("TLS at %v: %w", l.Addr(), err)
		}
		c.ClientAuth, c.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
		if !c.ClientCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("TLS at %v: no certificate in %s", l.Addr(), t.ClientCA)
		}
	}
	return tls.NewListener(l, c), nil
}

// keyPair is a certificate with its key, read again when the files change.
type keyPair struct {
	cert, key string
	log       *slog.Logger

	mu      sync.Mutex
	pair    *tls.Certificate
	state   [2]time.Time // when the files were modified
	checked time.Time
}

func (k *keyPair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if time.Since(k.checked) >= certificateCheck {
		if err := k.load(); err != nil {
			k.log.Warn("the certificate cannot be read again; the one before is used on", "error", err)
		}
	}
	return k.pair, nil
}

// load reads the files if they have changed. It keeps what it has if it fails.
func (k *keyPair) load() error {
	k.checked = time.Now()
	var state [2]time.Time
	for i, name := range []string{k.cert, k.key} {
		info, err := os.Stat(name)
		if err != nil {
			return err
		}
		state[i] = info.ModTime()
	}
	if state == k.state {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(k.cert, k.key)
	if err != nil {
		return err
	}
	k.pair, k.state = &pair, state
	return nil
}
