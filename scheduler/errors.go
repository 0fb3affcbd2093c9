package scheduler

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"rung"
)

// JetStream's error codes that nats.go has no names for (nats-server, errors.json).
const (
	errCodeNoPeers           jetstream.ErrorCode = 10005 // no suitable peers for placement
	errCodeNoResources       jetstream.ErrorCode = 10023 // insufficient resources
	errCodeMaxConsumers      jetstream.ErrorCode = 10026
	errCodeMemoryExceeded    jetstream.ErrorCode = 10028
	errCodeStorageExceeded   jetstream.ErrorCode = 10047
	errCodeStreamConfig      jetstream.ErrorCode = 10052
	errCodeWrongLastMsgID    jetstream.ErrorCode = 10070
	errCodeReplicas          jetstream.ErrorCode = 10074 // more than one, of a single server
	errCodeStreamStoreFailed jetstream.ErrorCode = 10077
)

// fault is one row of the table that says whose fault a NATS error is.
type fault struct {
	code   rung.Code
	reason string
	hint   string
	errs   []error
	api    []jetstream.ErrorCode
}

var faults = []fault{
	{code: rung.CodeCanceled, reason: "stopped on request", errs: []error{context.Canceled}},
	{
		code: rung.CodeUnauthorized, reason: "NATS refused the credentials", hint: "check the credentials file, the user and password, or the token",
		errs: []error{nats.ErrAuthorization, nats.ErrAuthExpired, nats.ErrAuthRevoked, nats.ErrPermissionViolation},
	},
	{
		code: rung.CodeUnsupported, reason: "JetStream is not enabled", hint: "enable JetStream on the NATS server, and for the account",
		errs: []error{jetstream.ErrJetStreamNotEnabled, jetstream.ErrJetStreamNotEnabledForAccount},
	},
	{
		code: rung.CodeNotFound, reason: "it does not exist",
		errs: []error{jetstream.ErrKeyNotFound, jetstream.ErrKeyDeleted, jetstream.ErrStreamNotFound, jetstream.ErrMsgNotFound},
	},
	{
		code: rung.CodeConflict, reason: "it is there already, or another has changed it", hint: "read it again and decide anew",
		errs: []error{jetstream.ErrKeyExists, jetstream.ErrKeyRevisionMismatch},
		api:  []jetstream.ErrorCode{jetstream.JSErrCodeStreamWrongLastSequence, jetstream.JSErrCodeStreamWrongLastSequenceConstant},
	},
	{
		code: rung.CodeInvalid, reason: "its key is not valid", hint: "use letters, digits, '-', '_', '/', '=' and '.'",
		errs: []error{jetstream.ErrInvalidKey},
	},
	{
		code: rung.CodeInvalid, reason: "its message is too long", hint: "the queue's limit is usually 1 MiB",
		errs: []error{nats.ErrMaxPayload}, api: []jetstream.ErrorCode{jetstream.JSErrCodeStreamMessageExceedsMaximum},
	},
	{
		code: rung.CodeFull, reason: "the queue's storage is used up", hint: "free disk space at the NATS server, or raise its limit",
		api: []jetstream.ErrorCode{errCodeNoResources, errCodeMemoryExceeded, errCodeStorageExceeded, errCodeStreamStoreFailed},
	},
	{
		code: rung.CodeInvalid, reason: "a single server keeps no replicas", hint: "use 1 replica, or a cluster of 3 servers",
		api: []jetstream.ErrorCode{errCodeReplicas},
	},
	{
		code: rung.CodeUnavailable, reason: "its cluster has too few servers for as many replicas", hint: "start the servers that are missing, or use fewer replicas",
		api: []jetstream.ErrorCode{errCodeNoPeers},
	},
	{
		code: rung.CodeUnavailable, reason: "NATS does not answer", hint: "check that NATS runs and can be reached",
		errs: []error{
			context.DeadlineExceeded, nats.ErrTimeout, nats.ErrNoServers, nats.ErrNoResponders, nats.ErrDisconnected,
			nats.ErrConnectionClosed, nats.ErrConnectionReconnecting, nats.ErrReconnectBufExceeded, nats.ErrStaleConnection,
			jetstream.ErrNoStreamResponse, jetstream.ErrServerShutdown, jetstream.ErrConsumerLeadershipChanged,
			jetstream.ErrConnectionClosed, jetstream.ErrNoHeartbeat, jetstream.ErrConsumerDeleted,
		},
	},
}

// fail turns a NATS error into one of the platform's, about what was being done ("put channels/news"). One that is the
// platform's already, and nil, pass as they are.
func fail(err error, format string, args ...any) error {
	var known *rung.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	f := faultOf(err)
	return &rung.Error{Code: f.code, Message: fmt.Sprintf("queue: %s: %s", fmt.Sprintf(format, args...), f.reason), Hint: f.hint, Err: err}
}

func faultOf(err error) fault {
	var api *jetstream.APIError
	hasAPI := errors.As(err, &api)
	for _, f := range faults {
		for _, e := range f.errs {
			if errors.Is(err, e) {
				return f
			}
		}
		for _, c := range f.api {
			if hasAPI && api.ErrorCode == c {
				return f
			}
		}
	}
	if hasAPI && api.Code == 503 { // a leader is being elected, or the server is starting
		return fault{code: rung.CodeUnavailable, reason: "NATS is not ready", hint: "it is usually a matter of seconds"}
	}
	return fault{code: rung.CodeInternal, reason: "NATS refused it", hint: "the log has the details"}
}

// isAway reports whether err says that NATS cannot be reached or is not ready, so that the same may succeed later.
func isAway(err error) bool {
	return err != nil && (rung.CodeOf(err) == rung.CodeUnavailable || faultOf(err).code == rung.CodeUnavailable)
}
