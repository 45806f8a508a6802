// SPDX-License-Identifier: Apache-2.0

//go:build engines

package engines

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/config"
)

// TestElasticFar: spans of other days, which are in the index of today, are shown by ours and
// by real Jaegers whose max-span-age reaches back to them.
func TestElasticFar(t *testing.T) {
	url, prefix := elasticPrefix(t, "far")
	ours := elasticOurs(t, url, prefix, config.Default(config.AllInOne).Elastic.MaxSpanAge)
	now := time.Now()
	far := map[string]time.Time{ // by trace id
		strings.Repeat("1", 32): now.AddDate(0, 0, -5),
		strings.Repeat("2", 32): now.AddDate(0, 0, 5),
	}
	for id, start := range far {
		body := fmt.Sprintf(`{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"far"}}]},"scopeSpans":[{"spans":[{"traceId":%q,"spanId":"1111111111111111","name":"far","startTimeUnixNano":"%d","endTimeUnixNano":"%d"}]}]}]}`,
			id, start.UnixNano(), start.UnixNano()+1000)
		if status, answer := elasticAsk(t, http.MethodPost, "http://"+ours.ports[4318]+"/v1/traces", body); status != http.StatusOK {
			t.Fatalf("%d %s", status, answer)
		}
	}
	shows := func(name string, from elasticPeer, path string) {
		t.Helper()
		found := func() bool {
			status, _, body := elasticGet(from.query + path)
			return status == http.StatusOK && strings.Contains(string(body), `"operationName":"far"`)
		}
		if !again(time.Second, 20*time.Second, found) {
			t.Errorf("%s does not show %s", name, path)
		}
	}
	for id, start := range far {
		shows("ours", ours, "/api/traces/"+id)
		shows("ours", ours, fmt.Sprintf("/api/traces?service=far&start=%d&end=%d", start.UnixMicro()-1000, start.UnixMicro()+1000))
	}
	_, indices := elasticAsk(t, http.MethodGet, url+"/_cat/indices/"+prefix+"-jaeger-span-*?h=index", "")
	if want := prefix + "-jaeger-span-" + now.UTC().Format(time.DateOnly); strings.TrimSpace(indices) != want {
		t.Errorf("indices %s, want %s", indices, want)
	}
	for name, start := range map[string]func(*testing.T, string, string, ...string) elasticPeer{"1.62": elastic162, "2.13": elastic213} {
		jaeger := start(t, url, prefix)
		for id := range far {
			shows(name, jaeger, "/api/traces/"+id)
		}
	}
}
