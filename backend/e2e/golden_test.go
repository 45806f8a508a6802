// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/go-spur/spur/backend/internal/golden"
)

// spansSent is how many there are in all files of backend/testdata.
const spansSent = 238

// TestGolden sends what real Jaegers were sent, through the same ports, asks what
// they were asked, and compares the answers. Where they are not the same the tables
// of package golden say why, and they say nothing else.
func TestGolden(t *testing.T) {
	for _, engine := range []string{"memory", "sqlite"} {
		t.Run(engine, func(t *testing.T) {
			x, err := golden.Load("../testdata", "v1", "jaeger-1.62")
			if err != nil {
				t.Fatal(err)
			}
			s := start(t, engine)
			table := golden.NewTable()
			s.compareSent(x, table)
			s.awaitStored(spansSent)
			s.compareAnswers(x, table)
		})
	}
}

// TestGoldenV3 is the same for the answers of v3.
func TestGoldenV3(t *testing.T) {
	const spansSent = 195 // some were sent to the recorded Jaegers for v1 only
	for _, engine := range []string{"memory", "sqlite"} {
		t.Run(engine, func(t *testing.T) {
			x, err := golden.Load("../testdata", "v3", "jaeger-2.13")
			if err != nil {
				t.Fatal(err)
			}
			s := start(t, engine)
			for _, d := range x.Sent {
				s.send(x, d)
			}
			s.awaitStored(spansSent)
			s.compareAnswers(x, golden.NewTableV3())
		})
	}
}

// compareSent sends what x says, and compares the answers.
func (s *allInOne) compareSent(x *golden.Index, table *golden.Table) {
	s.t.Helper()
	for _, d := range x.Sent {
		if got := s.send(x, d); got != nil {
			explain(s.t, table, "sent "+d.File, d.Facts(), got)
		}
	}
}

// send sends what d says, and returns what the answer says; nil when there is none.
func (s *allInOne) send(x *golden.Index, d golden.Delivery) golden.Facts {
	s.t.Helper()
	body, err := x.Bytes(d.File)
	if err != nil {
		s.t.Fatal(err)
	}
	if d.Method == "" {
		sendUDP(s.t, s.addr(d.Port), body)
		return nil
	}
	r := request(s.t, d.Method, "http://"+s.addr(d.Port)+d.Path, body)
	setHeader(r, "Content-Type", d.ContentType)
	setHeader(r, "Content-Encoding", d.ContentEncoding)
	status, contentType, answer := do(s.t, r)
	return golden.FactsOf(status, contentType, answer)
}

// compareAnswers asks what x says, and compares the answers.
func (s *allInOne) compareAnswers(x *golden.Index, table *golden.Table) {
	s.t.Helper()
	for _, q := range x.Requests {
		body, err := x.Bytes(q.Body)
		if err != nil {
			s.t.Fatal(err)
		}
		want, err := x.Facts(q)
		if err != nil {
			s.t.Fatal(err)
		}
		status, contentType, answer := do(s.t, request(s.t, q.Method, "http://"+s.addr(portQuery)+q.Path, body))
		explain(s.t, table, q.Name, want, golden.FactsOf(status, contentType, answer))
	}
	for _, k := range table.Unused(golden.Ours) {
		s.t.Errorf("no longer different: %+v", k)
	}
}

func explain(t *testing.T, table *golden.Table, name string, want, got golden.Facts) {
	t.Helper()
	for _, d := range golden.Compare(name, want, got) {
		if !table.Explains(golden.Ours, d) {
			t.Error(d)
		}
	}
}

func sendUDP(t *testing.T, to string, datagram []byte) {
	t.Helper()
	conn, err := net.Dial("udp", to)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write(datagram); err != nil {
		t.Fatal(err)
	}
}

func setHeader(r *http.Request, name, value string) {
	if value != "" {
		r.Header.Set(name, value)
	}
}

func request(t *testing.T, method, url string, body []byte) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// do returns the answer to r. It follows no redirects.
func do(t *testing.T, r *http.Request) (status int, contentType string, body []byte) {
	t.Helper()
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err = io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header.Get("Content-Type"), body
}
