package bench

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"rung"
	"rung/transcode/protocol"
)

// instantBytes is the size of the segments that an instant engine gives.
const instantBytes = 4096

// InstantEngine is an engine's side of transcode/protocol that answers each encode at once: with segments of the right
// names and no media, without a look at the source. It serves until in ends.
func InstantEngine(in io.Reader, out io.Writer) error {
	conn := protocol.NewConn(in, out)
	if err := conn.WriteJSON(protocol.MsgReady, protocol.Ready{Version: protocol.Version, PID: os.Getpid(), Versions: map[string]string{"engine": "instant"}}); err != nil {
		return err
	}
	for {
		t, payload, err := conn.Read()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case t != protocol.MsgRequest:
			return fmt.Errorf("instant engine: message %d in place of a request", t)
		}
		var req protocol.Request
		if err := json.Unmarshal(payload, &req); err != nil {
			return fmt.Errorf("instant engine: request: %w", err)
		}
		if err := answerAtOnce(conn, req); err != nil {
			return err
		}
	}
}

// answerAtOnce ends one request.
func answerAtOnce(conn *protocol.Conn, req protocol.Request) error {
	if req.Op != protocol.OpEncode || req.Task == nil {
		return conn.WriteJSON(protocol.MsgFailed, rung.Errorf(rung.CodeUnsupported, "", "the instant engine does not %s", req.Op))
	}
	var reply protocol.EncodeReply
	for _, v := range req.Task.Ladder.Video {
		reply.Tracks = append(reply.Tracks, protocol.EncodedTrack{ID: v.ID, Type: "video", Frames: req.Task.Interval.Frames, Codecs: "avc1.640028", Width: v.Width, Height: v.Height})
	}
	for _, a := range req.Task.Ladder.Audio {
		reply.Tracks = append(reply.Tracks, protocol.EncodedTrack{ID: a.ID, Type: "audio", Frames: req.Task.Interval.Frames, Codecs: "mp4a.40.2"})
	}
	media := make([]byte, instantBytes)
	for _, t := range reply.Tracks {
		if err := conn.WriteOutput(t.ID+"/init", []byte("init segment of "+t.ID)); err != nil {
			return err
		}
		if err := conn.WriteOutput(t.ID+"/media", media); err != nil {
			return err
		}
	}
	return conn.WriteJSON(protocol.MsgDone, reply)
}
