// SPDX-License-Identifier: Apache-2.0

package faultnet

import (
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Switched is a change of an HTTPPeer's default behaviour.
type Switched struct {
	Time      time.Time
	Behaviour string
}

// Switch sets the default behaviour to one of among (Faults() when there are none)
// now and then every so often (10 s when not positive), until stop is called,
// which waits, or Close, or another Switch. The same seed gives the same choices.
func (p *HTTPPeer) Switch(seed uint64, every time.Duration, among ...Behaviour) (stop func()) {
	among = slices.Clone(among)
	if len(among) == 0 {
		among = Faults()
	}
	if every <= 0 {
		every = 10 * time.Second
	}
	chance := rand.New(rand.NewPCG(seed, seed))
	choose := func() { p.Set(among[chance.IntN(len(among))]) }
	quit, ended := make(chan struct{}), make(chan struct{})
	var once sync.Once
	stop = func() {
		once.Do(func() { close(quit) })
		<-ended
	}
	p.mu.Lock()
	former := p.stopSwitch
	p.stopSwitch = stop
	p.mu.Unlock()
	if former != nil {
		former()
	}
	choose()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.startLocked(func() {
		defer close(ended)
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				choose()
			case <-quit:
				return
			}
		}
	}) {
		close(ended)
	}
	return stop
}

// History returns the changes of the default behaviour, oldest first.
func (p *HTTPPeer) History() []Switched {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.history)
}
