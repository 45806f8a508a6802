// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"
)

// TLS is how a port serves: in the clear, or with the certificate and key of two
// PEM files. With ClientCA, a PEM file, clients must show a certificate that one of
// its authorities has signed.
type TLS struct {
	Enabled             bool
	Cert, Key, ClientCA string
}

// tlsPort is a port that can serve TLS.
type tlsPort struct {
	prefix string // of its settings' names
	*TLS
	commands Command
}

func (c *Config) tls() []tlsPort {
	return []tlsPort{
		{"query.http.tls", &c.QueryTLS, queries},
		{"collector.otlp.grpc.tls", &c.OTLPGRPCTLS, collects},
		{"collector.otlp.http.tls", &c.OTLPHTTPTLS, collects},
		{"collector.http.tls", &c.CollectorTLS, collects},
		{"collector.grpc.tls", &c.CollectorGRPCTLS, collects},
		{"collector.zipkin.tls", &c.ZipkinTLS, collects},
		{"admin.http.tls", &c.AdminTLS, serves},
	}
}

func (t tlsPort) options() []option {
	row := func(name string, v pflag.Value, help string) option {
		flag := t.prefix + "." + name
		return option{flag, strings.NewReplacer(".", "_", "-", "_").Replace(strings.ToUpper(flag)), v, help, "", t.commands}
	}
	return []option{
		row("enabled", boolean(&t.Enabled), "serve TLS"),
		row("cert", text(&t.Cert), "PEM file with the certificate; read again when it changes"),
		row("key", text(&t.Key), "PEM file with its key"),
		row("client-ca", text(&t.ClientCA), "PEM file with the authorities of clients' certificates, which are then required"),
	}
}

// checkTLS returns what is missing, or of no use.
func (c *Config) checkTLS() (wrong []error) {
	for _, t := range c.tls() {
		switch {
		case t.Enabled && (t.Cert == "" || t.Key == ""):
			wrong = append(wrong, fmt.Errorf("%s.enabled: needs %[1]s.cert and %[1]s.key", t.prefix))
		case !t.Enabled && *t.TLS != (TLS{}):
			wrong = append(wrong, fmt.Errorf("%s.*: no use without %[1]s.enabled", t.prefix))
		}
	}
	return wrong
}
