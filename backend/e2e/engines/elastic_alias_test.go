// SPDX-License-Identifier: Apache-2.0

//go:build engines

package engines

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/config"
)

// rollover runs jaeger-es-rollover 1.62 for the indices of a prefix, of one shard and no replicas.
func rollover(t *testing.T, url, prefix string, args ...string) {
	t.Helper()
	args = append(args, url, "--index-prefix="+prefix)
	if args[0] == "init" {
		args = append(args, "--shards=1", "--replicas=0")
	} else {
		args = append(args, "--conditions={}")
	}
	if out, err := exec.CommandContext(t.Context(), realBinary(t, "es-rollover-1.62"), args...).CombinedOutput(); err != nil {
		t.Fatalf("jaeger-es-rollover %v: %v\n%s", args, err, out)
	}
}

func withAliases(e *config.Elastic) { e.Aliases = true }

// sendOne sends a trace of one span of the service "rolled".
func sendOne(t *testing.T, to elasticPeer, n int) (id string) {
	id = fmt.Sprintf("%032x", n)
	body := fmt.Sprintf(`{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"rolled"}}]},"scopeSpans":[{"spans":[{"traceId":%q,"spanId":"1111111111111111","name":"op%d","startTimeUnixNano":"%d","endTimeUnixNano":"%d"}]}]}]}`,
		id, n, time.Now().UnixNano(), time.Now().UnixNano()+1000)
	resp, err := http.Post("http://"+to.ports[4318]+"/v1/traces", "application/json", strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return id
	}
	if _ = resp.Body.Close(); resp.StatusCode != http.StatusOK {
		t.Errorf("a span is answered %s", resp.Status)
	}
	return id
}

// finds waits until a search of a peer finds these traces, each with one span, and no others.
func finds(t *testing.T, name string, in elasticPeer, ids []string) {
	t.Helper()
	var got []string
	if !again(500*time.Millisecond, 20*time.Second, func() bool {
		var answer struct {
			Data []struct {
				TraceID string
				Spans   []struct{}
			}
		}
		getJSON(t, in.query+"/api/traces?service=rolled&limit=1000", &answer)
		got = nil
		for _, trace := range answer.Data {
			got = append(got, fmt.Sprintf("%032s", trace.TraceID))
			if len(trace.Spans) != 1 {
				got[len(got)-1] += fmt.Sprintf(" with %d spans", len(trace.Spans))
			}
		}
		slices.Sort(got)
		return slices.Equal(got, ids)
	}) {
		t.Errorf("%s finds %v, want %v", name, got, ids)
	}
}

// elasticTemplates are the templates of a prefix.
func elasticTemplates(t *testing.T, url, prefix string) (all string) {
	t.Helper()
	for _, kind := range []string{"_template", "_index_template"} {
		_, answer := elasticAsk(t, http.MethodGet, url+"/"+kind+"/"+prefix+"-jaeger-*", "")
		var list map[string]any
		if err := json.Unmarshal([]byte(answer), &list); err != nil {
			t.Fatal(err)
		}
		delete(list, "error") // there is none of this kind
		delete(list, "status")
		templates, _ := list["index_templates"].([]any)
		slices.SortFunc(templates, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		b, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		all += string(b)
	}
	return all
}

// TestElasticAliases: with the aliases of jaeger-es-rollover, which rolls indices over while spans are
// written, we and Jaeger 1.62 find all that either has written. Before it has made them, spans wait.
func TestElasticAliases(t *testing.T) {
	url, prefix := elasticPrefix(t, "aliases")
	ours := elasticOurs(t, url, prefix, elasticSpanAge(), withAliases)
	n := 1
	ids := []string{sendOne(t, ours, n)}
	var status int
	var body []byte
	if !again(100*time.Millisecond, 20*time.Second, func() bool {
		status, _, body = elasticGet("http://" + ours.ports[14269] + "/")
		return status == http.StatusServiceUnavailable && strings.Contains(string(body), prefix+"-jaeger-span-write")
	}) {
		t.Errorf("the admin port answers %d %s, want 503 and that there is no alias to write to", status, body)
	}
	for _, path := range []string{"/api/traces?service=rolled", "/api/services"} {
		if status, _, body := elasticGet(ours.query + path); status < 500 {
			t.Errorf("%s: %d %s, want an error", path, status, body)
		}
	}
	if _, made := elasticAsk(t, http.MethodGet, url+"/_cat/indices/"+prefix+"-*?h=index", ""); strings.TrimSpace(made) != "" {
		t.Errorf("the server has made %s", made)
	}

	rollover(t, url, prefix, "init")
	rollover(t, url, prefix, "init", "--archive")
	finds(t, "ours, when there are aliases,", ours, ids)

	theirs := elastic162(t, url, prefix, "ES_USE_ALIASES=true", "ES_ARCHIVE_ENABLED=true", "ES_ARCHIVE_USE_ALIASES=true",
		"ES_ARCHIVE_SERVER_URLS="+url, "ES_ARCHIVE_INDEX_PREFIX="+prefix)
	send := func() {
		for _, to := range []elasticPeer{ours, theirs} {
			n++
			ids = append(ids, sendOne(t, to, n))
		}
	}
	send()
	sending, sent := make(chan bool), make(chan bool)
	go func() {
		defer close(sent)
		next := time.NewTicker(20 * time.Millisecond)
		defer next.Stop()
		for n < 400 { // a search shows a thousand
			select {
			case <-sending:
				return
			case <-next.C:
				send()
			}
		}
	}()
	rollover(t, url, prefix, "rollover")
	close(sending)
	<-sent
	send()
	finds(t, "ours", ours, ids)
	finds(t, "1.62", theirs, ids)

	// What is archived is left when the indices of before are removed.
	kept := map[string]elasticPeer{ids[1]: ours, ids[2]: theirs}
	for id, by := range kept {
		if status, answer := elasticAsk(t, http.MethodPost, by.query+"/api/archive/"+id, ""); status != http.StatusOK {
			t.Errorf("archive: %d %s", status, answer)
		}
	}
	rollover(t, url, prefix, "rollover", "--archive")
	if status, answer := elasticAsk(t, http.MethodDelete, url+"/"+prefix+"-jaeger-span-000001", ""); status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	for id := range kept {
		for name, in := range map[string]elasticPeer{"ours": ours, "1.62": theirs} {
			if !again(200*time.Millisecond, 10*time.Second, func() bool {
				status, _, body := elasticGet(in.query + "/api/traces/" + id)
				return status == http.StatusOK && strings.Count(string(body), `"spanID":"1111111111111111"`) == 1
			}) {
				t.Errorf("%s does not show %s, which is in the archive", name, id)
			}
		}
	}

	// The job replaces the links of a day also when the index has been rolled over.
	day := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -1)
	traces := sendCalls(t, ours.ports[4318], day)
	if !again(200*time.Millisecond, 30*time.Second, func() bool {
		_, answer := elasticAsk(t, http.MethodPost, url+"/"+prefix+"-jaeger-span-read/_count?filter_path=count", `{"query":{"term":{"operationName":"call"}}}`)
		return answer == fmt.Sprintf(`{"count":%d}`, 4*traces)
	}) {
		t.Fatal("the spans do not arrive")
	}
	for range 2 {
		dependencies(t, day, "SPAN_STORAGE_TYPE=elasticsearch", "ES_SERVER_URLS="+url, "ES_INDEX_PREFIX="+prefix, "ES_USE_ALIASES=true")
		showsCalls(t, theirs.query, day, traces)
		showsCalls(t, ours.query, day, traces)
		rollover(t, url, prefix, "rollover")
	}
}

// TestElasticTemplates: templates are those of jaeger-es-rollover, and with ES_USE_ILM, where it has
// put a policy into them, they are left alone.
func TestElasticTemplates(t *testing.T) {
	url, prefix := elasticPrefix(t, "templates")
	rollover(t, url, prefix, "init", "--adaptive-sampling")
	templates := elasticTemplates(t, url, prefix)
	for _, kind := range []string{"dependencies", "sampling"} { // where the tool forgets the prefix, for other servers than 8
		templates = strings.ReplaceAll(templates, `["*jaeger-`+kind, `["*`+prefix+"-jaeger-"+kind)
	}
	elasticOurs(t, url, prefix, 0, withAliases)
	if got := elasticTemplates(t, url, prefix); got != templates {
		t.Errorf("jaeger-es-rollover writes\n%s\nand ours\n%s", templates, got)
	}
	other := func(e *config.Elastic) { e.Aliases, e.Shards = true, 3 }
	elasticOurs(t, url, prefix, 0, other, func(e *config.Elastic) { e.ILM = true })
	if got := elasticTemplates(t, url, prefix); got != templates {
		t.Errorf("with ES_USE_ILM templates were\n%s\nand are\n%s", templates, got)
	}
	elasticOurs(t, url, prefix, 0, other)
	if got := elasticTemplates(t, url, prefix); got != strings.ReplaceAll(templates, `"number_of_shards":"1"`, `"number_of_shards":"3"`) {
		t.Errorf("without it they are\n%s\nwant the same with three shards", got)
	}
}
