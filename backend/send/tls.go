// SPDX-License-Identifier: Apache-2.0

package send

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"

	"google.golang.org/grpc/credentials"
)

// TLS is how a receiver's certificate is checked, and what is shown to it. The
// files are PEM, and are read again for each connection.
type TLS struct {
	// Enabled has connections of gRPC use TLS, and those of HTTP whose Endpoint is
	// not a URL.
	Enabled bool
	// CA holds the authorities that are trusted in place of the system's.
	CA string
	// Cert and Key are the client's own certificate, and its key.
	Cert, Key string
	// ServerName is the name in the receiver's certificate, if it is not the
	// Endpoint's.
	ServerName string
	// SkipVerify trusts any certificate.
	SkipVerify bool
}

// base is the configuration without the files.
func (t *TLS) base() *tls.Config {
	return &tls.Config{ServerName: t.ServerName, InsecureSkipVerify: t.SkipVerify, MinVersion: tls.VersionTLS12}
}

// Config reads the files.
func (t *TLS) Config() (*tls.Config, error) {
	c := t.base()
	if t.CA != "" {
		pem, err := os.ReadFile(t.CA)
		if err != nil {
			return nil, err
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("no certificate in %s", t.CA)
		}
	}
	if t.Cert != "" || t.Key != "" {
		pair, err := tls.LoadX509KeyPair(t.Cert, t.Key)
		if err != nil {
			return nil, err
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// tlsCredentials reads the files for each connection.
type tlsCredentials struct {
	credentials.TransportCredentials // of the files when it was made
	tls                              *TLS
}

func newTLSCredentials(c *Config) (credentials.TransportCredentials, error) {
	config, err := c.TLS.Config()
	if err != nil {
		return nil, err
	}
	return &tlsCredentials{credentials.NewTLS(config), &c.TLS}, nil
}

// ClientHandshake implements credentials.TransportCredentials.
func (t *tlsCredentials) ClientHandshake(ctx context.Context, authority string, conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	if config, err := t.tls.Config(); err == nil {
		return credentials.NewTLS(config).ClientHandshake(ctx, authority, conn)
	}
	return t.TransportCredentials.ClientHandshake(ctx, authority, conn) // half-written files
}

// Clone implements credentials.TransportCredentials.
func (t *tlsCredentials) Clone() credentials.TransportCredentials {
	return &tlsCredentials{t.TransportCredentials.Clone(), t.tls}
}
