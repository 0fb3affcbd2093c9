// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"github.com/asticode/go-astiav"

	"rung"
	"rung/transcode/protocol"
)

// operation serves one kind of request: it gives the reply that goes into Done, or the error that goes into Failed.
type operation func(rio requestIO, req protocol.Request) (any, error)

// operations are all there are.
var operations = map[protocol.Operation]operation{
	protocol.OpEncode:   replying(encode),
	protocol.OpProbe:    replying(probe),
	protocol.OpIndex:    replying(index),
	protocol.OpRemux:    replying(remux),
	protocol.OpGenerate: replying(generate),
	protocol.OpMeasure:  replying(measure),
}

// replying makes an operation of a function with its own type of reply.
func replying[T any](f func(requestIO, protocol.Request) (T, error)) operation {
	return func(rio requestIO, req protocol.Request) (any, error) { return f(rio, req) }
}

// serve runs the request's operation.
func serve(rio requestIO, req protocol.Request) (any, error) {
	op, ok := operations[req.Op]
	if !ok {
		return nil, rung.Errorf(rung.CodeInvalid, "rung and rung-engine are of different versions: install both from one build",
			"the engine has no operation %q", req.Op)
	}
	level := astiav.LogLevelError
	if req.Op != protocol.OpEncode && req.Op != protocol.OpMeasure {
		// What is read to find out what a source is may begin and end in the middle of anything.
		level = astiav.LogLevelFatal
	}
	astiav.SetLogLevel(level)
	return op(rio, req)
}
