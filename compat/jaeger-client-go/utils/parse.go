// SPDX-License-Identifier: Apache-2.0

package utils

import (
	"encoding/binary"
	"errors"
	"net"
	"strconv"
	"strings"
	"time"
)

var (
	// ErrEmptyIP is the error of ParseIPToUint32 for an empty text.
	ErrEmptyIP = errors.New("empty string given for ip")

	// ErrNotHostColonPort says that a text is not a host and a port.
	ErrNotHostColonPort = errors.New("expecting host:port")

	// ErrNotFourOctets is the error of ParseIPToUint32 for a text without four parts.
	ErrNotFourOctets = errors.New("Wrong number of octets")
)

// ParseIPToUint32 returns an IPv4 address, such as "10.0.0.1" or "localhost", as a number,
// the first part highest.
func ParseIPToUint32(ip string) (uint32, error) {
	switch ip {
	case "":
		return 0, ErrEmptyIP
	case "localhost":
		return 127<<24 | 1, nil
	}
	octets := strings.Split(ip, ".")
	if len(octets) != 4 {
		return 0, ErrNotFourOctets
	}
	var sum uint32
	for _, text := range octets {
		octet, err := strconv.Atoi(text)
		if err == nil && (octet < 0 || octet > 255) {
			err = &strconv.NumError{Func: "Atoi", Num: text, Err: strconv.ErrRange}
		}
		if err != nil {
			return 0, err
		}
		sum = sum<<8 | uint32(octet)
	}
	return sum, nil
}

// ParsePort returns the number of a port.
func ParsePort(portString string) (uint16, error) {
	port, err := strconv.ParseUint(portString, 10, 16)
	return uint16(port), err
}

// PackIPAsUint32 returns an IPv4 address as a number, the first part highest, and 0 for
// another one.
func PackIPAsUint32(ip net.IP) uint32 {
	if v4 := ip.To4(); v4 != nil {
		return binary.BigEndian.Uint32(v4)
	}
	return 0
}

// TimeToMicrosecondsSinceEpochInt64 returns t in microseconds since the Unix epoch.
func TimeToMicrosecondsSinceEpochInt64(t time.Time) int64 { return t.UnixMicro() }
