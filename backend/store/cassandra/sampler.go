// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"time"

	gocql "github.com/apache/cassandra-gocql-driver/v2"

	"github.com/go-spur/spur/backend/store"
)

// InsertThroughput implements store.Sampler. Rows are gone after a day; forget is not
// used, since a Jaeger beside us may want more.
func (s *Store) InsertThroughput(ctx context.Context, at time.Time, counted []store.Throughput, _ time.Time) error {
	db, end, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	if len(counted) == 0 {
		return nil
	}
	query := fmt.Sprintf("INSERT INTO %q.operation_throughput (bucket, ts, throughput) VALUES (?, ?, ?) USING TTL %d", s.config.Keyspace, int(samplingTTL.Seconds()))
	err = db.exec(ctx, query, rand.IntN(buckets), gocql.UUIDFromTime(at), formatThroughput(counted))
	if err != nil {
		return s.failed(ctx, "write throughput", err)
	}
	return nil
}

// Throughput implements store.Sampler.
func (s *Store) Throughput(ctx context.Context, from, to time.Time) (found []store.Throughput, err error) {
	db, end, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	query := fmt.Sprintf("SELECT throughput FROM %q.operation_throughput WHERE bucket IN (0,1,2,3,4,5,6,7,8,9) AND ts > ? AND ts <= ?", s.config.Keyspace)
	var text string
	err = each(db.rows(ctx, pageRows, query, gocql.MaxTimeUUID(from), gocql.MaxTimeUUID(to)), func() error {
		found = append(found, parseThroughput(text)...)
		return nil
	}, &text)
	if err != nil {
		return nil, s.failed(ctx, "read throughput", err)
	}
	return found, nil
}

// InsertProbabilities implements store.Sampler.
func (s *Store) InsertProbabilities(ctx context.Context, computed []store.Probability) error {
	db, end, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	query := fmt.Sprintf("INSERT INTO %q.sampling_probabilities (bucket, ts, hostname, probabilities) VALUES (1, ?, ?, ?) USING TTL %d", s.config.Keyspace, int(probabilitiesTTL.Seconds()))
	if err := db.exec(ctx, query, gocql.TimeUUID(), host, formatProbabilities(computed)); err != nil {
		return s.failed(ctx, "write probabilities", err)
	}
	return nil
}

// LatestProbabilities implements store.Sampler.
func (s *Store) LatestProbabilities(ctx context.Context) ([]store.Probability, error) {
	db, end, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	var text string
	err = each(db.rows(ctx, 1, fmt.Sprintf("SELECT probabilities FROM %q.sampling_probabilities WHERE bucket = 1 LIMIT 1", s.config.Keyspace)), func() error { return nil }, &text)
	if err != nil {
		return nil, s.failed(ctx, "read probabilities", err)
	}
	return parseProbabilities(text), nil
}

// Lease implements store.Leaser, by Cassandra's transactions, in the table that Jaeger's
// collectors use.
func (s *Store) Lease(ctx context.Context, name, owner string, d time.Duration) (bool, error) {
	db, end, err := s.begin(ctx)
	if err != nil {
		return false, err
	}
	defer end()
	var held, holder string
	if d <= 0 {
		// An update would leave the inserted row, which keeps others out until its own TTL ends.
		_, err := db.swap(ctx, []any{&holder}, fmt.Sprintf("DELETE FROM %q.leases WHERE name = ? IF owner = ?", s.config.Keyspace), name, owner)
		if err != nil {
			return false, s.failed(ctx, "give up the lease", err)
		}
		return false, nil
	}
	seconds := max(1, int(d.Seconds()))
	ours, err := db.swap(ctx, []any{&held, &holder}, fmt.Sprintf("INSERT INTO %q.leases (name, owner) VALUES (?, ?) IF NOT EXISTS USING TTL ?", s.config.Keyspace), name, owner, seconds)
	if err == nil && !ours && holder == owner {
		ours, err = db.swap(ctx, []any{&holder}, fmt.Sprintf("UPDATE %q.leases USING TTL ? SET owner = ? WHERE name = ? IF owner = ?", s.config.Keyspace), seconds, owner, name, owner)
	}
	if err != nil {
		return false, s.failed(ctx, "take the lease", err)
	}
	return ours, nil
}

// Jaeger writes both as CSV without a head: service, operation, count, probabilities;
// and service, operation, probability, rate.
func formatThroughput(all []store.Throughput) string {
	return formatCSV(len(all), func(i int) []string {
		t := &all[i]
		p := make([]string, len(t.Probabilities))
		for i, v := range t.Probabilities {
			p[i] = strconv.FormatFloat(v, 'f', -1, 64)
		}
		return []string{valid(t.Service), valid(t.Operation), strconv.FormatInt(t.Count, 10), strings.Join(p, ",")}
	})
}

func formatProbabilities(all []store.Probability) string {
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	return formatCSV(len(all), func(i int) []string {
		p := &all[i]
		return []string{valid(p.Service), valid(p.Operation), number(p.Probability), number(p.QPS)}
	})
}

func formatCSV(n int, record func(int) []string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	for i := range n {
		_ = w.Write(record(i)) // to memory
	}
	w.Flush()
	return b.String()
}

// parseThroughput leaves out what is none.
func parseThroughput(text string) (all []store.Throughput) {
	parseCSV(text, func(r []string) {
		t := store.Throughput{Service: r[0], Operation: r[1]}
		var err error
		if t.Count, err = strconv.ParseInt(r[2], 10, 64); err != nil {
			return
		}
		for p := range strings.SplitSeq(r[3], ",") {
			if v, err := strconv.ParseFloat(p, 64); err == nil {
				t.Probabilities = append(t.Probabilities, v)
			}
		}
		all = append(all, t)
	})
	return all
}

func parseProbabilities(text string) (all []store.Probability) {
	parseCSV(text, func(r []string) {
		probability, err := strconv.ParseFloat(r[2], 64)
		rate, err2 := strconv.ParseFloat(r[3], 64)
		if errors.Join(err, err2) == nil && probability >= 0 && probability <= 1 {
			all = append(all, store.Probability{Service: r[0], Operation: r[1], Probability: probability, QPS: rate})
		}
	})
	return all
}

// parseCSV calls each with the records of four fields.
func parseCSV(text string, each func([]string)) {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	for {
		record, err := r.Read()
		switch {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			return // behind it nothing can be told apart
		case len(record) == 4:
			each(record)
		}
	}
}
