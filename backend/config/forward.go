// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Forward says where the store "forward" sends spans, and how.
type Forward struct {
	// Endpoints are receivers: host:port or URLs, a name with dns:/// in front for
	// all addresses that it has.
	Endpoints []string
	// Protocol is otlp-grpc, otlp-http, jaeger-grpc or thrift-http.
	Protocol string
	// Token is a bearer token, and Headers what is sent beside.
	Token   string
	Headers map[string]string
	TLS     ClientTLS
	Timeout time.Duration
	// QueueSize bounds what waits in memory, in bytes, and Spool, if not empty, is
	// the folder for what waits on disk instead, up to SpoolSize. 0 is the store's
	// default.
	QueueSize, SpoolSize int64
	Spool                string
}

// ClientTLS is how a connection to a receiver is made.
type ClientTLS struct {
	Enabled             bool
	CA, Cert, Key, Name string
	SkipVerify          bool
}

const forward = "forward"

func defaultForward() Forward {
	return Forward{Protocol: "otlp-grpc", Timeout: 10 * time.Second}
}

// Storages returns the engines: all take spans, and the first is read.
func (c *Config) Storages() []string { return strings.Split(c.Storage, ",") }

// forwards lists the options of the store forward.
func (f *Forward) options() []option {
	return []option{
		{"forward.endpoint", "SPUR_FORWARD_ENDPOINT", list(&f.Endpoints), "receivers that the store forward sends spans to, by turns: host:port or, for HTTP, URLs; dns:///name:port is all addresses of a name", "", collects},
		{"forward.protocol", "SPUR_FORWARD_PROTOCOL", choice(&f.Protocol, plain("otlp-grpc", "otlp-http", "jaeger-grpc", "thrift-http")), "what they speak", "", collects},
		{"forward.bearer-token", "SPUR_FORWARD_BEARER_TOKEN", token(&f.Token), "token that is shown to them, as Authorization: Bearer", "", collects},
		{"forward.headers", "SPUR_FORWARD_HEADERS", headers(&f.Headers), "headers, or metadata of gRPC, that are sent to them, key=value,…", "", collects},
		{"forward.timeout", "SPUR_FORWARD_TIMEOUT", duration(&f.Timeout), "how long one request may take", "", collects},
		{"forward.queue-size", "SPUR_FORWARD_QUEUE_SIZE", size(&f.QueueSize), "bytes of spans that may wait in memory to be sent", "64MiB", collects},
		{"forward.spool", "SPUR_FORWARD_SPOOL", text(&f.Spool), "folder for spans that wait, which the next process sends then", "they wait in memory", collects},
		{"forward.spool-size", "SPUR_FORWARD_SPOOL_SIZE", size(&f.SpoolSize), "bytes of that folder above which the oldest are dropped", "1GiB", collects},
		{"forward.tls.enabled", "SPUR_FORWARD_TLS_ENABLED", boolean(&f.TLS.Enabled), "use TLS; a URL says so itself", "", collects},
		{"forward.tls.ca", "SPUR_FORWARD_TLS_CA", text(&f.TLS.CA), "PEM file with the authorities of receivers' certificates", "the system's", collects},
		{"forward.tls.cert", "SPUR_FORWARD_TLS_CERT", text(&f.TLS.Cert), "PEM file with the certificate to show", "", collects},
		{"forward.tls.key", "SPUR_FORWARD_TLS_KEY", text(&f.TLS.Key), "PEM file with its key", "", collects},
		{"forward.tls.server-name", "SPUR_FORWARD_TLS_SERVER_NAME", text(&f.TLS.Name), "name in the receivers' certificates", "the endpoint's", collects},
		{"forward.tls.skip-host-verify", "SPUR_FORWARD_TLS_SKIP_HOST_VERIFY", boolean(&f.TLS.SkipVerify), "trust any certificate", "", collects},
	}
}

// checkForward returns what is missing, or of no use.
func (c *Config) checkForward() (wrong []error) {
	all := c.Storages()
	if !slices.Contains(all, forward) {
		if !reflect.DeepEqual(c.Forward, defaultForward()) {
			wrong = append(wrong, errors.New("forward.*: no use unless span-storage.type has forward"))
		}
		return wrong
	}
	if len(c.Forward.Endpoints) == 0 && c.Command.Collects() {
		wrong = append(wrong, errors.New("span-storage.type forward: needs forward.endpoint"))
	}
	if all[0] == forward && c.Command.Queries() {
		wrong = append(wrong, fmt.Errorf("span-storage.type %s: traces are read from the first, and forward keeps none: name sqlite or memory before it", c.Storage))
	}
	tls := c.Forward.TLS
	if (tls.Cert == "") != (tls.Key == "") {
		wrong = append(wrong, errors.New("forward.tls: cert and key need each other"))
	}
	if tls.SkipVerify && tls.CA != "" {
		wrong = append(wrong, errors.New("forward.tls: no use of ca with skip-host-verify"))
	}
	return wrong
}
