// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	gocql "github.com/apache/cassandra-gocql-driver/v2"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// patient is for what takes servers a while.
var patient = &http.Client{Timeout: time.Minute}

// servers are the engines, beside who is measured. There need not be Cassandra or
// OpenSearch.
type servers struct {
	kafka, cassandra, elastic string // host:port, host:port, URL
	behind                    string // host:port of Kafka, for a proxy
	proxied                   string // URL of elastic, with its requests counted

	requests atomic.Int64
	admin    *kadm.Client
	session  *gocql.Session
	proxy    *http.Server
	produces *kafkaProxy
}

func (s *servers) open(ctx context.Context, proxy string) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(s.kafka))
	if err != nil {
		return err
	}
	s.admin = kadm.NewClient(client)
	if s.produces, err = newKafkaProxy(ctx, s.behind); err != nil {
		return err
	}
	if s.cassandra != "" {
		if err := s.openCassandra(); err != nil {
			return err
		}
	}
	if s.elastic != "" {
		return s.openElastic(ctx, proxy)
	}
	return nil
}

func (s *servers) openCassandra() error {
	host, port, err := net.SplitHostPort(s.cassandra)
	if err != nil {
		return err
	}
	cluster := gocql.NewCluster(host)
	if cluster.Port, err = strconv.Atoi(port); err != nil {
		return err
	}
	cluster.Authenticator = gocql.PasswordAuthenticator{Username: "cassandra", Password: "cassandra"}
	cluster.Timeout = 30 * time.Second
	s.session, err = cluster.CreateSession()
	return err
}

func (s *servers) openElastic(ctx context.Context, proxy string) error {
	target, err := url.Parse(s.elastic)
	if err != nil {
		return err
	}
	lis, err := new(net.ListenConfig).Listen(ctx, "tcp", proxy)
	if err != nil {
		return err
	}
	s.proxied = "http://" + proxy
	forward := httputil.NewSingleHostReverseProxy(target)
	s.proxy = &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		forward.ServeHTTP(w, r)
	})}
	go func() { _ = s.proxy.Serve(lis) }() // it ends with Close
	return nil
}

func (s *servers) close() {
	if s.proxy != nil {
		_ = s.proxy.Close()
	}
	if s.session != nil {
		s.session.Close()
	}
	s.produces.close()
	s.admin.Close()
}

// messages returns how many a topic has.
func (s *servers) messages(ctx context.Context, topic string) (n int, err error) {
	ends, err := s.admin.ListEndOffsets(ctx, topic)
	if err != nil {
		return 0, err
	}
	ends.Each(func(o kadm.ListedOffset) { n += int(max(o.Offset, 0)) })
	return n, nil
}

// fromStart has a group begin at the first message: by itself Jaeger's begins at the end.
func (s *servers) fromStart(ctx context.Context, topic, group string) error {
	starts, err := s.admin.ListStartOffsets(ctx, topic)
	if err != nil {
		return err
	}
	committed, err := s.admin.CommitOffsets(ctx, group, starts.Offsets())
	return errors.Join(err, committed.Error())
}

// lag returns how many of a topic's messages a group has not committed.
func (s *servers) lag(ctx context.Context, topic, group string, messages int) (int, error) {
	committed, err := s.admin.FetchOffsets(ctx, group)
	if err != nil {
		return messages, ctx.Err() // the group may not be there yet
	}
	committed.Each(func(o kadm.OffsetResponse) {
		if o.Topic == topic {
			messages -= int(max(o.At, 0))
		}
	})
	return messages, nil
}

// cassandraRequests returns what the connections of a process have asked for.
func (s *servers) cassandraRequests(pid int) (sum int, err error) {
	mine, err := localPorts(pid)
	if err != nil {
		return 0, err
	}
	rows := s.session.Query("SELECT port, request_count FROM system_views.clients").Iter()
	var port, n int
	for rows.Scan(&port, &n) {
		if mine[port] {
			sum += n
		}
	}
	return sum, rows.Close()
}

// localPorts returns the ports of this machine that a process has connections from.
func localPorts(pid int) (map[int]bool, error) {
	links, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	if err != nil {
		return nil, err
	}
	inodes := map[string]bool{}
	for _, l := range links {
		if to, err := os.Readlink(l); err == nil {
			if inode, ok := strings.CutPrefix(to, "socket:["); ok {
				inodes[strings.TrimSuffix(inode, "]")] = true
			}
		}
	}
	ports := map[int]bool{}
	for _, table := range []string{"tcp", "tcp6"} {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/%s", pid, table))
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(b)) {
			f := strings.Fields(line)
			if len(f) < 10 || !inodes[f[9]] {
				continue
			}
			port, err := strconv.ParseUint(f[1][strings.LastIndexByte(f[1], ':')+1:], 16, 16)
			if err != nil {
				return nil, err
			}
			ports[int(port)] = true
		}
	}
	return ports, nil
}

// cassandraBytes returns what a keyspace takes on disk, once Cassandra has written its
// tables: it does so when it is asked for a change of them.
func (s *servers) cassandraBytes(ctx context.Context, b *engineBench, keyspace string) (int64, error) {
	for _, table := range []string{"traces", "tag_index", "duration_index", "service_operation_index", "service_name_index", "service_names", "operation_names_v2"} {
		if err := s.session.Query(fmt.Sprintf("ALTER TABLE %s.%s WITH memtable_flush_period_in_ms = 1000", keyspace, table)).Exec(); err != nil {
			return 0, err
		}
	}
	wait(ctx, 10*time.Second)
	return b.globUse(ctx, "cassandra/data/"+keyspace)
}

// elasticBytes returns what the indices of a prefix take on disk.
func (s *servers) elasticBytes(ctx context.Context, prefix string) (int64, error) {
	if _, err := s.ask(ctx, http.MethodPost, "/"+prefix+"-*/_flush"); err != nil {
		return 0, err
	}
	answer, err := s.ask(ctx, http.MethodGet, "/"+prefix+"-*/_stats/store")
	if err != nil {
		return 0, err
	}
	var stats struct {
		All struct {
			Primaries struct {
				Store struct {
					Size int64 `json:"size_in_bytes"`
				}
			}
		} `json:"_all"`
	}
	err = json.Unmarshal(answer, &stats)
	return stats.All.Primaries.Store.Size, err
}

func (s *servers) ask(ctx context.Context, method, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.elastic+path, nil)
	if err != nil {
		return nil, err
	}
	res, err := patient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %s: %.200s", path, res.Status, body)
	}
	return body, err
}

// globUse is the disk use of what matches below the run folder.
func (b *engineBench) globUse(ctx context.Context, pattern string) (sum int64, err error) {
	all, err := filepath.Glob(filepath.Join(b.run, pattern))
	if len(all) == 0 {
		return 0, errors.Join(err, fmt.Errorf("nothing is called %s in %s", pattern, b.run))
	}
	for _, path := range all {
		n, err := diskUse(ctx, path)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

// engineCPU is what the processes of an engine have used so far: those of the session
// that its script has started. It is 0 when there is no such engine.
func (b *engineBench) engineCPU(engine string) (sum time.Duration) {
	text, err := os.ReadFile(filepath.Join(b.run, engine+".pid"))
	if err != nil {
		return 0
	}
	session, _, _ := strings.Cut(string(text), " ")
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is right
	for _, path := range stats {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		f := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		if len(f) < 13 || f[3] != session {
			continue
		}
		for _, ticks := range f[11:13] {
			n, _ := strconv.Atoi(ticks) // the kernel writes numbers
			sum += time.Duration(n) * 10 * time.Millisecond
		}
	}
	return sum
}
