// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/server"
)

// expression is a query of Prometheus, and the labels that are shown with its result.
type expression struct {
	where, query string
	shown        []string
}

var shownLabel = regexp.MustCompile(`\{\{ *(?:\$labels\.)?(\w+) *\}\}`)

func labelsIn(text string) (labels []string) {
	for _, m := range shownLabel.FindAllStringSubmatch(text, -1) {
		labels = append(labels, m[1])
	}
	return labels
}

func alerts(t *testing.T) (all []expression) {
	t.Helper()
	var f struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	decode(t, folder+"prometheus/alerts.yaml", func(d *yaml.Decoder) error { d.KnownFields(true); return d.Decode(&f) })
	for _, g := range f.Groups {
		for _, r := range g.Rules {
			if r.Annotations["summary"] == "" || r.Annotations["description"] == "" || r.Labels["severity"] == "" {
				t.Errorf("%s: %+v", r.Alert, r)
			}
			all = append(all, expression{r.Alert, r.Expr, labelsIn(r.Annotations["summary"])})
		}
	}
	return all
}

func dashboard(t *testing.T) (all []expression) {
	t.Helper()
	var f struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr, LegendFormat string }
		}
	}
	if err := json.Unmarshal([]byte(read(t, "grafana/spur.json")), &f); err != nil {
		t.Fatal(err)
	}
	for _, p := range f.Panels {
		for _, target := range p.Targets {
			all = append(all, expression{p.Title, target.Expr, labelsIn(target.LegendFormat)})
		}
	}
	return all
}

// series are the labels of each metric, and the values of each label.
type series map[string]map[string][]string

// scrape reads the metrics of a server that has stored, refused and forwarded spans.
func scrape(t *testing.T) series {
	t.Helper()
	never := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) }))
	t.Cleanup(never.Close)
	c := config.Default(config.AllInOne)
	c.Storage, c.Forward.Endpoints, c.Forward.Protocol = "memory,forward", []string{never.URL}, "otlp-http"
	s := start(t, c)
	const spans = `{"resourceSpans":[{"scopeSpans":[{"spans":[
		{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708","name":"stored"},
		{"traceId":"00000000000000000000000000000000","spanId":"0102030405060708","name":"refused"}]}]}]}`
	for _, body := range []string{spans, "{"} {
		resp, err := http.Post("http://"+s.Addr(server.OTLPHTTP)+"/v1/traces", "application/json", strings.NewReader(body))
		if err != nil || resp.Body.Close() != nil {
			t.Fatal(err)
		}
	}
	for {
		resp, err := http.Get("http://" + s.Addr(server.Admin) + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		if err != nil || resp.Body.Close() != nil {
			t.Fatal(err)
		}
		if found := seriesOf(string(text)); found["spur_forward_spans_dropped_total"] != nil {
			return found
		}
		select {
		case <-t.Context().Done():
			t.Fatal("nothing is dropped")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func seriesOf(metrics string) series {
	line, label := regexp.MustCompile(`^(\w+)(?:\{(.*)\})? \S+$`), regexp.MustCompile(`(\w+)="([^"]*)"`)
	found := series{}
	for text := range strings.SplitSeq(metrics, "\n") {
		m := line.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		if found[m[1]] == nil {
			found[m[1]] = map[string][]string{"instance": nil} // which Prometheus adds
		}
		for _, l := range label.FindAllStringSubmatch(m[2], -1) {
			found[m[1]][l[1]] = append(found[m[1]][l[1]], l[2])
		}
	}
	return found
}

// TestExpressions: the metrics and labels that the alerts and the dashboard name are
// those of a server.
func TestExpressions(t *testing.T) {
	found := scrape(t)
	var (
		all      = slices.Concat(alerts(t), dashboard(t))
		metric   = regexp.MustCompile(`\b((?:jaeger|spur|go|process)_\w+)(?:\{([^}]*)\})?`)
		matcher  = regexp.MustCompile(`(\w+)(=|!=|=~)"([^"]*)"`)
		grouping = regexp.MustCompile(`\b(?:by|without) \(([^)]*)\)`)
		window   = regexp.MustCompile(`\[[^\]]*\]`)
		word     = regexp.MustCompile(`[a-zA-Z_]\w*`)
		known    = []string{"sum", "rate", "increase", "deriv", "histogram_quantile", "or", "and"}
	)
	if len(all) < 30 {
		t.Fatalf("only %d expressions", len(all))
	}
	for _, e := range all {
		labels := map[string]bool{}
		for _, m := range metric.FindAllStringSubmatch(e.query, -1) {
			if found[m[1]] == nil {
				t.Errorf("%s: no metric is called %s", e.where, m[1])
			}
			for l := range found[m[1]] {
				labels[l] = true
			}
			for _, s := range matcher.FindAllStringSubmatch(m[2], -1) {
				values, ok := found[m[1]][s[1]]
				if !ok || s[2] == "=" && !slices.Contains(values, s[3]) {
					t.Errorf("%s: %s has no %s%s%q, but %q", e.where, m[1], s[1], s[2], s[3], values)
				}
			}
		}
		for _, g := range grouping.FindAllStringSubmatch(e.query, -1) {
			for _, l := range word.FindAllString(g[1], -1) {
				if !labels[l] {
					t.Errorf("%s: nothing has the label %s", e.where, l)
				}
			}
		}
		for _, l := range e.shown {
			if !labels[l] {
				t.Errorf("%s: shows the label %s, which nothing has", e.where, l)
			}
		}
		rest := window.ReplaceAllString(grouping.ReplaceAllString(metric.ReplaceAllString(e.query, ""), ""), "")
		for _, w := range word.FindAllString(rest, -1) {
			if !slices.Contains(known, w) {
				t.Errorf("%s: what is %s?", e.where, w)
			}
		}
	}
}
