package transcode

import (
	"context"
	"encoding/json"
	"io"

	"rung"
	"rung/transcode/protocol"
)

// Probe finds out what is in a file of size bytes. format is libavformat's demuxer name; empty: the engine finds it out
// among those it allows.
func (e *Engine) Probe(ctx context.Context, r io.ReaderAt, size int64, format string) (rung.MediaInfo, error) {
	var reply protocol.ProbeReply
	if err := e.ask(ctx, protocol.Request{Op: protocol.OpProbe, Format: format}, r, size, nil, &reply); err != nil {
		return rung.MediaInfo{}, err
	}
	if err := checkMedia(reply.Media); err != nil {
		return rung.MediaInfo{}, err
	}
	return reply.Media, nil
}

// Index lists where a file's pictures and sound are: of the streams with libavformat's index video (-1: none) and audio.
func (e *Engine) Index(ctx context.Context, r io.ReaderAt, size int64, format string, video int, audio []int) (protocol.IndexReply, error) {
	var reply protocol.IndexReply
	req := protocol.Request{Op: protocol.OpIndex, Format: format, VideoIndex: video, AudioIndexes: audio}
	if err := e.ask(ctx, req, r, size, nil, &reply); err != nil {
		return protocol.IndexReply{}, err
	}
	if err := checkIndex(reply, len(audio)); err != nil {
		return protocol.IndexReply{}, err
	}
	return reply, nil
}

// Remux writes a file's streams to w as a transport stream, as fast as w takes it. With loop it begins again at the end,
// without a break in the time stamps, until ctx ends: the error then has code canceled. w must return soon after that.
func (e *Engine) Remux(ctx context.Context, r io.ReaderAt, size int64, format string, loop bool, w io.Writer) error {
	var reply protocol.RemuxReply
	return e.ask(ctx, protocol.Request{Op: protocol.OpRemux, Format: format, Loop: loop}, r, size, w, &reply)
}

// Generate writes a synthetic transport stream to w, as fast as w takes it: as many frames as the pattern says, or until
// ctx ends, when the error has code canceled. w must return soon after that.
func (e *Engine) Generate(ctx context.Context, pattern protocol.Pattern, w io.Writer) error {
	var reply protocol.RemuxReply
	return e.ask(ctx, protocol.Request{Op: protocol.OpGenerate, Pattern: &pattern}, nil, 0, w, &reply)
}

// ask runs a request with at most one input (r, if not nil) and one output (w, if not nil) and reads its reply.
func (e *Engine) ask(ctx context.Context, req protocol.Request, r io.ReaderAt, size int64, w io.Writer, reply any) error {
	var (
		inputs []io.ReaderAt
		output func(string, []byte) error
	)
	if r != nil {
		inputs = []io.ReaderAt{r}
		req.Inputs = []protocol.Input{{Size: size}}
	}
	if w != nil {
		output = func(_ string, data []byte) error {
			_, err := w.Write(data)
			return err
		}
	}
	payload, err := e.Do(ctx, req, inputs, output)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(payload, reply); err != nil {
		return rung.Errorf(rung.CodeEngine, "", "engine: its reply to %s: %w", req.Op, err)
	}
	return nil
}
