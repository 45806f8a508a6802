// SPDX-License-Identifier: Apache-2.0

package utils

import (
	"encoding/binary"
	"errors"
	"net"
	"strconv"
	"strings"
)

var (
	// ErrEmptyIP is what ParseIPToUint32 returns for "".
	ErrEmptyIP = errors.New("empty string given for ip")
	// ErrNotFourOctets is what ParseIPToUint32 returns for what has no four parts.
	ErrNotFourOctets = errors.New("Wrong number of octets")
)

// HostIP returns the first address of this host that is not loopback, IPv4 if there is one.
func HostIP() (net.IP, error) {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil, err
	}
	var other net.IP
	for _, a := range addrs {
		n, ok := a.(*net.IPNet)
		if !ok || n.IP.IsLoopback() {
			continue
		}
		if ip := n.IP.To4(); ip != nil {
			return ip, nil
		}
		if other == nil {
			other = n.IP
		}
	}
	if other == nil {
		return nil, errors.New("Host has no address other than loopback")
	}
	return other, nil
}

// ParseIPToUint32 reads an IPv4 address in dotted form, or "localhost".
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
	for _, o := range octets {
		n, err := strconv.ParseUint(o, 10, 8)
		if err != nil {
			return 0, err
		}
		sum = sum<<8 | uint32(n)
	}
	return sum, nil
}

// PackIPAsUint32 returns an IPv4 address as a number, 0 for another one.
func PackIPAsUint32(ip net.IP) uint32 {
	if v4 := ip.To4(); v4 != nil {
		return binary.BigEndian.Uint32(v4)
	}
	return 0
}
