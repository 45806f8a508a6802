// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	gocql "github.com/apache/cassandra-gocql-driver/v2"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// indexes makes streams of the index tables, of spans that start from first to last, in
// microseconds.
type indexes struct {
	session     *gocql.Session
	keyspace    string
	first, last int64
	bounded     bool // first is not just 0
}

func newIndexes(session *gocql.Session, keyspace string, w trace.Window) *indexes {
	start, end := w.Nanos()
	x := &indexes{session: session, keyspace: keyspace, first: int64(start / 1000), last: math.MaxInt64, bounded: start > 0}
	if end < math.MaxUint64 {
		x.last = int64(end/1000) - 1
		if end%1000 > 0 {
			x.last++
		}
	}
	return x
}

// stream returns the spans of services that f knows about.
func (x *indexes) stream(f *facts, services []string) stream {
	if f.service != nil {
		services = []string{*f.service}
	}
	var all []stream
	for _, service := range services {
		if len(service) < maxKey {
			all = append(all, x.service(f, service))
		}
	}
	return join(all)
}

func join(all []stream) stream {
	if len(all) == 1 {
		return all[0]
	}
	return &union{all: all}
}

// service returns the spans of a service.
func (x *indexes) service(f *facts, service string) stream {
	switch {
	case len(f.tags) > 0:
		var all []stream
		for _, spellings := range f.tags {
			var each []stream
			for _, t := range spellings {
				each = append(each, x.byTag(service, t))
			}
			all = append(all, join(each))
		}
		if len(all) == 1 {
			return all[0]
		}
		return &both{all: all}
	case f.timed() && x.bounded:
		return x.byDuration(f, service)
	default:
		return x.byName(f, service, x.last)
	}
}

// byName returns the spans of a service, or of an operation of it if f knows one, that
// start at last or earlier.
func (x *indexes) byName(f *facts, service string, last int64) stream {
	if f.operation != nil && len(service)+len(*f.operation) < maxKey {
		return newRows(last, func(ctx context.Context, before int64, limit int) ([]entry, error) {
			return entries(ctx, x.session.Query(fmt.Sprintf("SELECT start_time, trace_id FROM %q.service_operation_index WHERE service_name = ? AND operation_name = ? AND start_time >= ? AND start_time <= ? LIMIT ?", x.keyspace),
				service, *f.operation, x.first, before, limit))
		})
	}
	query := fmt.Sprintf("SELECT start_time, trace_id FROM %q.service_name_index WHERE service_name = ? AND bucket IN (0,1,2,3,4,5,6,7,8,9) AND start_time >= ? AND start_time <= ? ORDER BY start_time DESC LIMIT ?", x.keyspace)
	return newRows(last, func(ctx context.Context, before int64, limit int) ([]entry, error) {
		return entries(ctx, x.session.Query(query, service, x.first, before, limit).PageSize(0)) // the order is across partitions
	})
}

func (x *indexes) byTag(service string, t tagKey) stream {
	query := fmt.Sprintf("SELECT start_time, trace_id FROM %q.tag_index WHERE service_name = ? AND tag_key = ? AND tag_value = ? AND start_time >= ? AND start_time <= ? LIMIT ?", x.keyspace)
	return newRows(x.last, func(ctx context.Context, before int64, limit int) ([]entry, error) {
		return entries(ctx, x.session.Query(query, service, t.key, t.value, x.first, before, limit))
	})
}

// byDuration returns the spans of a service that take as long as f says. What is in the
// future, and a window of very many hours, is looked for by name.
func (x *indexes) byDuration(f *facts, service string) stream {
	near := *x
	near.last = min(x.last, micros(nowNanos())+24*hourMicros)
	if (near.last-x.first)/hourMicros > mostHours {
		return x.byName(f, service, x.last)
	}
	d := &durations{indexes: &near, facts: f, service: service, hour: hourOf(nanos(near.last))}
	if near.last == x.last {
		return d
	}
	far := *x
	far.first = max(x.first, near.last+1)
	return &union{all: []stream{d, far.byName(f, service, x.last)}}
}

const (
	hourMillis = 3600_000
	hourMicros = 1000 * hourMillis
	mostHours  = 400
)

// mostDurations is the number of spans in an hour above which the index by duration is
// not read to its end: then they are not few.
const mostDurations = 20_000

// durations is a stream of spans that take as long as facts say, hour by hour.
type durations struct {
	*indexes
	facts   *facts
	service string
	hour    int64 // the next to read, in milliseconds
	read    []entry
	rest    stream // in place of hours with too many
}

func (d *durations) peek(ctx context.Context) (entry, bool, error) {
	for d.rest == nil && len(d.read) == 0 && d.hour >= hourOf(nanos(d.first)) {
		all, err := d.readHour(ctx)
		if err != nil {
			return entry{}, false, err
		}
		if len(all) >= mostDurations {
			end := d.hour*1000 + hourMillis*1000/2 - 1
			d.rest = d.byName(d.facts, d.service, min(end, d.last))
			break
		}
		d.read = all
		d.hour -= hourMillis
	}
	switch {
	case len(d.read) > 0:
		return d.read[0], true, nil
	case d.rest != nil:
		return d.rest.peek(ctx)
	default:
		return entry{}, false, nil
	}
}

func (d *durations) pop() {
	if len(d.read) > 0 {
		d.read = d.read[1:]
		return
	}
	d.rest.pop()
}

// readHour returns the spans of an hour, latest first.
func (d *durations) readHour(ctx context.Context) ([]entry, error) {
	operation := ""
	if d.facts.operation != nil && len(d.service)+len(*d.facts.operation) < maxKey {
		operation = *d.facts.operation
	}
	all, err := entries(ctx, d.session.Query(fmt.Sprintf("SELECT start_time, trace_id FROM %q.duration_index WHERE service_name = ? AND operation_name = ? AND bucket = ? AND duration >= ? AND duration <= ? LIMIT ?", d.keyspace),
		d.service, operation, d.hour, d.facts.least, d.facts.most, mostDurations))
	if err != nil {
		return nil, err
	}
	if len(all) < mostDurations {
		all = slices.DeleteFunc(all, func(e entry) bool { return e.start < d.first || e.start > d.last })
	}
	slices.SortFunc(all, func(a, b entry) int { return cmp.Compare(b.start, a.start) })
	return all, nil
}

// streams returns the candidates of a query.
func (s *Store) streams(ctx context.Context, session *gocql.Session, q *trace.Query, last int64) (stream, error) {
	x := newIndexes(session, s.config.Keyspace, q.Window)
	x.last = min(x.last, last)
	all := s.config.Index.factsOf(q.Where)
	var services []string
	for i := range all {
		if all[i].service == nil {
			named, err := s.services(ctx, session)
			if err != nil {
				return nil, err
			}
			if len(named) > maxServices {
				return nil, fmt.Errorf("cassandra: %w: there are %d services: name one", store.ErrTooMuch, len(named))
			}
			services = append(named, "") // which is in no list
			break
		}
	}
	streams := make([]stream, len(all))
	for i := range all {
		streams[i] = x.stream(&all[i], services)
	}
	return join(streams), nil
}
