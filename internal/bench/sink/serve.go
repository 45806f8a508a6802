// SPDX-License-Identifier: Apache-2.0

package sink

import (
	"fmt"
	"io"
	"math"
	"net"
)

// Serve is the sink's process. It asks for a receive buffer of so many bytes, or takes
// the system's when buffer is 0, writes its address, receive buffer and URL to out, and
// ends when in does.
func Serve(in io.Reader, out io.Writer, buffer int) error {
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return err
	}
	if buffer > 0 {
		buffer = growReceiveBuffer(conn, buffer)
	}
	url, err := serveHTTP()
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(out, conn.LocalAddr(), buffer, url); err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(io.Discard, in)
		_ = conn.Close()
	}()
	var c spanCounter
	buf := make([]byte, math.MaxUint16)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return nil // closed
		}
		if n > 0 && buf[0] == '?' {
			answer := fmt.Appendf(nil, "%s %d %d", buf[:n], c.spans, c.malformed)
			if _, err := conn.WriteToUDPAddrPort(answer, from); err != nil {
				return err
			}
			continue
		}
		c.add(buf[:n])
	}
}
