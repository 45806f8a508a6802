// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/internal/broker"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// Config says where spans go.
type Config struct {
	Broker broker.Config
	Topic  string
	// Encoding is jaeger_proto, jaeger_json, otlp_proto or otlp_json. Jaeger 1 calls
	// the first two protobuf and json.
	Encoding string
	// Acks is who must have a message before Write returns: "all" replicas that are
	// in sync, or the "local" one of the partition's leader, whose loss loses spans.
	Acks string
	// Compression is none, gzip, snappy, lz4 or zstd. A Level of 0 is the codec's
	// default.
	Compression string
	Level       int
	// MaxMessageBytes bounds a message, with some bytes around it; it must not be
	// more than brokers take. A span that does not fit is refused: see store.RefusedError.
	MaxMessageBytes int
	// BatchSpans and BatchDelay are what Batch returns.
	BatchSpans int
	BatchDelay time.Duration
}

// Store is a store.Store that writes to Kafka. Write waits until the brokers have what
// it wrote; while they are away that is as long as its context allows, and spans keep
// their order within a trace.
type Store struct {
	store.WriteOnly
	config Config
	log    *slog.Logger
	client *kgo.Client
	encode encoder
	watch  *broker.Watch
	stop   context.CancelFunc // ends watch
	counts counts

	mu      sync.Mutex
	closed  bool
	writes  sync.WaitGroup // under way
	waiting int            // how many
	acked   time.Time      // when the last message was, or the first Write of these began
}

var (
	_ store.Store         = (*Store)(nil)
	_ store.Prober        = (*Store)(nil)
	_ store.Batcher       = (*Store)(nil)
	_ store.EncodedWriter = (*Store)(nil)

	errWriteOnly = fmt.Errorf("spans are sent to Kafka, and not kept here: %w", errors.ErrUnsupported)
)

// Open returns a store that writes until Close. Brokers that do not answer are waited
// for by Write; those that refuse the password, or whose certificate is not trusted,
// are an error. It registers its metrics with reg, which may be nil.
func Open(ctx context.Context, c Config, reg prometheus.Registerer, log *slog.Logger) (store.Store, error) {
	encode, err := newEncoder(c.Encoding)
	if err != nil {
		return nil, err
	}
	options, err := c.options()
	if err != nil {
		return nil, err
	}
	client, err := kgo.NewClient(options...)
	if err != nil {
		return nil, fmt.Errorf("kafka: %w", err)
	}
	err = broker.Ping(ctx, client)
	if broker.IsRefused(err) {
		client.Close()
		return nil, fmt.Errorf("kafka: %s: %w", c.Broker.Where(), err)
	}
	s := &Store{
		WriteOnly: store.WriteOnly{Err: errWriteOnly},
		config:    c, log: log, client: client, encode: encode, watch: broker.NewWatch(client, err, log),
	}
	watching, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	go s.watch.Run(watching)
	if reg != nil {
		reg.MustRegister(&s.counts)
	}
	return s, nil
}

func (c *Config) options() ([]kgo.Opt, error) {
	o, err := c.Broker.Options()
	if err != nil {
		return nil, err
	}
	codec, err := c.codec()
	if err != nil {
		return nil, err
	}
	switch c.Acks {
	case "all": // and idempotent: what is sent again is not there twice
		o = append(o, kgo.RequiredAcks(kgo.AllISRAcks()))
	case "local":
		o = append(o, kgo.RequiredAcks(kgo.LeaderAck()), kgo.DisableIdempotentWrite())
	default:
		return nil, fmt.Errorf("kafka: acknowledgements %.40q: use all or local", c.Acks)
	}
	return append(o,
		kgo.DefaultProduceTopic(c.Topic),
		kgo.AllowAutoTopicCreation(),
		kgo.ProducerBatchCompression(codec),
		kgo.ProducerBatchMaxBytes(int32(c.MaxMessageBytes)),
		kgo.ProducerLinger(linger),
		kgo.MaxBufferedRecords(bufferedRecords),
		kgo.MaxBufferedBytes(max(bufferedBytes, 2*c.MaxMessageBytes)),
		// A trace is in the partition where Jaeger and the OpenTelemetry Collector
		// put it, too.
		kgo.RecordPartitioner(kgo.StickyKeyPartitioner(kgo.SaramaCompatHasher(fnv1a))),
	), nil
}

// fnv1a is hash/fnv's of 32 bits, without memory of its own.
func fnv1a(b []byte) uint32 {
	h := uint32(2166136261)
	for _, c := range b {
		h = (h ^ uint32(c)) * 16777619
	}
	return h
}

func (c *Config) codec() (codec kgo.CompressionCodec, err error) {
	switch c.Compression {
	case "none":
		return kgo.NoCompression(), nil
	case "gzip":
		codec = kgo.GzipCompression()
	case "snappy":
		return kgo.SnappyCompression(), nil
	case "lz4":
		codec = kgo.Lz4Compression()
	case "zstd":
		codec = kgo.ZstdCompression()
	default:
		return codec, fmt.Errorf("kafka: there is no compression %.40q: use none, gzip, snappy, lz4 or zstd", c.Compression)
	}
	if c.Level != 0 {
		codec = codec.WithLevel(c.Level)
	}
	return codec, nil
}

// Ready implements store.Prober.
func (s *Store) Ready() error {
	s.mu.Lock()
	waiting, since := s.waiting, time.Since(s.acked)
	s.mu.Unlock()
	if err := s.watch.Ready(); err != nil || waiting == 0 || since < slowAck {
		return err
	}
	return fmt.Errorf("kafka: no broker has acknowledged topic %s for %v", s.config.Topic, since.Round(time.Second))
}

// Status implements store.Store: what waits for an acknowledgement.
func (s *Store) Status(context.Context) (store.Status, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return store.Status{}, store.ErrClosed
	}
	return store.Status{
		Engine: "kafka", Path: s.where(), Spans: s.client.BufferedProduceRecords(),
		Bytes: s.client.BufferedProduceBytes(), MaxBytes: bufferedBytes,
	}, nil
}

func (s *Store) where() string { return s.config.Topic + " at " + s.config.Broker.Where() }

// Caps implements store.Store.
func (s *Store) Caps() store.Caps { return store.Caps{WriteOnly: true} }

// Close takes no more spans, and waits up to 1.5 s for those that are on their way.
func (s *Store) Close() error {
	s.mu.Lock()
	again := s.closed
	s.closed = true
	s.mu.Unlock()
	if again {
		return store.ErrClosed
	}
	done := make(chan struct{})
	go func() {
		s.writes.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(closeTime):
	}
	s.stop()
	s.client.Close() // fails what is on its way
	<-done
	return nil
}

// Books returns what became of spans: those that brokers have, and those that were too
// large for them.
func (s *Store) Books() (sent, dropped int64) { return s.counts.sent.Load(), s.counts.dropped.Load() }

// Batch implements store.Batcher.
func (s *Store) Batch() (spans int, delay time.Duration) {
	return s.config.BatchSpans, s.config.BatchDelay
}

// Write implements store.Store.
func (s *Store) Write(ctx context.Context, td ptrace.Traces) error {
	return s.write(ctx, func() ([]*message, error) { return s.encode.decoded(td) })
}

// WriteEncoded implements store.EncodedWriter.
func (s *Store) WriteEncoded(ctx context.Context, spans []trace.Encoded) error {
	return s.write(ctx, func() ([]*message, error) { return s.encode.encoded(spans) })
}
