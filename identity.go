// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strconv"

	"github.com/go-spur/spur/model"
)

// Version is the version of this module, as the process tag jaeger.version shows
// it.
const Version = "0.1.0"

// The process tags that Jaeger's clients send. Agents tell clients apart by
// client-uuid when they read the loss that a client reports of itself.
const (
	tagVersion    = "jaeger.version"
	tagHostname   = "hostname"
	tagIP         = "ip"
	tagClientUUID = "client-uuid"
)

// ServiceName returns the name of the service that the tracer reports, and "" for a nil
// tracer.
func (t *Tracer) ServiceName() string { return t.orNone().process.Service }

// String returns a description such as `spur.Tracer("orders")`.
func (t *Tracer) String() string { return "spur.Tracer(" + strconv.Quote(t.ServiceName()) + ")" }

// buildProcess freezes the process tags: the user's, then our own where the user
// has set none.
func (t *Tracer) buildProcess(c *config) *model.Process {
	p := &model.Process{Service: c.service}
	seen := map[string]bool{}
	add := func(key string, value any) {
		if seen[key] {
			return
		}
		seen[key] = true
		var tag model.Tag
		if t.freezer.ProcessTag(&tag, key, value) {
			p.Tags = append(p.Tags, tag)
		}
	}
	for _, tag := range c.processTags {
		add(tag.Key, tag.Value)
	}
	add(tagVersion, "Go-spur-"+Version)
	if name, err := os.Hostname(); err == nil {
		add(tagHostname, name)
	}
	if ip := hostIP(); ip != "" {
		add(tagIP, ip)
	}
	add(tagClientUUID, fmt.Sprintf("%016x", rand.Uint64()))
	return p
}

// hostIP returns an address of this host that others may know it by: the first
// IPv4 address that is not loopback or link-local, else such an IPv6 address,
// else "".
func hostIP() string {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return ""
	}
	best := ""
	for _, a := range addrs {
		n, ok := a.(*net.IPNet)
		if !ok || !n.IP.IsGlobalUnicast() {
			continue
		}
		if n.IP.To4() != nil {
			return n.IP.String()
		}
		if best == "" {
			best = n.IP.String()
		}
	}
	return best
}

// newTraceID reports whether the id is random, and not from a generator of the
// user's. Random ids come from the runtime's random numbers, which are seeded by the
// operating system and take no lock.
func (t *Tracer) newTraceID() (id model.TraceID, random bool) {
	if t.ids != nil && t.guard(func() { id = t.ids.TraceID() }) && id.IsValid() {
		return id, false
	}
	id = model.TraceID{Low: nonZero()}
	if t.traceID128 {
		id.High = nonZero()
	}
	return id, t.ids == nil
}

func (t *Tracer) newSpanID() (id model.SpanID) {
	if t.ids != nil && t.guard(func() { id = t.ids.SpanID() }) && id != 0 {
		return id
	}
	return model.SpanID(nonZero())
}

func nonZero() uint64 {
	for {
		if v := rand.Uint64(); v != 0 {
			return v
		}
	}
}
