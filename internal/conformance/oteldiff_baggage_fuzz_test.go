// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"go.opentelemetry.io/otel/baggage"
	otelpropagation "go.opentelemetry.io/otel/propagation"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

// FuzzBaggageLikeOTel compares W3C's baggage, as it stands in two headers.
// OpenTelemetry must also read what spur writes as spur read it.
func FuzzBaggageLikeOTel(f *testing.F) {
	for _, list := range []string{
		"userId=alice,serverNode=DF%2028,isProduction=false", "k = v ; p = 1 ;q", "k=v;p=%zz", "k=v;p=a b", "k=v;=x", "k=v;", "k=v; ", "k=v;;p",
		"k=%", "k=%4", "k=%zz", "k=%FF%FE", "k=a+b", "k=a b", "k=Zürich", "k=\"x\"", "k==a=b", "k", "=v", "k=", ",,k=v,", "a=1,A=2,a=3", "k\u00a0=v\u00a0",
		"käse=v", "k(=v", "k=1;p,k=2", "k=%41%2C%3b;p=%c3%a9", strings.Repeat("k=v,", 100),
	} {
		f.Add(list, "x=y")
	}
	var many strings.Builder
	for n := range 70 {
		fmt.Fprintf(&many, "k%d=v,", n)
	}
	f.Add(many.String(), "")
	spur, err := propagation.W3C(propagation.HTTP)
	if err != nil {
		f.Fatal(err)
	}
	otel := otelpropagation.Baggage{}
	f.Fuzz(func(t *testing.T, first, second string) {
		if len(first)+len(second) > 8000 {
			return // OpenTelemetry drops all, spur the members that exceed the limit
		}
		if strings.Count(first, ",")+strings.Count(second, ",") > 60 {
			return // they reach the limit of 64 by different counts; see TestBaggageUnlikeOTel
		}
		var strict [2][]string
		for i, list := range []string{first, second} {
			for m := range strings.SplitSeq(list, ",") {
				if m, ok := strictMember(m); ok {
					strict[i] = append(strict[i], m)
				}
			}
		}
		h := http.Header{"Baggage": {strings.Join(strict[0], ","), strings.Join(strict[1], ",")}}
		c, err := spur.Extract(propagation.Header(h))
		if (err != nil) != (c.Baggage == nil) {
			t.Fatalf("%q: %v, with baggage %v", h, err, c.Baggage)
		}
		ours, theirs := membersOfSpur(c.Baggage), membersOfOTel(otel, h)
		if !maps.Equal(ours, theirs) {
			t.Fatalf("%q: spur reads %q, OTel %q", h, ours, theirs)
		}

		// As it came. OpenTelemetry must read the same from what spur writes.
		c, err = spur.Extract(propagation.Header(http.Header{"Baggage": {first, second}}))
		if err != nil {
			return
		}
		written := writtenBySpur(spur, c)
		if ours, theirs = membersOfSpur(c.Baggage), membersOfOTel(otel, written); !maps.Equal(ours, theirs) {
			t.Fatalf("%q, %q: spur reads %q and writes %q, which is %q to OTel", first, second, ours, written, theirs)
		}
	})
}

var (
	memberForm = regexp.MustCompile(`^([^=;]*)=([^;]*)(;.*)?$`)
	plainValue = regexp.MustCompile(`^[ \t]*[!#-+\--:<-\[\]-~]*[ \t]*$`)
)

// strictMember brings a member to what both take alike, or says that they do not:
//   - spur takes values with characters that ought to be encoded, OpenTelemetry
//     does not;
//   - OpenTelemetry takes empty properties ("k=v;p;;q"), and none of blanks; spur takes
//     both, but only at the ends;
//   - OpenTelemetry trims white space of every kind, spur spaces and tabs.
func strictMember(m string) (string, bool) {
	if strings.ContainsFunc(m, func(c rune) bool { return unicode.IsSpace(c) && c != ' ' && c != '\t' }) {
		return "", false
	}
	parts := memberForm.FindStringSubmatch(m)
	if parts == nil {
		return m, true
	}
	if !plainValue.MatchString(parts[2]) {
		return "", false
	}
	if parts[3] != "" {
		for property := range strings.SplitSeq(parts[3][1:], ";") {
			if strings.Trim(property, " \t") == "" {
				return "", false
			}
		}
	}
	return m, true
}

// membersOfSpur are the members with what stands between them and the next one.
func membersOfSpur(b *model.Baggage) map[string]string {
	members := map[string]string{}
	for m := range b.All() {
		members[m.Key] = fmt.Sprintf("%q;%s", m.Value, m.Properties)
	}
	return members
}

func membersOfOTel(p otelpropagation.Baggage, h http.Header) map[string]string {
	members := map[string]string{}
	for _, m := range baggage.FromContext(p.Extract(context.Background(), otelpropagation.HeaderCarrier(h))).Members() {
		_, properties, _ := strings.Cut(m.String(), ";")
		members[m.Key()] = fmt.Sprintf("%q;%s", m.Value(), strings.Trim(properties, " \t"))
	}
	return members
}

// TestBaggageUnlikeOTel lists what the fuzz target leaves out: how many members
// each reads of a header.
func TestBaggageUnlikeOTel(t *testing.T) {
	var distinct, repeated []string
	for n := range 70 {
		distinct = append(distinct, fmt.Sprintf("k%d=v", n))
		repeated = append(repeated, fmt.Sprintf("k%d=v", n%60))
	}
	spur, err := propagation.W3C(propagation.HTTP)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name       string
		lists      []string
		ours, otel int
	}{
		{"70 members", []string{strings.Join(distinct, ",")}, 64, 64},
		{"70 members, 60 keys", []string{strings.Join(repeated, ",")}, 60, 60},
		{"70 headers", distinct, 64, 64},
		{"8,192 bytes", []string{"a=1,b=" + strings.Repeat("x", 8186)}, 2, 2},
		{"8,193 bytes", []string{"a=1,b=" + strings.Repeat("x", 8187)}, 1, 0},
		{"8,193 bytes in two headers", []string{"a=1", "b=" + strings.Repeat("x", 8187)}, 1, 0},
		{"characters that ought to be encoded", []string{"a=b c,b=Zürich,c=\"x\""}, 3, 0},
		{"empty property", []string{"a=1;,b=2;;p,c=3"}, 3, 3},
		{"empty property between others", []string{"a=1;p;;q"}, 0, 1},
		{"case", []string{"a=1,A=2"}, 2, 2},
		{"no-break space", []string{"\u00a0a=1"}, 0, 1},
	} {
		h := http.Header{"Baggage": tc.lists}
		c, _ := spur.Extract(propagation.Header(h))
		if ours, theirs := c.Baggage.Len(), len(membersOfOTel(otelpropagation.Baggage{}, h)); ours != tc.ours || theirs != tc.otel {
			t.Errorf("%s: spur reads %d members, not %d; OTel %d, not %d", tc.name, ours, tc.ours, theirs, tc.otel)
		}
	}
}
