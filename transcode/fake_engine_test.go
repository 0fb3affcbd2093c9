package transcode

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"rung"
	"rung/transcode/protocol"
)

// The test binary is its own engine child: with fakeEnv set it speaks the protocol instead of running tests, and with
// parentEnv set it is a parent of such a child.
const (
	fakeEnv   = "RUNG_TEST_ENGINE"
	parentEnv = "RUNG_TEST_PARENT"
)

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(fakeEnv) != "":
		os.Exit(fakeEngine(os.Getenv(fakeEnv)))
	case os.Getenv(parentEnv) != "":
		fakeParent()
	default:
		goleak.VerifyTestMain(m)
	}
}

// fakeOptions run this binary as the engine; greeting says how it begins ("ready" is well).
func fakeOptions(t *testing.T, greeting string) EngineOptions {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// The race detector takes terabytes of address space, and would have the child sleep for a second before it exits.
	return EngineOptions{Path: self, MemoryLimit: -1, Env: []string{fakeEnv + "=" + greeting, "GORACE=atexit_sleep_ms=0"}}
}

// fakeEngine is the child's main.
func fakeEngine(greeting string) int {
	conn := protocol.NewConn(os.Stdin, os.Stdout)
	ready := protocol.Ready{Version: protocol.Version, PID: os.Getpid(), Versions: map[string]string{"env": strings.Join(os.Environ(), " ")}}
	switch greeting {
	case "mute":
		hang()
	case "noise":
		fmt.Println("usage: not an engine at all")
		hang()
	case "exit":
		fmt.Fprintln(os.Stderr, "cannot find my libraries")
		return 127
	case "future":
		ready.Version = protocol.Version + 1
	case "flood":
		for i := range 5000 {
			fmt.Fprintln(os.Stderr, "line", i, strings.Repeat("x", i))
		}
	}
	if conn.WriteJSON(protocol.MsgReady, ready) != nil {
		return 1
	}
	for {
		t, payload, err := conn.Read()
		if err != nil {
			return 0
		}
		var req protocol.Request
		if t != protocol.MsgRequest || json.Unmarshal(payload, &req) != nil {
			return 2
		}
		if err := serveFake(conn, req); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 3
		}
	}
}

// hang never returns, whatever becomes of the pipes.
func hang() {
	r, _, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	_, _ = io.ReadFull(r, make([]byte, 1))
}

// serveFake behaves as the request's format says, or its task's session.
func serveFake(conn *protocol.Conn, req protocol.Request) error {
	behaviour := req.Format
	if req.Task != nil {
		behaviour = req.Task.ID.Session
	}
	switch behaviour {
	case "exit":
		return fmt.Errorf("panic: fell over")
	case "crash":
		_ = syscall.Kill(os.Getpid(), syscall.SIGSEGV)
		hang()
	case "hang":
		fmt.Fprintln(os.Stderr, "now hanging")
		if err := conn.WriteOutput("pid", []byte(strconv.Itoa(os.Getpid()))); err != nil {
			return err
		}
		hang()
	case "noise":
		fmt.Println("[h264 @ 0x1] a message that belongs on the other pipe")
		hang()
	case "mute":
		_ = os.Stdout.Close()
		hang()
	case "greedy":
		return conn.WriteRead(protocol.ReadRequest{Input: 7, Length: 1})
	case "badreply":
		return conn.Write(protocol.MsgDone, []byte("{"))
	case "bad":
		return conn.WriteJSON(protocol.MsgFailed, rung.Errorf(rung.CodeBadInput, "look at it", "no picture can be decoded"))
	case "endless":
		for conn.WriteOutput("ts", make([]byte, 188)) == nil {
		}
		return nil
	}
	return answerFake(conn, req)
}

// answerFake does what was asked for, without media.
func answerFake(conn *protocol.Conn, req protocol.Request) error {
	inputs := make([][]byte, len(req.Inputs))
	for i, in := range req.Inputs {
		data, cause, err := readFake(conn, i, in.Size)
		if err != nil {
			return err
		}
		if cause != nil {
			return conn.WriteJSON(protocol.MsgFailed, cause)
		}
		inputs[i] = data
	}
	switch req.Op {
	case protocol.OpProbe:
		return conn.WriteJSON(protocol.MsgDone, protocol.ProbeReply{Media: rung.MediaInfo{Format: req.Format, Size: int64(len(inputs[0]))}})
	case protocol.OpIndex:
		return conn.WriteJSON(protocol.MsgDone, protocol.IndexReply{Video: []protocol.VideoPacket{{PTS: int64(req.VideoIndex), Key: true}},
			Audio: make([]protocol.AudioSpan, len(req.AudioIndexes))})
	case protocol.OpRemux:
		if err := conn.WriteOutput("ts", inputs[0]); err != nil {
			return err
		}
		return conn.WriteJSON(protocol.MsgDone, protocol.RemuxReply{Bytes: int64(len(inputs[0]))})
	case protocol.OpEncode:
		return encodeFake(conn, *req.Task, inputs)
	case protocol.OpMeasure:
		return conn.WriteJSON(protocol.MsgDone, measureFake(req, inputs))
	}
	return fmt.Errorf("no such operation %q", req.Op)
}

// readFake reads a whole input piece by piece.
func readFake(conn *protocol.Conn, input int, size int64) (data []byte, cause *rung.Error, err error) {
	for int64(len(data)) < size {
		if err := conn.WriteRead(protocol.ReadRequest{Input: uint16(input), Offset: int64(len(data)), Length: 3 << 20}); err != nil {
			return nil, nil, err
		}
		t, payload, err := conn.Read()
		switch {
		case err != nil:
			return nil, nil, err
		case t == protocol.MsgDataError:
			return nil, cause, json.Unmarshal(payload, &cause)
		case t != protocol.MsgData || len(payload) == 0:
			return nil, nil, fmt.Errorf("message %d of %d bytes answers a read", t, len(payload))
		}
		data = append(data, payload...)
	}
	return data, nil, nil
}

// encodeFake gives each rendition an init segment and, as media, its source's hash with the task as it arrived.
func encodeFake(conn *protocol.Conn, task rung.Task, inputs [][]byte) error {
	var reply protocol.EncodeReply
	for _, id := range renditionIDs(task.Ladder) {
		if task.ID.Session == "forgetful" {
			break
		}
		places := ""
		for _, p := range task.Parts {
			if p.Object != nil {
				places += p.Object.URL
			}
		}
		media := fmt.Sprintf("%s %x %q %q", id, sha256.Sum256(bytes.Join(inputs, nil)), task.Store, places)
		if err := conn.WriteOutput(id+"/init", []byte("init of "+id)); err != nil {
			return err
		}
		if err := conn.WriteOutput(id+"/media", []byte(media)); err != nil {
			return err
		}
		reply.Tracks = append(reply.Tracks, protocol.EncodedTrack{ID: id, Frames: task.Interval.Frames, Codecs: "codec." + id, Width: 16, Height: 9})
	}
	reply.Stats.Decoded = 42
	return conn.WriteJSON(protocol.MsgDone, reply)
}

// measureFake says of each rendition how long its stream is, and where its task's source would lie.
func measureFake(req protocol.Request, inputs [][]byte) protocol.MeasureReply {
	var reply protocol.MeasureReply
	for i, v := range req.Task.Ladder.Video {
		reply.Renditions = append(reply.Renditions, protocol.MeasuredRendition{ID: v.ID + " of " + req.Task.Parts[0].Object.URL + " as " + req.Format,
			Width: len(inputs[len(req.Task.Parts)+i])})
	}
	return reply
}

// fakeParent starts an engine that does not end by itself, says its process id and waits to be killed.
func fakeParent() {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	e, err := NewEngine(EngineOptions{Path: self, Env: []string{fakeEnv + "=ready"}})
	if err != nil {
		panic(err)
	}
	out := bufio.NewWriter(os.Stdout)
	_, err = e.Do(context.Background(), protocol.Request{Op: protocol.OpRemux, Format: "hang"}, nil, func(_ string, data []byte) error {
		fmt.Fprintf(out, "%s\n", data)
		return out.Flush()
	})
	panic(err)
}
