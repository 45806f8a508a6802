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
	return append([]option{
		{"forward.endpoint", "SPUR_FORWARD_ENDPOINT", list(&f.Endpoints), "receivers that the store forward sends spans to, by turns: host:port or, for HTTP, URLs; dns:///name:port is all addresses of a name", "", takes},
		{"forward.protocol", "SPUR_FORWARD_PROTOCOL", choice(&f.Protocol, plain("otlp-grpc", "otlp-http", "jaeger-grpc", "thrift-http")), "what they speak", "", takes},
		{"forward.bearer-token", "SPUR_FORWARD_BEARER_TOKEN", token(&f.Token), "token that is shown to them, as Authorization: Bearer", "", takes},
		{"forward.headers", "SPUR_FORWARD_HEADERS", headers(&f.Headers), "headers, or metadata of gRPC, that are sent to them, key=value,…", "", takes},
		{"forward.timeout", "SPUR_FORWARD_TIMEOUT", duration(&f.Timeout), "how long one request may take", "", takes},
		{"forward.queue-size", "SPUR_FORWARD_QUEUE_SIZE", size(&f.QueueSize), "bytes of spans that may wait in memory to be sent", "64MiB", takes},
		{"forward.spool", "SPUR_FORWARD_SPOOL", text(&f.Spool), "folder for spans that wait, which the next process sends then", "they wait in memory", takes},
		{"forward.spool-size", "SPUR_FORWARD_SPOOL_SIZE", size(&f.SpoolSize), "bytes of that folder above which the oldest are dropped", "1GiB", takes},
	}, f.TLS.options("forward.tls", "SPUR_FORWARD_TLS", "use TLS; a URL says so itself", takes)...)
}

// options lists the options of connections to receivers.
func (t *ClientTLS) options(flag, env, enabled string, commands Command) []option {
	return []option{
		{flag + ".enabled", env + "_ENABLED", boolean(&t.Enabled), enabled, "", commands},
		{flag + ".ca", env + "_CA", text(&t.CA), "PEM file with the authorities of receivers' certificates", "the system's", commands},
		{flag + ".cert", env + "_CERT", text(&t.Cert), "PEM file with the certificate to show", "", commands},
		{flag + ".key", env + "_KEY", text(&t.Key), "PEM file with its key", "", commands},
		{flag + ".server-name", env + "_SERVER_NAME", text(&t.Name), "name in the receivers' certificates", "the endpoint's", commands},
		{flag + ".skip-host-verify", env + "_SKIP_HOST_VERIFY", boolean(&t.SkipVerify), "trust any certificate", "", commands},
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
	if c.Command == Agent {
		wrong = append(wrong, c.checkReporter()...)
	}
	if all[0] == forward && c.Command.Queries() {
		wrong = append(wrong, fmt.Errorf("span-storage.type %s: traces are read from the first, and forward keeps none: name sqlite or memory before it", c.Storage))
	}
	tls := c.Forward.TLS
	if url := slices.ContainsFunc(c.Forward.Endpoints, func(e string) bool { return strings.Contains(e, "https://") }); !url && !tls.Enabled && tls != (ClientTLS{}) {
		wrong = append(wrong, errors.New("forward.tls.*: no use without forward.tls.enabled, or a URL of https"))
	}
	if tls.SkipVerify && tls.CA != "" {
		wrong = append(wrong, errors.New("forward.tls: no use of ca with skip-host-verify"))
	}
	return append(wrong, tls.check("forward.tls")...)
}

// check returns what is missing.
func (t *ClientTLS) check(prefix string) (wrong []error) {
	if (t.Cert == "") != (t.Key == "") {
		wrong = append(wrong, fmt.Errorf("%s: cert and key need each other", prefix))
	}
	return wrong
}
