// SPDX-License-Identifier: Apache-2.0

package engines

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/elastic"
)

func openElastic(ctx context.Context, settings *config.Config, reg prometheus.Registerer, log *slog.Logger) (store.Store, string, error) {
	e := &settings.Elastic
	c := elastic.Config{
		URLs: e.URLs, Username: e.Username, Password: e.Password,
		PasswordFile: e.PasswordFile, TokenFile: e.TokenFile, APIKeyFile: e.APIKeyFile,
		TLS: elastic.TLS{
			CA: e.TLS.CA, Cert: e.TLS.Cert, Key: e.TLS.Key, ServerName: e.TLS.Name, SkipVerify: e.TLS.SkipVerify,
		},
		Timeout: e.Timeout, Prefix: e.Prefix, DateSeparator: e.DateSeparator,
		HourlySpans: e.SpansEach == "hour", HourlyServices: e.ServicesEach == "hour",
		Aliases: e.Aliases, KeepTemplates: !e.Templates || e.ILM || !settings.Command.Writes(), Shards: e.Shards, Replicas: e.Replicas,
		Priority: elastic.Priority{Span: e.SpanPriority, Service: e.ServicePriority, Dependencies: e.DependenciesPriority},
		MaxAge:   e.MaxSpanAge, BulkActions: e.BulkActions, BulkBytes: e.BulkSize, BulkWorkers: e.BulkWorkers, BulkDelay: e.BulkFlushInterval,
		AllTagsAsFields: e.AllTagsAsFields, TagsAsFields: e.TagsAsFields, DotReplacement: e.DotReplacement,
		PageSize: e.MaxDocCount, MaxScan: e.MaxScan,
	}
	if e.TagsFile != "" {
		b, err := os.ReadFile(e.TagsFile)
		if err != nil {
			return nil, "", fmt.Errorf("es.tags-as-fields.config-file: %w", err)
		}
		for line := range strings.Lines(string(b)) {
			if key := strings.TrimSpace(line); key != "" {
				c.TagsAsFields = append(c.TagsAsFields, key)
			}
		}
	}
	s, err := elastic.Open(ctx, c, reg, log)
	if err != nil {
		return nil, "", err // not a nil *elastic.Store
	}
	var where []string
	for _, text := range e.URLs {
		if u, err := url.Parse(text); err == nil {
			where = append(where, u.Redacted())
		}
	}
	return s, "in Elasticsearch or OpenSearch at " + strings.Join(where, ", "), nil
}
