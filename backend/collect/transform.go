// SPDX-License-Identifier: Apache-2.0

package collect

import "go.opentelemetry.io/collector/pdata/ptrace"

// tag adds the collector's tags to the resources of td that have no attribute of
// the same name.
func (c *Collector) tag(td ptrace.Traces) {
	if len(c.config.Tags) == 0 {
		return
	}
	for _, rs := range td.ResourceSpans().All() {
		attrs := rs.Resource().Attributes()
		for key, value := range c.config.Tags {
			if v, there := attrs.GetOrPutEmpty(key); !there {
				v.SetStr(value)
			}
		}
	}
}
