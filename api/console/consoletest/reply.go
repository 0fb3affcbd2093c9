package consoletest

import "encoding/json"

// reply is what came back for a command.
type reply struct {
	result json.RawMessage
	err    error
}
