// SPDX-License-Identifier: Apache-2.0

//go:build engines

package elastic_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// script runs a command of the script that has started the server.
func script(url, command string) error {
	offset, _ := strconv.Atoi(os.Getenv("ENGINES_OFFSET")) // none is 0
	name := "elasticsearch"
	switch {
	case strings.HasSuffix(url, fmt.Sprint(":", 19201+offset)):
		name = "opensearch"
	case strings.HasSuffix(url, fmt.Sprint(":", 19202+offset)):
		name = "elasticsearch7"
	}
	if out, err := exec.Command("../../e2e/engines/"+name+".sh", command).CombinedOutput(); err != nil {
		return fmt.Errorf("%s.sh %s: %w\n%s", name, command, err, out)
	}
	return nil
}

// TestRealRestart: the server is killed while spans are written and searched for, and started
// again. Calls meanwhile say that it is away, and what Write took is there afterwards, once.
func TestRealRestart(t *testing.T) {
	url := server(t)
	c := settings(url, prefix(t.TempDir()))
	c.Timeout = 5 * time.Second
	s := openReal(t, c)
	const batches = 120
	away, started := 0, make(chan error, 1)
	for n := range batches {
		td := spansOf(2)
		for span := range trace.Spans(td) {
			id := span.TraceID()
			id[1], id[2] = 1, byte(n)
			span.SetTraceID(id)
		}
		if n == batches/2 {
			if err := script(url, "kill"); err != nil {
				t.Fatal(err)
			}
			go func() {
				<-time.After(3 * time.Second) // in which it is away
				started <- script(url, "start")
			}()
		}
		for end := time.Now().Add(2 * time.Minute); ; {
			err := s.Store.Write(t.Context(), td)
			if err == nil {
				break
			}
			away++
			if !errors.Is(err, store.ErrUnavailable) || time.Now().After(end) {
				t.Fatalf("batch %d: %v", n, err)
			}
			if _, err := s.Search(t.Context(), trace.Query{Limit: 5}); err != nil && !errors.Is(err, store.ErrUnavailable) {
				t.Fatalf("a search while the server is away: %v", err)
			}
			<-time.After(200 * time.Millisecond) // as collectors pause
		}
	}
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	if away == 0 {
		t.Error("the server was never away")
	}
	mustAsk(t, url, "POST", "/_refresh", "")
	for n := range batches {
		for _, first := range []byte{0, 1} {
			id := pcommon.TraceID{0: first, 1: 1, 2: byte(n), 15: first + 1}
			if td, err := s.Trace(t.Context(), id, trace.Window{}); err != nil || td.SpanCount() != 2 {
				t.Errorf("batch %d: %d spans, %v, want 2", n, td.SpanCount(), err)
			}
		}
	}
}

// TestRealReadOnly: an index that may not be written to, as when the disk is full, is an
// error that says so, and what waits is stored when it may.
func TestRealReadOnly(t *testing.T) {
	url := server(t)
	c := settings(url, prefix(t.TempDir()))
	s := openReal(t, c)
	if err := s.Write(t.Context(), spansOf(1)); err != nil {
		t.Fatal(err)
	}
	block := func(value string) {
		mustAsk(t, url, "PUT", "/"+c.Prefix+"-jaeger-span-"+time.Now().UTC().Format(time.DateOnly)+"/_settings", `{"index.blocks.read_only_allow_delete":`+value+`}`)
	}
	block("true")
	err := s.Write(t.Context(), spansOf(3))
	if !errors.Is(err, store.ErrUnavailable) || !errors.Is(err, store.ErrFull) || !strings.Contains(err.Error(), "cluster_block_exception") {
		t.Errorf("got %v, want ErrFull for a block", err)
	}
	block("null")
	if err := s.Write(t.Context(), spansOf(3)); err != nil {
		t.Errorf("without the block: %v", err)
	}
}
