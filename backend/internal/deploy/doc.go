// SPDX-License-Identifier: Apache-2.0

// Package deploy holds tests of the files in the repository's folder deploy: that
// their settings, ports and metrics are those of the commands. One more starts the
// commands with the environment of a deployment of Jaeger 1.62.
//
// The go command remembers results and does not see changes outside of the module:
// after a change in deploy, run go test with -count=1.
package deploy
