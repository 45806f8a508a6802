// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// Instructions returns how many instructions a program, one that calls [Main], takes
// for an operation, in user space, all goroutines together. Valgrind counts; what
// starting takes is left out by counting twice, n operations and six times as many.
func Instructions(program string, n int, args ...string) (int, error) {
	few, many := n, 6*n
	one, err := instructions(program, append(args, "-n", strconv.Itoa(few)))
	if err != nil {
		return 0, err
	}
	two, err := instructions(program, append(args, "-n", strconv.Itoa(many)))
	if err != nil {
		return 0, err
	}
	return (two - one) / (many - few), nil
}

var total = regexp.MustCompile(`I *refs: *([0-9,]+)`)

func instructions(program string, args []string) (int, error) {
	cmd := exec.Command("valgrind", append([]string{"--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", program}, args...)...)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	out, err := cmd.CombinedOutput()
	said := total.FindSubmatch(out)
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == Unsupported {
		return 0, ErrUnsupported
	}
	if err != nil || said == nil {
		return 0, fmt.Errorf("valgrind: %w\n%s", err, out)
	}
	return strconv.Atoi(strings.ReplaceAll(string(said[1]), ",", ""))
}

// Discard reads datagrams and throws them away, until it is closed.
func Discard() (*net.UDPConn, error) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	go func() {
		buf := make([]byte, 1<<16)
		for {
			if _, _, err := conn.ReadFromUDPAddrPort(buf); err != nil {
				return
			}
		}
	}()
	return conn, nil
}
