// SPDX-License-Identifier: Apache-2.0

package utils

import (
	"errors"
	"net"
)

// HostIP returns an address of this host by which others can probably reach it: rather
// IPv4 than IPv6, then rather not loopback, then rather of an interface that is up.
func HostIP() (net.IP, error) {
	interfaces, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	var best net.IP
	bestScore := -1
	for _, i := range interfaces {
		addrs, err := i.Addrs()
		if err != nil {
			continue
		}
		for _, a := range addrs {
			if ip, s := score(i, a); s > bestScore {
				best, bestScore = ip, s
			}
		}
	}
	if best == nil {
		return nil, errors.New("no addresses to listen on")
	}
	return best, nil
}

// score returns the IP address in a and how good it is, below 0 if there is none.
func score(i net.Interface, a net.Addr) (ip net.IP, score int) {
	switch a := a.(type) {
	case *net.IPNet:
		ip = a.IP
	case *net.IPAddr:
		ip = a.IP
	default:
		return nil, -1
	}
	if ip.To4() != nil {
		score += 300
	}
	if i.Flags&net.FlagLoopback == 0 && !ip.IsLoopback() {
		score += 100
		if i.Flags&net.FlagUp != 0 {
			score += 100
		}
	}
	return ip, score
}
