// SPDX-License-Identifier: Apache-2.0

package throttler

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-spur/spur/internal/jsondoc"
)

const maxBalances = 10_000 // in one answer

var errAnswer = errors.New("throttler: bad credits")

// balance is what the server gives an operation.
type balance struct {
	operation string
	credits   float64
}

// parse reads {"balances": [{"operation", "balance"}, …]}. One bad entry spoils the
// answer.
func parse(body []byte) ([]balance, error) {
	type entry struct {
		Operation *string  `json:"operation"`
		Balance   *float64 `json:"balance"`
	}
	var doc struct {
		Balances json.RawMessage `json:"balances"`
	}
	if err := jsondoc.Unmarshal(body, maxBytes, &doc); err != nil {
		return nil, fmt.Errorf("%w: %w", errAnswer, err)
	}
	switch list := string(doc.Balances); {
	case list == "" || list == "null":
		return nil, fmt.Errorf("%w: balances is missing", errAnswer)
	case !jsondoc.IsList(doc.Balances):
		return nil, fmt.Errorf("%w: balances is not a list", errAnswer)
	}
	balances := []balance{}
	for i, e := range jsondoc.Elements[entry](doc.Balances) {
		if i == maxBalances {
			return nil, fmt.Errorf("%w: more than %d balances", errAnswer, maxBalances)
		}
		if err := e.Err; err != nil {
			return nil, fmt.Errorf("%w: balances[%d]: %w", errAnswer, i, err)
		}
		switch operation, credits := e.Value.Operation, e.Value.Balance; { // null leaves the entry empty
		case operation == nil:
			return nil, fmt.Errorf("%w: balances[%d].operation is missing", errAnswer, i)
		case credits == nil:
			return nil, fmt.Errorf("%w: balances[%d].balance is missing", errAnswer, i)
		case *credits < 0:
			return nil, fmt.Errorf("%w: balances[%d].balance: %w", errAnswer, i, jsondoc.Quote(fmt.Sprint(*credits), "is negative"))
		default:
			balances = append(balances, balance{*operation, *credits})
		}
	}
	return balances, nil
}
