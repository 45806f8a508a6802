// SPDX-License-Identifier: Apache-2.0

package elastic_test

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/go-spur/spur/backend/store/elastic"
)

// indices is a server that keeps documents, makes indices as long as there are fewer
// than most, and finds spans by index, trace id and start.
type indices struct {
	mu   sync.Mutex
	most int
	docs map[string]map[string]json.RawMessage // by index and id
}

// keep starts a server that keeps documents.
func keep(t *testing.T, most int) (*indices, elastic.Config) {
	x := &indices{most: most, docs: map[string]map[string]json.RawMessage{}}
	return x, behave(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		x.mu.Lock()
		defer x.mu.Unlock()
		if r.URL.Path == "/_bulk" {
			x.bulk(w, string(body))
			return
		}
		names, _ := strings.CutSuffix(r.URL.Path, "/_search")
		names, _ = url.PathUnescape(strings.TrimPrefix(names, "/"))
		x.search(w, strings.Split(names, ","), body)
	})
}

// names are those of the indices of spans.
func (x *indices) names() (list []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for name := range maps.Keys(x.docs) {
		if strings.Contains(name, "jaeger-span") {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

func (x *indices) bulk(w io.Writer, body string) {
	var items []string
	lines := bufio.NewScanner(strings.NewReader(body))
	for lines.Scan() {
		var action struct {
			Create struct {
				Index string `json:"_index"`
				ID    string `json:"_id"`
			}
		}
		_ = json.Unmarshal(lines.Bytes(), &action) // it comes from the engine
		lines.Scan()
		a := action.Create
		if x.docs[a.Index] == nil && len(x.docs) == x.most {
			items = append(items, fmt.Sprintf(`{"create":{"status":400,"error":{"type":"validation_exception","reason":"Validation Failed: 1: this action would add [10] shards, but this cluster currently has [%d]/[1000] maximum normal shards open;"}}}`, 10*x.most))
			continue
		}
		if x.docs[a.Index] == nil {
			x.docs[a.Index] = map[string]json.RawMessage{}
		}
		x.docs[a.Index][a.ID] = json.RawMessage(lines.Text())
		items = append(items, `{"create":{"status":201}}`)
	}
	_, _ = fmt.Fprintf(w, `{"items":[%s]}`, strings.Join(items, ","))
}

// search answers queries for spans, each on one page. Of conditions it knows those of the trace
// id and of the start.
func (x *indices) search(w io.Writer, patterns []string, body []byte) {
	var q struct {
		Query struct {
			Bool struct {
				Filter []struct {
					Terms struct{ TraceID []string }
					Range struct {
						StartTime struct{ GTE, LTE *uint64 }
					}
				}
			}
		}
		Source *bool `json:"_source"`
		After  any   `json:"search_after"`
	}
	q.Source = nil
	_ = json.Unmarshal(body, &q)
	type hit struct {
		start uint64
		text  string
	}
	var hits []hit
	for index, docs := range x.docs {
		if q.After != nil || !slices.ContainsFunc(patterns, func(p string) bool {
			head, ok := strings.CutSuffix(p, "*")
			return p == index || ok && strings.HasPrefix(index, head)
		}) {
			continue
		}
		for _, doc := range docs {
			var d struct {
				TraceID   string
				SpanID    string
				StartTime uint64
			}
			_ = json.Unmarshal(doc, &d)
			ok := true
			for _, f := range q.Query.Bool.Filter {
				r := f.Range.StartTime
				if f.Terms.TraceID != nil && !slices.Contains(f.Terms.TraceID, d.TraceID) || r.GTE != nil && d.StartTime < *r.GTE || r.LTE != nil && d.StartTime > *r.LTE {
					ok = false
				}
			}
			if ok {
				sort := `"` + d.TraceID + `",` + strconv.FormatUint(d.StartTime, 10)
				if q.Source != nil {
					sort = strconv.FormatUint(d.StartTime, 10) + `,"` + d.TraceID + `"`
				}
				hits = append(hits, hit{d.StartTime, fmt.Sprintf(`{"_source":%s,"sort":[%s,"%s"]}`, doc, sort, d.SpanID)})
			}
		}
	}
	slices.SortFunc(hits, func(a, b hit) int { return cmp.Compare(b.start, a.start) })
	var texts []string
	for _, h := range hits {
		texts = append(texts, h.text)
	}
	_, _ = fmt.Fprintf(w, `{"hits":{"hits":[%s]}}`, strings.Join(texts, ","))
}
