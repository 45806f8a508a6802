// SPDX-License-Identifier: Apache-2.0

package utils

import "time"

const (
	maxJSON      = 16 << 20 // bytes of an answer that ReadJSON reads
	maxErrorText = 4 << 10  // bytes of a failed answer that its error quotes

	httpTimeout   = 30 * time.Second // of GetJSON
	lookupTimeout = 2 * time.Second  // of the lookup in NewAgentClientUDP
)
