// SPDX-License-Identifier: Apache-2.0

package faultnet

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	maxHead = 1 << 20 // bytes of a request's line and header
	maxBody = 8 << 20 // bytes of a request's body, before and after decompression
)

var (
	errTooLarge = errors.New("faultnet: body over 8 MiB")
	errEncoding = errors.New("faultnet: unknown content encoding")
	errCut      = errors.New("faultnet: reset within the body")
)

// serve answers the requests of one connection, one after the other.
func (p *HTTPPeer) serve(c *Conn, number int) {
	defer func() {
		_ = c.Close()
		p.mu.Lock()
		defer p.mu.Unlock()
		p.connections = slices.DeleteFunc(p.connections, func(x *Conn) bool { return x == c })
	}()
	in := &io.LimitedReader{R: c}
	e := exchange{peer: p, conn: c, number: number, limit: in, in: bufio.NewReader(in)}
	for e.in.Buffered() > 0 || c.waitReadable() {
		if !e.run(p.meet()) {
			return
		}
	}
}

// exchange is one connection's goroutine at work.
type exchange struct {
	peer   *HTTPPeer
	conn   *Conn
	number int
	limit  *io.LimitedReader // between conn and in
	in     *bufio.Reader
}

// run handles one request and says whether the connection lives on.
func (e *exchange) run(b Behaviour) bool {
	switch b.kind {
	case refuse, restart:
		_ = e.conn.Reset()
		return false
	case vanish, stall:
		e.conn.waitGone()
		return false
	}
	e.limit.N = maxHead
	req, err := http.ReadRequest(e.in)
	e.limit.N = math.MaxInt64
	if err != nil {
		if !lost(err) {
			e.record(&Request{Behaviour: b.String(), Err: err})
			_, _ = e.conn.Write([]byte("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
		}
		return false
	}
	if strings.EqualFold(req.Header.Get("Expect"), "100-continue") {
		if _, err := e.conn.Write([]byte("HTTP/1.1 100 Continue\r\n\r\n")); err != nil {
			return false
		}
	}
	raw, err := readBody(req, b)
	if errors.Is(err, errCut) {
		_ = e.conn.Reset()
		return false
	}
	if err != nil && !errors.Is(err, errTooLarge) {
		return false // the other end has gone
	}
	r := &Request{
		Method: req.Method, Path: req.URL.RequestURI(), Host: req.Host, Header: req.Header.Clone(),
		Sent: len(raw), Behaviour: b.String(), Err: err,
	}
	if err == nil {
		r.Body, r.Err = decode(raw, req.Header.Get("Content-Encoding"))
	}
	e.record(r)
	return e.answer(req, b, r)
}

// answer does what b does with a request that has been read whole.
func (e *exchange) answer(req *http.Request, b Behaviour, r *Request) bool {
	switch {
	case r.Err != nil && b.kind == answer:
		b = Status(http.StatusBadRequest)
		if errors.Is(r.Err, errTooLarge) {
			b = Status(http.StatusRequestEntityTooLarge)
			req.Close = true
		}
	case b.kind != answer:
		e.accept(r, b)
		switch b.kind {
		case reset:
			_ = e.conn.Reset()
		case mute:
			_, _ = io.Copy(io.Discard, e.in)
		}
		return false
	}
	if b.wait > 0 && !e.conn.sleep(b.wait) {
		return false
	}
	e.accept(r, b)
	return e.send(req, b)
}

func (e *exchange) send(req *http.Request, b Behaviour) bool {
	status, header, body := b.head(req)
	var out bytes.Buffer
	fmt.Fprintf(&out, "HTTP/1.1 %03d %s\r\n", status, http.StatusText(status))
	_ = header.Write(&out)
	out.WriteString("\r\n")
	head := out.Len()
	out.WriteString(body)
	switch {
	case b.endless:
		return e.sendEndless(out.Bytes())
	case b.drip > 0:
		if b.whole {
			head = 0
		}
		if !e.drip(out.Bytes(), head, b.drip) {
			return false
		}
	default:
		if _, err := e.conn.Write(out.Bytes()); err != nil {
			return false
		}
	}
	return !req.Close && b.excess <= 0
}

// drip sends the first bytes of all at once and the others one by one.
func (e *exchange) drip(all []byte, first int, every time.Duration) bool {
	if _, err := e.conn.Write(all[:first]); err != nil {
		return false
	}
	for i := first; i < len(all); i++ {
		if !e.conn.sleep(every) {
			return false
		}
		if _, err := e.conn.Write(all[i : i+1]); err != nil {
			return false
		}
	}
	return true
}

func (e *exchange) sendEndless(head []byte) bool {
	if _, err := e.conn.Write(head); err != nil {
		return false
	}
	chunk := []byte("10000\r\n" + strings.Repeat(" ", 0x10000) + "\r\n")
	for {
		if _, err := e.conn.Write(chunk); err != nil || !e.conn.sleep(time.Millisecond) {
			return false
		}
	}
}

// readBody returns the body as it was sent, errCut when b resets before its end,
// or errTooLarge.
func readBody(req *http.Request, b Behaviour) ([]byte, error) {
	limit, over := int64(maxBody), errTooLarge
	if b.kind == reset && b.after < limit {
		limit, over = b.after, errCut
	}
	raw, err := io.ReadAll(io.LimitReader(req.Body, limit))
	if err != nil || int64(len(raw)) < limit {
		return raw, err
	}
	if req.ContentLength > limit {
		return nil, over
	}
	// Without a declared length only the next byte tells, or that there is none.
	if n, err := io.ReadFull(req.Body, make([]byte, 1)); n > 0 {
		return nil, over
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	return raw, nil
}

// decode undoes the content encoding of a request's body.
func decode(raw []byte, encoding string) ([]byte, error) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "", "identity":
		return raw, nil
	case "gzip", "x-gzip":
	default:
		return nil, fmt.Errorf("%w %.40q", errEncoding, encoding)
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(z, maxBody+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxBody {
		return nil, errTooLarge
	}
	return body, nil
}

// lost says that err is the connection's, not the request's.
func lost(err error) bool {
	var op interface{ Timeout() bool }
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &op)
}
