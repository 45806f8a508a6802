// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/config"
)

func TestForward(t *testing.T) {
	env := []string{
		"SPAN_STORAGE_TYPE=SQLite, forward", "SPUR_FORWARD_ENDPOINT=a:1, dns:///b:2", "SPUR_FORWARD_PROTOCOL=thrift-http",
		"SPUR_FORWARD_HEADERS=x-tenant=a b, y=c=d", "SPUR_FORWARD_BEARER_TOKEN=t", "SPUR_FORWARD_TIMEOUT=3s", "SPUR_FORWARD_SPOOL=/s",
		"SPUR_FORWARD_SPOOL_SIZE=32MiB", "SPUR_FORWARD_QUEUE_SIZE=2MB", "SPUR_FORWARD_TLS_ENABLED=1", "SPUR_FORWARD_TLS_CA=ca",
		"SPUR_FORWARD_TLS_CERT=c", "SPUR_FORWARD_TLS_KEY=k", "SPUR_FORWARD_TLS_SERVER_NAME=n",
	}
	c, warning, err := config.Parse(config.Collector, nil, env)
	if err != nil || warning != "" {
		t.Fatal(warning, err)
	}
	want := config.Forward{
		Endpoints: []string{"a:1", "dns:///b:2"}, Protocol: "thrift-http", Token: "t", Headers: map[string]string{"x-tenant": "a b", "y": "c=d"},
		TLS: config.ClientTLS{Enabled: true, CA: "ca", Cert: "c", Key: "k", Name: "n"}, Timeout: 3 * time.Second,
		QueueSize: 2_000_000, SpoolSize: 32 << 20, Spool: "/s",
	}
	if !reflect.DeepEqual(c.Forward, want) || !reflect.DeepEqual(c.Storages(), []string{"sqlite", "forward"}) {
		t.Errorf("%q, %+v", c.Storage, c.Forward)
	}
}

func TestForwardWrong(t *testing.T) {
	const storage, endpoint = "--span-storage.type=", "--forward.endpoint=a:1"
	for want, args := range map[string][]string{
		"no use unless":               {endpoint},
		"needs forward.endpoint":      {storage + "sqlite,forward"},
		"name sqlite or memory":       {storage + "forward,sqlite", endpoint},
		"is there twice":              {storage + "sqlite,sqlite"},
		"not one of sqlite":           {storage + "sqlite,", endpoint},
		"cert and key need":           {storage + "sqlite,forward", endpoint, "--forward.tls.cert=c"},
		"no use without forward.tls":  {storage + "sqlite,forward", endpoint, "--forward.tls.ca=c"},
		"no use of ca":                {storage + "sqlite,forward", endpoint, "--forward.tls.ca=c", "--forward.tls.skip-host-verify"},
		`"***": not a list`:           {"--forward.headers=secret"},
		"not one of otlp-grpc":        {"--forward.protocol=smtp"},
		"with names of headers as k":  {"--forward.headers=a b=c"},
		"neither true nor false":      {"--forward.tls.enabled=perhaps"},
		"not a size from 1MB to 1000": {"--forward.spool-size=1"},
	} {
		if _, _, err := config.Parse(config.AllInOne, args, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", args, err)
		}
	}
	if _, _, err := config.Parse(config.Collector, []string{storage + "forward", endpoint}, nil); err != nil {
		t.Error(err)
	}
}
