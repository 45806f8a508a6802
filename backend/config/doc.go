// SPDX-License-Identifier: Apache-2.0

// Package config reads the settings of the backend's commands: flags, environment
// variables and a YAML file, which one table of options describes. Where they
// disagree a flag wins over a variable, and a variable over the file.
//
// Names are those of Jaeger 1.62 where the thing is the same: the flag
// --collector.queue-size is the variable COLLECTOR_QUEUE_SIZE and in the file
//
//	collector:
//	  queue-size: 1000
package config
