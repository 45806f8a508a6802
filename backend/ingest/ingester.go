// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/internal/broker"
	"github.com/go-spur/spur/backend/internal/trouble"
	"github.com/go-spur/spur/backend/trace"
)

// Config says what is read.
type Config struct {
	Broker broker.Config
	Topic  string
	Group  string // shares the partitions with others of the same name
	Client string // what brokers call it
	Rack   string // where it is, or ""
	// Encoding is what the counters call the protocol.
	Encoding string
	// FetchBytes is how much of a partition one request gets.
	FetchBytes int
}

// Decoder makes one ptrace.Traces of several messages: see receive.Messages.
type Decoder interface {
	Add(message []byte) (spans int, refused []trace.Refused, err error)
	Take() ptrace.Traces
}

// Deps are what others do for an Ingester.
type Deps struct {
	Decoder Decoder
	// Validate mends and removes spans, and says how many.
	Validate func(ptrace.Traces) (mended int, refused []trace.Refused)
	// Write stores spans as store.Store does.
	Write func(context.Context, ptrace.Traces) error
}

// Ingester reads and stores until it is closed.
type Ingester struct {
	config Config
	deps   Deps
	log    *slog.Logger
	client *kgo.Client
	admin  *kadm.Client
	watch  *broker.Watch

	stopping context.Context // done when nothing more is read
	stop     context.CancelFunc
	killed   context.Context // done when nothing more is written
	kill     context.CancelFunc
	running  sync.WaitGroup
	leaving  sync.Once
	left     chan struct{} // closed when the group was left

	waiting []*message // read, in the order in which they came, and in no batch yet; of run

	// gate is held while a batch is written, or partitions change hands. It is locked
	// before mu.
	gate  sync.Mutex
	owned map[int32]*place // the partitions
	turn  uint64           // of the last assignment

	told trouble.Log // of attempts

	mu      sync.Mutex
	books   books
	failed  error     // of the last attempt
	mourned time.Time // when dead letters were last logged
	stuck   stuck     // a partition that cannot be read
}

// Open joins the group and begins to read. Brokers that do not answer are waited for;
// those that refuse the password, or whose certificate is not trusted, are an error.
// It registers its metrics with reg, which may be nil.
func Open(ctx context.Context, c Config, d Deps, reg prometheus.Registerer, log *slog.Logger) (*Ingester, error) {
	in := &Ingester{config: c, deps: d, log: log, owned: map[int32]*place{}, books: newBooks(), left: make(chan struct{})}
	options, err := c.Broker.Options()
	if err != nil {
		return nil, err
	}
	in.client, err = kgo.NewClient(append(options, in.options()...)...)
	if err != nil {
		return nil, fmt.Errorf("kafka: %w", err)
	}
	err = broker.Ping(ctx, in.client)
	if broker.IsRefused(err) {
		in.client.Close()
		return nil, fmt.Errorf("kafka: %s: %w", c.Broker.Where(), err)
	}
	in.watch = broker.NewWatch(in.client, err, log)
	in.admin = kadm.NewClient(in.client)
	in.stopping, in.stop = context.WithCancel(context.WithoutCancel(ctx))
	in.killed, in.kill = context.WithCancel(context.WithoutCancel(ctx))
	if reg != nil {
		reg.MustRegister(metrics{in})
	}
	in.running.Go(func() { in.watch.Run(in.stopping) })
	in.running.Go(in.askLag)
	in.running.Go(in.run)
	return in, nil
}

func (in *Ingester) options() []kgo.Opt {
	c := &in.config
	o := []kgo.Opt{
		kgo.ClientID(c.Client),
		kgo.ConsumerGroup(c.Group),
		kgo.ConsumeTopics(c.Topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), // of a group that is new
		kgo.AllowAutoTopicCreation(),
		kgo.BlockRebalanceOnPoll(),         // until AllowRebalance
		kgo.Balancers(kgo.RangeBalancer()), // which Jaeger's ingesters have, too
		kgo.FetchMaxBytes(int32(max(fetchBytes, c.FetchBytes))),
		kgo.FetchMaxPartitionBytes(int32(c.FetchBytes)),
		kgo.MaxConcurrentFetches(fetches),
		kgo.MaxDecompressBatchBytes(decompressed),
		kgo.AutoCommitMarks(),
		kgo.AutoCommitInterval(commitEvery),
		kgo.OnPartitionsAssigned(in.assigned),
		kgo.AdjustFetchOffsetsFn(in.begin),
		kgo.OnPartitionsRevoked(in.revoked),
		kgo.OnPartitionsLost(in.lost),
		kgo.RecordPartitioner(kgo.StickyKeyPartitioner(nil)), // of dead letters
		kgo.ProducerLinger(0),
	}
	if c.Rack != "" {
		o = append(o, kgo.Rack(c.Rack))
	}
	return o
}

// Ready returns nil, or why nothing is read or stored.
func (in *Ingester) Ready() error {
	in.mu.Lock()
	failed := cmp.Or(in.failed, in.stuck.ready())
	in.mu.Unlock()
	if failed != nil {
		return failed
	}
	return in.watch.Ready()
}

// Close stops reading, waits for the batch that is being written, commits and leaves
// the group. When ctx is done before, that batch is given up, and read again by others.
func (in *Ingester) Close(ctx context.Context) error {
	in.stop()
	in.leaving.Do(func() {
		go func() {
			in.running.Wait()
			in.client.CloseAllowingRebalance()
			close(in.left)
		}()
	})
	select {
	case <-in.left:
		in.kill()
		return nil
	case <-ctx.Done():
	}
	in.kill()
	return fmt.Errorf("the group was not left in time: %w", ctx.Err())
}
