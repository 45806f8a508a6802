// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
)

// FuzzJaegerLikeJ compares how spur and the real jaeger-client-go read HTTP
// headers: ids, a member of its own and a list. What they are known to read
// otherwise stands in TestExtractDifferences and TestEncodedHeaders, and is
// rewritten here for J, or left out.
func FuzzJaegerLikeJ(f *testing.F) {
	log.SetOutput(io.Discard) // J writes there what it thinks of jaeger-baggage
	f.Cleanup(func() { log.SetOutput(os.Stderr) })
	for _, id := range []string{
		"1:2:3:1", "AB:CD:0:1", "0af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:0:3", "1:2:3:b", "1:2:3:ff", "1:2:3:10", "1:2:3:", "1:2:3:-1", "1:2:x:1",
		"1:2::1", "1%3A2%3a3%3A1", "1:2:3", "1:2:3:4:5", "0:0:0:0", "0:2:3:1", "1:0:3:1", "+1:2:3:1", "0x1:2:3:1", "1:2:3:0001", "1_0:2:3:1", "",
		"00000000000000000000000000000001:2:3:1", "000000000000000000000000000000001:2:3:1",
	} {
		f.Add(id, "v", "")
	}
	for _, v := range []string{"a+b", "a%20b", "%2B", "100%", "%zz", "Zürich", "%ff", "\x00", "k=v"} {
		f.Add("1:2:3:1", v, v)
		f.Add("", v, "k1=v1, k2 = "+v+" ,K3=v3")
	}
	f.Add("", "", "a=b=c, =x, a, %2C%3D,x%3Dy%2Cz=1,a=1,a=2, \u00a0n=\u00a0v ")
	p := newPair(f)
	f.Fuzz(func(t *testing.T, id, value, list string) {
		id, ok := forJ(id)
		list, same := listForJ(list)
		if !ok || !same || len(value) > 4000 {
			return
		}
		ours, theirs := http.Header{}, http.Header{}
		set := func(h http.Header, name, value string) {
			if value != "" {
				h.Set(name, value)
			}
		}
		set(ours, "uber-trace-id", id)
		set(theirs, "uber-trace-id", decimalFlags(id))
		for _, h := range []http.Header{ours, theirs} {
			set(h, "uberctx-member", value)
			set(h, "jaeger-baggage", list)
		}
		a := outcome(p.spur.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(ours)))
		b := outcome(p.j.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(theirs)))
		if a != b && !(zeroTrace(id) && a == "error" && b == "not found") {
			t.Fatalf("%q: spur says %q, J, from %q, %q", ours, a, theirs, b)
		}
	})
}

var (
	jaegerForm = regexp.MustCompile(`^([^:]*):([^:]*):([^:]*):([^:]*)$`)
	spanForm   = regexp.MustCompile(`^[0-9a-fA-F]{1,16}$`)
	zeroForm   = regexp.MustCompile(`^0*$`)
)

// forJ leaves out ids that both read otherwise: J decodes all of the header,
// spur "%3A" alone; J takes a span id of zero. It puts a parent in the place of one that cannot be read, which spur ignores.
func forJ(id string) (string, bool) {
	if strings.ContainsAny(strings.NewReplacer("%3A", "", "%3a", "").Replace(id), "%+") {
		return "", false
	}
	parts := jaegerForm.FindStringSubmatch(colons.Replace(id))
	if parts == nil {
		return id, true
	}
	if zeroForm.MatchString(parts[2]) {
		return "", false
	}
	if !spanForm.MatchString(parts[3]) {
		parts[3] = "0"
	}
	return strings.Join(parts[1:], ":"), true
}

// decimalFlags writes the flags as J reads them.
func decimalFlags(id string) string {
	parts := jaegerForm.FindStringSubmatch(id)
	if parts == nil {
		return id
	}
	if flags, err := strconv.ParseUint(parts[4], 16, 8); err == nil {
		parts[4] = strconv.Itoa(int(flags))
	} else {
		parts[4] = "refused"
	}
	return strings.Join(parts[1:], ":")
}

func zeroTrace(id string) bool {
	parts := jaegerForm.FindStringSubmatch(id)
	return parts != nil && parts[1] != "" && zeroForm.MatchString(parts[1])
}

// listForJ leaves out lists that both read otherwise: those that do not decode, of
// which J takes nothing, with members without a key, which J keeps, with keys that
// differ in case alone, or beyond spur's limits.
// J takes what comes last of a member that has a header, too, by chance.
func listForJ(list string) (string, bool) {
	text, err := url.QueryUnescape(list)
	if err != nil {
		return "", false
	}
	seen := map[string]string{"member": ""}
	for pair := range strings.SplitSeq(text, ",") {
		key, value, ok := strings.Cut(strings.TrimSpace(pair), "=")
		if !ok || strings.Contains(value, "=") {
			continue
		}
		key = strings.TrimSpace(key)
		if key == "" {
			return "", false
		}
		for other, spelled := range seen {
			if strings.EqualFold(other, key) && spelled != key {
				return "", false
			}
		}
		seen[key] = key
	}
	return list, len(list) < 4000 && len(seen) < 60
}
