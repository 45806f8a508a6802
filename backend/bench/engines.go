// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// engineBench measures what it costs to write spans into engines that are servers, by
// our commands and by Jaeger 1.62's.
type engineBench struct {
	commands string // folder with collector and ingester
	jaegers  string // folder with collector-1.62 and ingester-1.62
	run      string // folder of the engines' pid files and data
	dir      string
	ports    ports
	load     *load
	traces   int
	say      func(string, ...any)

	servers servers
	out     []cost
}

// cost is what spans of one way cost.
type cost struct {
	way, who string
	spans    int
	took     time.Duration
	cpu      time.Duration // of the command
	engine   time.Duration // of the server
	requests int           // to the server that store; 0 is not counted
	bytes    int64         // on the server's disk
	ratios   []float64     // of CPU, ours to this one's, of each pair of runs
}

func (c *cost) perSpan(d time.Duration) float64 {
	return float64(d.Nanoseconds()) / 1e3 / float64(c.spans)
}

// all measures each way, ours and Jaeger's one after the other.
func (b *engineBench) all(ctx context.Context) error {
	if err := b.servers.open(ctx, b.ports.at(9200)); err != nil {
		return err
	}
	defer b.servers.close()
	run := "bench" + strconv.FormatInt(time.Now().Unix(), 10)
	for _, store := range []string{"memory", "sqlite"} {
		c, err := b.collector(ctx, "collector → "+store, "spur", store, "", "")
		if err != nil {
			return err
		}
		b.add(c)
	}
	if err := b.collectors(ctx, run); err != nil {
		return err
	}
	for _, engine := range []string{"cassandra", "opensearch"} {
		if engine == "cassandra" && b.servers.cassandra == "" || engine == "opensearch" && b.servers.elastic == "" {
			continue
		}
		for _, who := range []string{"spur", "Jaeger 1.62"} {
			if err := b.ingester(ctx, who, engine, run+"spur", run+name(who)); err != nil {
				return err
			}
		}
	}
	return nil
}

// kafkaPairs is how often both collectors are measured, the first of a pair being the
// second of the next: what they need differs by a tenth from run to run.
const kafkaPairs = 6

// collectors measures ours and Jaeger's in front of Kafka.
func (b *engineBench) collectors(ctx context.Context, run string) error {
	ours, theirs := cost{way: "collector → Kafka", who: "spur"}, cost{way: "collector → Kafka", who: "Jaeger 1.62"}
	for pair := range kafkaPairs {
		both := []*cost{&ours, &theirs}
		if pair%2 == 1 {
			slices.Reverse(both)
		}
		var cpu [2]float64 // a span, of ours and of theirs
		for _, sum := range both {
			topic := run + name(sum.who)
			if pair > 0 {
				topic += strconv.Itoa(pair)
			}
			c, err := b.collector(ctx, sum.way, sum.who, "kafka", "kafka", topic)
			if err != nil {
				return err
			}
			if sum == &theirs {
				cpu[1] = c.perSpan(c.cpu)
			} else {
				cpu[0] = c.perSpan(c.cpu)
			}
			sum.plus(c)
		}
		theirs.ratios = append(theirs.ratios, cpu[0]/cpu[1])
	}
	b.add(ours)
	b.add(theirs)
	return nil
}

func (c *cost) plus(d cost) {
	c.spans += d.spans
	c.cpu += d.cpu
	c.engine += d.engine
	c.requests += d.requests
	c.bytes += d.bytes
}

// name is who as a part of names.
func name(who string) string { return strings.ToLower(strings.Fields(who)[0]) }

// collector sends spans to a collector, 10,000 a second or as many as it takes.
func (b *engineBench) collector(ctx context.Context, way, who, store, server, topic string) (cost, error) {
	c := cost{way: way, who: who}
	data, err := os.MkdirTemp(b.dir, "data-")
	if err != nil {
		return c, err
	}
	env := []string{
		"SPAN_STORAGE_TYPE=" + store, "ADMIN_HTTP_HOST_PORT=" + b.ports.at(14269), "COLLECTOR_QUEUE_SIZE=50000",
		"COLLECTOR_OTLP_ENABLED=true", "COLLECTOR_OTLP_HTTP_HOST_PORT=" + b.ports.at(4318), "COLLECTOR_OTLP_GRPC_HOST_PORT=" + b.ports.at(4317),
		"COLLECTOR_HTTP_SERVER_HOST_PORT=" + b.ports.at(14268), "COLLECTOR_GRPC_SERVER_HOST_PORT=" + b.ports.at(14250),
		"KAFKA_PRODUCER_BROKERS=" + b.servers.produces.addr(), "KAFKA_PRODUCER_TOPIC=" + topic, "KAFKA_PRODUCER_REQUIRED_ACKS=all", "KAFKA_PRODUCER_COMPRESSION=none",
	}
	if who == "spur" {
		env = append(env, "SPUR_DATA="+data, "SPUR_MAX_SIZE=8GiB", "SAMPLING_GRPC_SERVER_HOST_PORT="+b.ports.at(5779))
	}
	run, err := b.start(ctx, who, "collector", b.ports.at(14269), env)
	if err != nil {
		return c, err
	}
	defer func() { _ = run.stop() }() // when something has failed
	idle, err := run.settle(ctx)
	if err != nil {
		return c, err
	}
	produced := b.servers.produces.produces.Load()
	begin := b.engineCPU(server)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	defer client.CloseIdleConnections()
	// Jaeger drops what its queue has no room for, and says so to nobody: it is sent no
	// more than it stores.
	done, err := b.load.pace(ctx, 0, b.traces, 10_000, bodySpans, time.Hour, otlp, 4, toOTLP(client, b.ports.otlp()))
	if err != nil {
		return c, err
	}
	c.spans = done.spans
	if server == "kafka" {
		stored := 0
		for range 600 {
			if stored, err = b.servers.messages(ctx, topic); err != nil {
				return c, err
			}
			if stored >= c.spans {
				break
			}
			wait(ctx, 100*time.Millisecond)
		}
		if stored != c.spans {
			return c, fmt.Errorf("%s of %s: of %d spans %d are in Kafka", way, who, c.spans, stored)
		}
	}
	if c.cpu, err = run.settle(ctx); err != nil {
		return c, err
	}
	c.cpu -= idle
	c.requests = int(b.servers.produces.produces.Load() - produced)
	c.engine = b.engineCPU(server) - begin
	if err := run.stop(); err != nil {
		return c, err
	}
	b.say("%s, %s: %.1f µs a span, %d requests", way, who, c.perSpan(c.cpu), c.requests)
	switch store {
	case "sqlite":
		c.bytes, err = diskUse(ctx, data)
	case "kafka":
		c.bytes, err = b.globUse(ctx, "kafka/log/"+topic+"-*")
	}
	return c, err
}

// ingester has an ingester store a topic.
func (b *engineBench) ingester(ctx context.Context, who, engine, topic, place string) error {
	host, port, _ := strings.Cut(b.servers.cassandra, ":")
	env := []string{
		"SPAN_STORAGE_TYPE=" + engine, "ADMIN_HTTP_HOST_PORT=" + b.ports.at(14270),
		"KAFKA_CONSUMER_BROKERS=" + b.servers.kafka, "KAFKA_CONSUMER_TOPIC=" + topic, "KAFKA_CONSUMER_GROUP_ID=" + place + engine,
	}
	if engine == "cassandra" {
		if err := b.schema(ctx, env, host, port, place); err != nil {
			return err
		}
		env = append(env, "CASSANDRA_SERVERS="+host, "CASSANDRA_PORT="+port, "CASSANDRA_KEYSPACE="+place, "CASSANDRA_USERNAME=cassandra", "CASSANDRA_PASSWORD=cassandra",
			"CASSANDRA_BASIC_ALLOWED_AUTHENTICATORS=org.apache.cassandra.auth.PasswordAuthenticator")
	} else {
		env = append(env, "ES_SERVER_URLS="+b.servers.proxied, "ES_INDEX_PREFIX="+place, "ES_NUM_SHARDS=1", "ES_NUM_REPLICAS=0")
		if who != "spur" {
			env[0] = "SPAN_STORAGE_TYPE=elasticsearch" // Jaeger's name of both
		}
	}
	c := cost{way: "ingester → " + engine, who: who}
	var err error
	if c.spans, err = b.servers.messages(ctx, topic); err != nil {
		return err
	}
	if err := b.servers.fromStart(ctx, topic, place+engine); err != nil {
		return err
	}
	begin, proxied := b.engineCPU(engine), b.servers.requests.Load()
	run, err := b.start(ctx, who, "ingester", b.ports.at(14270), env)
	if err != nil {
		return err
	}
	defer func() { _ = run.stop() }() // when something has failed
	started := time.Now()
	for lag := 1; lag > 0; wait(ctx, 100*time.Millisecond) {
		if lag, err = b.servers.lag(ctx, topic, place+engine, c.spans); err != nil {
			return err
		}
		if time.Since(started) > 10*time.Minute {
			return fmt.Errorf("%s of %s: %d messages are not stored", c.way, who, lag)
		}
	}
	c.took = time.Since(started)
	if c.cpu, err = run.settle(ctx); err != nil {
		return err
	}
	c.engine = b.engineCPU(engine) - begin
	if engine == "cassandra" {
		c.requests, err = b.servers.cassandraRequests(run.cmd.Process.Pid)
	} else {
		c.requests = int(b.servers.requests.Load() - proxied)
	}
	if err := errors.Join(err, run.stop()); err != nil {
		return err
	}
	if engine == "cassandra" {
		c.bytes, err = b.servers.cassandraBytes(ctx, b, place)
	} else {
		c.bytes, err = b.servers.elasticBytes(ctx, place)
	}
	b.add(c)
	return err
}

// schema has our ingester create a keyspace.
func (b *engineBench) schema(ctx context.Context, env []string, host, port, keyspace string) error {
	env = append(env, "CASSANDRA_SERVERS="+host, "CASSANDRA_PORT="+port, "CASSANDRA_KEYSPACE="+keyspace, "CASSANDRA_USERNAME=cassandra", "CASSANDRA_PASSWORD=cassandra",
		"CASSANDRA_SCHEMA_CREATE=true", "KAFKA_CONSUMER_TOPIC=empty", "KAFKA_CONSUMER_GROUP_ID=empty")
	run, err := b.start(ctx, "spur", "ingester", b.ports.at(14270), env)
	if err != nil {
		return err
	}
	return run.stop()
}

func (b *engineBench) add(c cost) {
	b.out = append(b.out, c)
	rate := "" // unless that is ours to choose
	if c.took > 0 {
		rate = fmt.Sprintf("%.0f spans/s, ", float64(c.spans)/c.took.Seconds())
	}
	b.say("%s, %s: %d spans, %.1f µs a span, of the server %.1f µs, %s%d requests, %d bytes a span",
		c.way, c.who, c.spans, c.perSpan(c.cpu), c.perSpan(c.engine), rate, c.requests, c.bytes/int64(c.spans))
}

// start starts a command with these variables alone, and waits until it is ready.
func (b *engineBench) start(ctx context.Context, who, command, admin string, env []string) (*process, error) {
	path := filepath.Join(b.commands, command)
	if who != "spur" {
		path = filepath.Join(b.jaegers, command+"-1.62")
	}
	log, err := os.Create(filepath.Join(b.dir, name(who)+"-"+command+".log"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(path)
	cmd.Env = env // a variable such as KAFKA would hide the defaults of all kafka.* from Jaeger
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	run := &process{cmd: cmd, done: make(chan struct{}), log: log.Name()}
	go func() {
		run.err = cmd.Wait()
		close(run.done)
	}()
	for range 600 {
		select {
		case <-run.done:
			return nil, fmt.Errorf("%s of %s has ended: %w: see %s", command, who, run.err, run.log)
		default:
		}
		res, err := patient.Get("http://" + admin + "/")
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return run, nil
			}
		}
		wait(ctx, 50*time.Millisecond)
	}
	return nil, errors.Join(fmt.Errorf("%s of %s is not ready: see %s", command, who, run.log), run.stop())
}

// engineTable writes what was measured. Jaeger's stand behind ours.
func engineTable(out io.Writer, all []cost) error {
	text := "| way | who | CPU a span | of the server | spans/s | requests per 500 spans | bytes a span |\n| --- | --- | ---: | ---: | ---: | ---: | ---: |\n"
	show := func(ok bool, format string, v any) string {
		if !ok {
			return ""
		}
		return fmt.Sprintf(format, v)
	}
	for i, c := range all {
		cpu := fmt.Sprintf("%.1f µs", c.perSpan(c.cpu))
		if i > 0 && all[i-1].way == c.way {
			cpu += fmt.Sprintf("; spur has %.2f of it", all[i-1].perSpan(all[i-1].cpu)/c.perSpan(c.cpu))
			if len(c.ratios) > 0 {
				cpu += fmt.Sprintf(", %.2f to %.2f", slices.Min(c.ratios), slices.Max(c.ratios))
			}
		}
		text += fmt.Sprintf("| %s | %s | %s | %s | %s | %s | %s |\n", c.way, c.who, cpu,
			show(c.engine > 0, "%.1f µs", c.perSpan(c.engine)), show(c.took > 0, "%.0f", float64(c.spans)/c.took.Seconds()),
			show(c.requests > 0, "%.1f", 500*float64(c.requests)/float64(c.spans)), show(c.bytes > 0, "%d", c.bytes/int64(c.spans)))
	}
	_, err := io.WriteString(out, text)
	return err
}
