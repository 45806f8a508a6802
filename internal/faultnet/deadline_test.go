// SPDX-License-Identifier: Apache-2.0

package faultnet

import (
	"testing"
	"time"
)

// A timer that has fired while its deadline is put off must not end the new one.
func TestLateTimer(t *testing.T) {
	a, _ := memoryConns(t)
	c := a.(*Conn)
	c.link.mu.Lock()
	c.readDue.set(time.Now().Add(time.Millisecond), c.link)
	<-time.After(soon) // it fires, and waits for the lock
	c.readDue.set(time.Now().Add(ample), c.link)
	c.link.mu.Unlock()
	<-time.After(soon)
	c.link.mu.Lock()
	defer c.link.mu.Unlock()
	if c.readDue.expired {
		t.Error("the deadline that was put off counts")
	}
}
