package receive

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"time"

	"rung"
	"rung/internal/mpegts"
)

// errNoPCR is for streams that cannot be given out at their own pace.
var errNoPCR = rung.Errorf(rung.CodeUnsupported, "remultiplex it: ffmpeg -i FILE -c copy -f mpegts OUT.ts",
	"the transport stream has no PCR: more than %d bytes came without", pacerUnpaced)

// fileReceiver plays a file at its own pace, once or over and over without a break in its time stamps.
type fileReceiver struct {
	counters
	path    string
	url     string
	loop    bool
	program mpegts.AnalyserOptions // whose pictures a loop is measured by
	options Options
}

// newFile reads file:/path, file:///path and file:relative/path.
func newFile(u *url.URL, src rung.Source, o Options) (Receiver, error) {
	path := u.Path
	if path == "" {
		var err error
		if path, err = url.PathUnescape(u.Opaque); err != nil {
			path = u.Opaque
		}
	}
	if path == "" || u.Host != "" && u.Host != "localhost" {
		return nil, rung.Errorf(rung.CodeInvalid, "write file:/folder/name.ts", "source.url %q names no file of this machine", src.URL)
	}
	return &fileReceiver{
		path: path, url: src.URL, loop: src.Loop, options: o,
		program: mpegts.AnalyserOptions{Program: src.Program, Service: src.Service, Audio: src.Audio},
	}, nil
}

// Run implements Receiver.
func (r *fileReceiver) Run(ctx context.Context, sink func([]byte, time.Time)) error {
	defer r.disconnected()
	f, err := os.Open(r.path)
	if err != nil {
		return r.openError(err)
	}
	defer f.Close()
	native, err := isTransportStream(f)
	if err != nil {
		return rung.Errorf(rung.CodeBadInput, "check the file and its disk", "file %q cannot be read: %w", r.path, err)
	}
	p := &pacer{clock: r.options.Clock, out: r.counted(sink)}
	r.options.Logger.Info("playing file", slog.String("path", r.path), slog.Bool("loop", r.loop), slog.Bool("remux", !native))
	if native {
		return r.play(ctx, f, p)
	}
	if r.options.Feed == nil {
		return rung.Errorf(rung.CodeUnsupported, "install rung-engine beside rung, or give a transport stream",
			"file %q is not a transport stream, and there is no engine to read it", r.path)
	}
	w := &pacedWriter{ctx: ctx, pacer: p, counters: &r.counters}
	return w.end(ctx, r.options.Feed.Remux(ctx, r.url, r.loop, w))
}

// Figures implements Receiver.
func (r *fileReceiver) Figures() rung.SourceFigures { return r.counters.read(time.Time{}, 0) }

func (r *fileReceiver) openError(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return rung.Errorf(rung.CodeInvalid, "the path is one of the machine that ingests", "source.url: there is no file %q", r.path)
	case errors.Is(err, fs.ErrPermission):
		return rung.Errorf(rung.CodeInvalid, "let the user that runs rung read it", "source.url: file %q may not be read", r.path)
	}
	return rung.Errorf(rung.CodeUnavailable, "check the file and its disk", "source.url: file %q cannot be opened: %w", r.path, err)
}

// sniffLength is how much of a file tells what it is.
const sniffLength = 256 << 10

// isTransportStream looks for packets at the beginning of a file, and goes back there.
func isTransportStream(f io.ReadSeeker) (bool, error) {
	head, err := io.ReadAll(io.LimitReader(f, sniffLength))
	if err != nil {
		return false, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return false, err
	}
	var a mpegts.Aligner
	found := 0
	a.Write(head, func(packets []byte) { found += len(packets) })
	return found > len(head)/2, nil
}

// play gives a transport stream out, over and over if it is looped.
func (r *fileReceiver) play(ctx context.Context, f io.ReadSeeker, p *pacer) error {
	l := &looper{}
	if r.loop {
		if err := l.measure(f, r.program); err != nil {
			return err
		}
	}
	for {
		if err := r.pass(ctx, f, p, l); err != nil || !r.loop {
			return err
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return rung.Errorf(rung.CodeBadInput, "check the file and its disk", "file %q cannot be read again: %w", r.path, err)
		}
		l.again()
	}
}

// pass gives the file out once.
func (r *fileReceiver) pass(ctx context.Context, f io.Reader, p *pacer, l *looper) error {
	var aligner mpegts.Aligner
	buf := make([]byte, readSize)
	for {
		n, err := f.Read(buf)
		var failed error
		aligner.Write(buf[:n], func(packets []byte) {
			if r.loop {
				packets = l.rewrite(packets)
			}
			if failed == nil {
				failed = p.write(ctx, packets)
			}
		})
		r.syncLosses(aligner.SyncLosses())
		switch {
		case failed != nil:
			return failed
		case err == io.EOF:
			return nil
		case err != nil:
			return rung.Errorf(rung.CodeBadInput, "check the file and its disk", "file %q cannot be read: %w", r.path, err)
		}
	}
}
