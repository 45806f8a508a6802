// SPDX-License-Identifier: Apache-2.0

package utils_test

import (
	"errors"
	"math"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/uber/jaeger-client-go/utils"
)

func TestParseIPToUint32(t *testing.T) {
	for in, want := range map[string]uint32{
		"localhost":       127<<24 | 1,
		"1.2.3.4":         1<<24 | 2<<16 | 3<<8 | 4,
		"255.255.255.255": math.MaxUint32,
	} {
		if got, err := utils.ParseIPToUint32(in); got != want || err != nil {
			t.Errorf("%q: %d, %v", in, got, err)
		}
	}
	for in, want := range map[string]error{
		"":            utils.ErrEmptyIP,
		"host":        utils.ErrNotFourOctets,
		"1.2.3.4.5":   utils.ErrNotFourOctets,
		"::1":         utils.ErrNotFourOctets,
		"1.2.x.4":     strconv.ErrSyntax,
		"1.2..4":      strconv.ErrSyntax,
		"1.2.3.256":   strconv.ErrRange,
		"-1.2.3.4":    strconv.ErrRange,
		"1.2.3.4 ":    strconv.ErrSyntax,
		"1.2.3.1e999": strconv.ErrSyntax,
	} {
		if got, err := utils.ParseIPToUint32(in); got != 0 || !errors.Is(err, want) {
			t.Errorf("%q: %d, %v", in, got, err)
		}
	}
}

func TestParsePort(t *testing.T) {
	for in, want := range map[string]uint16{"0": 0, "65535": math.MaxUint16} {
		if got, err := utils.ParsePort(in); got != want || err != nil {
			t.Errorf("%q: %d, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "65536", "-1", "http"} {
		if got, err := utils.ParsePort(in); err == nil {
			t.Errorf("%q: %d", in, got)
		}
	}
}

func TestPackIPAsUint32(t *testing.T) {
	for in, want := range map[string]uint32{
		"1.2.3.4":        1<<24 | 2<<16 | 3<<8 | 4,
		"::ffff:1.2.3.4": 1<<24 | 2<<16 | 3<<8 | 4,
		"2001:db8::1":    0,
		"none":           0,
	} {
		if got := utils.PackIPAsUint32(net.ParseIP(in)); got != want {
			t.Errorf("%s: %d", in, got)
		}
	}
}

func TestTimeToMicrosecondsSinceEpochInt64(t *testing.T) {
	for want, in := range map[int64]time.Time{
		0:                  time.Unix(0, 999),
		1_500_000_000_001:  time.Unix(1_500_000, 1999),
		95617584000000000:  time.Date(5000, 1, 1, 0, 0, 0, 0, time.UTC), // more nanoseconds than an int64 has
		-62135596800000000: {},
	} {
		if got := utils.TimeToMicrosecondsSinceEpochInt64(in); got != want {
			t.Errorf("%v: %d, want %d", in, got, want)
		}
	}
}

func TestHostIP(t *testing.T) {
	ip, err := utils.HostIP()
	if err != nil {
		t.Skip(err)
	}
	interfaces, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range interfaces {
		if n, ok := a.(*net.IPNet); ok && n.IP.Equal(ip) {
			return
		}
	}
	t.Errorf("%v is no address of this host: %v", ip, interfaces)
}
