// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"errors"
	"net"

	"golang.org/x/sys/unix"
)

// prepareSocket asks for a buffer of so many bytes and returns how many the kernel
// granted.
func prepareSocket(conn *net.UDPConn, size int) (granted int, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		if unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, size) != nil { // the right to is rare
			failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, size)
		}
		doubled, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF)
		granted = doubled / 2 // socket(7): the kernel doubles what is asked for
		failed = errors.Join(failed, err)
	})
	return granted, errors.Join(err, failed)
}

// socketDrops returns how many datagrams the kernel has dropped because the
// buffer was full. The number wraps around.
func socketDrops(conn *net.UDPConn) (drops uint32, ok bool) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, false
	}
	err = raw.Control(func(fd uintptr) {
		// SO_MEMINFO fills an array of 32-bit numbers, of which SK_MEMINFO_DROPS is
		// the ninth (linux/sock_diag.h). TCPInfo is large enough, and its ninth is Lost.
		info, err := unix.GetsockoptTCPInfo(int(fd), unix.SOL_SOCKET, unix.SO_MEMINFO)
		if err == nil {
			drops, ok = info.Lost, true
		}
	})
	return drops, ok && err == nil
}

// hasDatagram reports whether one waits to be read, unless it is empty.
func hasDatagram(conn *net.UDPConn) (has bool) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return false
	}
	err = raw.Control(func(fd uintptr) {
		size, err := unix.IoctlGetInt(int(fd), unix.TIOCINQ) // udp(7), FIONREAD
		has = err == nil && size > 0
	})
	return has && err == nil
}
