// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/config"
)

// TestElastic: the variables of a manifest of Jaeger's are understood.
func TestElastic(t *testing.T) {
	c, _, err := config.Parse(config.Collector, nil, []string{
		"SPAN_STORAGE_TYPE=elasticsearch", "ES_SERVER_URLS=https://a:9200,https://b:9200", "ES_USERNAME=u", "ES_PASSWORD=p",
		"ES_INDEX_PREFIX=prod", "ES_TAGS_AS_FIELDS_INCLUDE=http.url,error", "ES_USE_ALIASES=true", "ES_USE_ILM=true",
		"ES_TLS_CA=ca.pem", "ES_NUM_SHARDS=2", "ES_BULK_FLUSH_INTERVAL=1s", "ES_CREATE_INDEX_TEMPLATES=false",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := config.Default(config.Collector).Elastic
	want.URLs = []string{"https://a:9200", "https://b:9200"}
	want.Username, want.Password, want.Prefix = "u", "p", "prod"
	want.TagsAsFields = []string{"http.url", "error"}
	want.Aliases, want.ILM, want.Templates = true, true, false
	want.TLS.CA, want.Shards, want.BulkFlushInterval = "ca.pem", 2, time.Second
	if !reflect.DeepEqual(c.Elastic, want) {
		t.Errorf("got %+v, want %+v", c.Elastic, want)
	}
}

// TestElasticWrong: what cannot be is said, all of it at once.
func TestElasticWrong(t *testing.T) {
	for _, test := range []struct{ env, want string }{
		{"SPAN_STORAGE_TYPE=elasticsearch,opensearch", "both are the same engine"},
		{"SPAN_STORAGE_TYPE=opensearch ES_SERVER_URLS=localhost:9200", `es.server-urls: "localhost:9200" is no URL`},
		{"SPAN_STORAGE_TYPE=opensearch ES_SERVER_URLS=u:secret@localhost:9200", `es.server-urls: "…@localhost:9200" is no URL`},
		{"SPAN_STORAGE_TYPE=opensearch ES_USERNAME=u ES_PASSWORD=secret ES_TOKEN_FILE=t", "only one can be shown"},
		{"SPAN_STORAGE_TYPE=opensearch ES_PASSWORD=secret", "needs es.username"},
		{"SPAN_STORAGE_TYPE=opensearch ES_USE_ILM=true", "needs es.use-aliases"},
		{"SPAN_STORAGE_TYPE=opensearch ES_TLS_CA=c ES_TLS_SKIP_HOST_VERIFY=true", "no use of ca"},
		{"SPAN_STORAGE_TYPE=opensearch ES_TLS_CERT=c", "cert and key need each other"},
		{"SPAN_STORAGE_TYPE=opensearch ES_NUM_SHARDS=0", "ES_NUM_SHARDS"},
	} {
		_, _, err := config.Parse(config.AllInOne, nil, strings.Fields(test.env))
		if !errors.Is(err, config.ErrInvalid) || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: error %v, want one with %q", test.env, err, test.want)
		}
	}
}

// TestElasticUnused: variables of the server are no fault where another store is used.
func TestElasticUnused(t *testing.T) {
	if c, _, err := config.Parse(config.Collector, nil, []string{"SPAN_STORAGE_TYPE=kafka", "ES_INDEX_PREFIX=x"}); err != nil || c.Elastic.Prefix != "x" {
		t.Errorf("%q, %v", c.Elastic.Prefix, err)
	}
}
