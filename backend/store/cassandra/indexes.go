// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// indexes makes streams of the index tables, of spans that start from first to last, in
// microseconds.
type indexes struct {
	*work
	keyspace    string
	first, last int64
	bounded     bool // first is not just 0
	most        int  // rows of an answer
	mostTimed   int  // of an hour of the index by duration
}

func newIndexes(work *work, w trace.Window) *indexes {
	start, end := w.Nanos()
	x := &indexes{work: work, keyspace: work.store.config.Keyspace, first: int64(start / 1000), last: math.MaxInt64, bounded: start > 0, most: mostRows, mostTimed: mostDurations}
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
		return newRows(last, x.most, func(ctx context.Context, before int64, limit int) ([]entry, error) {
			return x.ask(ctx, mostRows, fmt.Sprintf("SELECT start_time, trace_id FROM %q.service_operation_index WHERE service_name = ? AND operation_name = ? AND start_time >= ? AND start_time <= ? LIMIT ?", x.keyspace),
				service, *f.operation, x.first, before, limit)
		})
	}
	query := fmt.Sprintf("SELECT start_time, trace_id FROM %q.service_name_index WHERE service_name = ? AND bucket IN (0,1,2,3,4,5,6,7,8,9) AND start_time >= ? AND start_time <= ? ORDER BY start_time DESC LIMIT ?", x.keyspace)
	return newRows(last, x.most, func(ctx context.Context, before int64, limit int) ([]entry, error) {
		return x.ask(ctx, 0, query, service, x.first, before, limit) // in one page: the order is across partitions
	})
}

func (x *indexes) byTag(service string, t tagKey) stream {
	query := fmt.Sprintf("SELECT start_time, trace_id FROM %q.tag_index WHERE service_name = ? AND tag_key = ? AND tag_value = ? AND start_time >= ? AND start_time <= ? LIMIT ?", x.keyspace)
	return newRows(x.last, x.most, func(ctx context.Context, before int64, limit int) ([]entry, error) {
		return x.ask(ctx, mostRows, query, service, t.key, t.value, x.first, before, limit)
	})
}

// byDuration returns the spans of a service that take as long as f says. What is in the
// future, and a window of very many hours, is looked for by name.
func (x *indexes) byDuration(f *facts, service string) stream {
	near := *x
	near.last = x.soon()
	if x.hours() > mostHours {
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

// soon is when the future begins, or the window ends.
func (x *indexes) soon() int64 { return min(x.last, micros(nowNanos())+24*hourMicros) }

// hours is how many hours of the index by duration the window has.
func (x *indexes) hours() int { return int((x.soon()-x.first)/hourMicros) + 2 }

const (
	hourMillis = 3600_000
	hourMicros = 1000 * hourMillis
	mostHours  = 400
)

// mostDurations is the number of spans in an hour above which the index by duration is
// not read to its end: then they are not few. It is less for many services: see share.
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
		if len(all) >= d.mostTimed {
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
	all, err := d.ask(ctx, mostRows, fmt.Sprintf("SELECT start_time, trace_id FROM %q.duration_index WHERE service_name = ? AND operation_name = ? AND bucket = ? AND duration >= ? AND duration <= ? LIMIT ?", d.keyspace),
		d.service, operation, d.hour, d.facts.least, d.facts.most, d.mostTimed)
	if err != nil {
		return nil, err
	}
	if len(all) < d.mostTimed {
		all = slices.DeleteFunc(all, func(e entry) bool { return e.start < d.first || e.start > d.last })
	}
	slices.SortFunc(all, func(a, b entry) int { return cmp.Compare(b.start, a.start) })
	return all, nil
}

// streams returns the candidates of a query, and what counts the work for them.
func (s *Store) streams(ctx context.Context, db session, q *trace.Query, last int64) (stream, *work, error) {
	w := newWork(s, db)
	x := newIndexes(w, q.Window)
	x.last = min(x.last, last)
	all := s.config.Index.factsOf(q.Where)
	var services []string
	for i := range all {
		if all[i].service == nil {
			named, err := s.services(ctx, db)
			if err != nil {
				return nil, nil, err
			}
			if len(named) > maxServices {
				return nil, nil, fmt.Errorf("cassandra: %w: there are %d services: name one", store.ErrTooMuch, len(named))
			}
			services = append(named, "") // which is in no list
			break
		}
	}
	all = x.fewer(all, len(services))
	_, n := x.lookups(all, len(services))
	x.share(n)
	streams := make([]stream, len(all))
	for i := range all {
		streams[i] = x.stream(&all[i], services)
	}
	return join(streams), w, nil
}

// share bounds what so many streams hold together.
func (x *indexes) share(streams int) {
	each := max(heldEntries/max(streams, 1), leastRows)
	x.most, x.mostTimed = min(each, mostRows), min(each, mostDurations)
}

// fewer returns all, or what needs no more than maxLookups, or than one for each service:
// without tags and durations, or without everything.
func (x *indexes) fewer(all []facts, services int) []facts {
	maxLookups := max(maxLookups, services)
	if n, _ := x.lookups(all, services); n <= maxLookups {
		return all
	}
	var plain []facts
	for _, f := range all {
		plain = append(plain, facts{service: f.service, operation: f.operation, most: math.MaxInt64})
	}
	if n, _ := x.lookups(plain, services); n <= maxLookups {
		return plain
	}
	return []facts{unknown()}
}

// lookups returns how many requests the first entries of all take, and how many streams
// they are of: one holds an hour of the index by duration at a time.
func (x *indexes) lookups(all []facts, services int) (requests, streams int) {
	for i := range all {
		f := &all[i]
		each, held := 1, 1
		switch {
		case len(f.tags) > 0:
			each = 0
			for _, spellings := range f.tags {
				each += len(spellings)
			}
			held = each
		case f.timed() && x.bounded && x.hours() <= mostHours:
			each = x.hours()
		}
		if f.service == nil {
			each *= services
			held *= services
		}
		requests += each
		streams += held
	}
	return requests, streams
}
