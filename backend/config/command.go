// SPDX-License-Identifier: Apache-2.0

package config

import "strings"

// Command is one of the backend's programs. Each knows the settings of the
// components in it.
type Command int

// The commands. As a set, several are joined by |.
const (
	AllInOne     Command = 1 << iota // everything in one process
	Collector                        // receives spans and stores them
	Query                            // the pages and the API, over what collectors stored
	Agent                            // receives spans on the senders' machine and sends them to collectors
	Ingester                         // stores the spans that collectors gave to Kafka
	Dependencies                     // a job: computes who called whom on a day
)

// Sets of commands, by what they do.
const (
	everyone = serves | Dependencies
	serves   = AllInOne | Collector | Query | Agent | Ingester
	stores   = disks | Dependencies                    // have the store that the settings name
	disks    = AllInOne | Collector | Query | Ingester // also one on disk
	collects = AllInOne | Collector
	writes   = collects | Ingester
	queries  = AllInOne | Query
	nearby   = AllInOne | Agent // are on the machine of the programs that send spans
	takes    = collects | nearby
)

var commands = []struct {
	command Command
	name    string
	purpose string
}{
	{AllInOne, "all-in-one", "Receives, stores and searches traces."},
	{Collector, "collector", "Receives traces and stores them."},
	{Query, "query", "Searches and shows the traces that collectors store."},
	{Agent, "agent", "Receives spans from the programs on its machine, and sends them to collectors."},
	{Ingester, "ingester", "Reads traces from Kafka and stores them."},
	{Dependencies, "dependencies", "Computes which services called which on a day, stores that, and ends."},
}

// String returns the name of the command, or of those in the set.
func (c Command) String() string {
	var names []string
	for _, each := range commands {
		if c&each.command != 0 {
			names = append(names, each.name)
		}
	}
	return strings.Join(names, ", ")
}

func (c Command) purpose() string {
	for _, each := range commands {
		if c == each.command {
			return each.purpose
		}
	}
	return ""
}

// Collects reports whether the command receives spans over the network.
func (c Command) Collects() bool { return c&collects != 0 }

// Writes reports whether the command stores spans.
func (c Command) Writes() bool { return c&(takes|writes) != 0 }

// Takes reports whether the command receives spans, from wherever.
func (c Command) Takes() bool { return c&takes != 0 }

// Queries reports whether the command answers who looks at traces.
func (c Command) Queries() bool { return c&queries != 0 }

// Nearby reports whether the command is asked by programs on its machine: by UDP,
// and how to sample.
func (c Command) Nearby() bool { return c&nearby != 0 }
