// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Elastic is what the stores "elasticsearch" and "opensearch" need to know.
type Elastic struct {
	URLs []string // of the server's nodes
	// Username and Password or PasswordFile, or one of the other files, are shown to it.
	Username, Password, PasswordFile, TokenFile, APIKeyFile string
	TLS                                                     ClientTLS
	Timeout                                                 time.Duration

	// How indices are named and made.
	Prefix, DateSeparator                                    string
	SpansEach, ServicesEach                                  string // "day" or "hour"
	Aliases, ILM, Templates                                  bool
	Shards, Replicas                                         int
	SpanPriority, ServicePriority, DependenciesPriority      int
	AllTagsAsFields                                          bool
	TagsAsFields                                             []string
	TagsFile, DotReplacement                                 string
	MaxSpanAge                                               time.Duration
	MaxDocCount, BulkSize, BulkActions, BulkWorkers, MaxScan int
	BulkFlushInterval                                        time.Duration
}

// The names of the two, which are one engine.
const (
	elasticsearch = "elasticsearch"
	opensearch    = "opensearch"
)

func defaultElastic() Elastic {
	return Elastic{
		URLs: []string{"http://127.0.0.1:9200"}, Timeout: 30 * time.Second,
		DateSeparator: "-", SpansEach: "day", ServicesEach: "day", Templates: true, Shards: 5, Replicas: 1,
		DotReplacement: "@", MaxSpanAge: 72 * time.Hour, MaxDocCount: 10_000,
		BulkSize: 5_000_000, BulkActions: 1000, BulkWorkers: 1, BulkFlushInterval: 200 * time.Millisecond, MaxScan: 50_000,
	}
}

func (e *Elastic) options() []option {
	each := plain("day", "hour")
	return append([]option{
		{"es.server-urls", "ES_SERVER_URLS", list(&e.URLs), "nodes of Elasticsearch or OpenSearch, URLs, which are asked by turns", "", stores},
		{"es.username", "ES_USERNAME", text(&e.Username), "user of the server", "", stores},
		{"es.password", "ES_PASSWORD", password(&e.Password), "the user's password", "", stores},
		{"es.password-file", "ES_PASSWORD_FILE", text(&e.PasswordFile), "file with the password instead; read for each request", "", stores},
		{"es.token-file", "ES_TOKEN_FILE", text(&e.TokenFile), "file with a bearer token to show instead; read for each request", "", stores},
		{"es.api-key-file", "ES_API_KEY_FILE", text(&e.APIKeyFile), "file with an API key to show instead, as the server encodes it; read for each request", "", stores},
		{"es.timeout", "ES_TIMEOUT", duration(&e.Timeout), "how long one request may take", "", stores},
		{"es.index-prefix", "ES_INDEX_PREFIX", text(&e.Prefix), "what the names of indices begin with, before a -", "none", stores},
		{"es.index-date-separator", "ES_INDEX_DATE_SEPARATOR", text(&e.DateSeparator), "what stands between year, month and day in them", "", stores},
		{"es.index-rollover-frequency-spans", "ES_INDEX_ROLLOVER_FREQUENCY_SPANS", choice(&e.SpansEach, each), "the time that an index of spans has", "", stores},
		{"es.index-rollover-frequency-services", "ES_INDEX_ROLLOVER_FREQUENCY_SERVICES", choice(&e.ServicesEach, each), "the same of services", "", stores},
		{"es.use-aliases", "ES_USE_ALIASES", boolean(&e.Aliases), "write and read through aliases, which jaeger-es-rollover init, or someone else, has made", "", stores},
		{"es.use-ilm", "ES_USE_ILM", boolean(&e.ILM), "leave templates as jaeger-es-rollover init, or someone else, has made them for a lifecycle policy; needs es.use-aliases", "", stores},
		{"es.create-index-templates", "ES_CREATE_INDEX_TEMPLATES", boolean(&e.Templates), "write index templates at start", "", stores},
		{"es.num-shards", "ES_NUM_SHARDS", count(&e.Shards, 1, 1024), "shards of an index, in these templates", "", stores},
		{"es.num-replicas", "ES_NUM_REPLICAS", count(&e.Replicas, 0, 100), "replicas of a shard", "", stores},
		{"es.prioirity-span-template", "ES_PRIOIRITY_SPAN_TEMPLATE", count(&e.SpanPriority, 0, 1<<30), "priority of the template of spans, in Elasticsearch 8 and later", "", stores},
		{"es.prioirity-service-template", "ES_PRIOIRITY_SERVICE_TEMPLATE", count(&e.ServicePriority, 0, 1<<30), "the same of services", "", stores},
		{"es.prioirity-dependencies-template", "ES_PRIOIRITY_DEPENDENCIES_TEMPLATE", count(&e.DependenciesPriority, 0, 1<<30), "the same of dependencies", "", stores},
		{"es.tags-as-fields.all", "ES_TAGS_AS_FIELDS_ALL", boolean(&e.AllTagsAsFields), "make each tag a field of its own", "", stores},
		{"es.tags-as-fields.include", "ES_TAGS_AS_FIELDS_INCLUDE", list(&e.TagsAsFields), "tags that are fields of their own, key,…", "none", stores},
		{"es.tags-as-fields.config-file", "ES_TAGS_AS_FIELDS_CONFIG_FILE", text(&e.TagsFile), "file with more of them, one a line", "none", stores},
		{"es.tags-as-fields.dot-replacement", "ES_TAGS_AS_FIELDS_DOT_REPLACEMENT", text(&e.DotReplacement), "what stands for a dot in the names of these fields", "", stores},
		{"es.max-span-age", "ES_MAX_SPAN_AGE", duration(&e.MaxSpanAge), "how old spans may be that are looked for when nobody says since when, and that have an index of their own day when they are written", "", stores},
		{"es.max-doc-count", "ES_MAX_DOC_COUNT", count(&e.MaxDocCount, 10, 10_000), "most documents, or names in a list, that one answer has", "", stores},
		{"es.max-scan", "SPUR_ES_MAX_SCAN", count(&e.MaxScan, 1, 100_000_000), "spans that a search reads and compares before it gives up and says where", "", stores},
		{"es.bulk.size", "ES_BULK_SIZE", count(&e.BulkSize, 1000, 100_000_000), "bytes of a request that stores", "", stores},
		{"es.bulk.actions", "ES_BULK_ACTIONS", count(&e.BulkActions, 1, 100_000), "spans that it has at most", "", stores},
		{"es.bulk.workers", "ES_BULK_WORKERS", count(&e.BulkWorkers, 1, 64), "such requests at a time", "", stores},
		{"es.bulk.flush-interval", "ES_BULK_FLUSH_INTERVAL", duration(&e.BulkFlushInterval), "how long a span waits for others to be stored with", "", stores},
	}, e.TLS.options("es.tls", "ES_TLS", "for Jaeger's manifests: TLS is used when a URL says so", stores)...)
}

// checkElastic returns what is missing, or of no use.
func (c *Config) checkElastic() (wrong []error) {
	all, e := c.Storages(), &c.Elastic
	if slices.Contains(all, elasticsearch) && slices.Contains(all, opensearch) {
		wrong = append(wrong, fmt.Errorf("span-storage.type %s: both are the same engine, and have the same es.server-urls", c.Storage))
	}
	if !slices.Contains(all, elasticsearch) && !slices.Contains(all, opensearch) {
		return nil // as with Jaeger, components with other stores share one set of variables
	}
	for _, url := range e.URLs {
		if !strings.HasPrefix(url, "http://") && !strings.HasPrefix(url, "https://") {
			shown := url
			if i := strings.LastIndexByte(url, '@'); i >= 0 {
				shown = "…" + url[i:] // without user and password
			}
			wrong = append(wrong, fmt.Errorf("es.server-urls: %.200q is no URL such as http://127.0.0.1:9200", shown))
		}
	}
	if len(e.URLs) == 0 {
		wrong = append(wrong, errors.New("es.server-urls: is empty"))
	}
	shown := 0
	for _, s := range []string{e.Password, e.PasswordFile, e.TokenFile, e.APIKeyFile} {
		if s != "" {
			shown++
		}
	}
	if shown > 1 {
		wrong = append(wrong, errors.New("es.password, es.password-file, es.token-file, es.api-key-file: only one can be shown"))
	}
	if (e.Password != "" || e.PasswordFile != "") && e.Username == "" {
		wrong = append(wrong, errors.New("es.password: needs es.username"))
	}
	if e.ILM && !e.Aliases {
		wrong = append(wrong, errors.New("es.use-ilm: needs es.use-aliases"))
	}
	if e.TLS.SkipVerify && e.TLS.CA != "" {
		wrong = append(wrong, errors.New("es.tls: no use of ca with skip-host-verify"))
	}
	return append(wrong, e.TLS.check("es.tls")...)
}
