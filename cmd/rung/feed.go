package main

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"rung"
	"rung/ingest"
	"rung/internal/objects"
	"rung/transcode"
)

// engines starts an engine child for each piece of work that is not a segment: probing, indexing, remuxing a file into
// a stream, drawing a test picture. Each has its own child, so none waits for another and hostile input ends one.
type engines struct {
	path   string
	logger *slog.Logger
	open   func(ctx context.Context, url string) (objects.Object, error)
}

// with runs work on an engine of its own.
func (e *engines) with(work func(*transcode.Engine) error) error {
	engine, err := transcode.NewEngine(transcode.EngineOptions{Path: e.path, Logger: e.logger})
	if err != nil {
		return err
	}
	return errors.Join(work(engine), engine.Close())
}

// Probe implements ingest.Prober.
func (e *engines) Probe(ctx context.Context, r io.ReaderAt, size int64, format string) (m rung.MediaInfo, err error) {
	err = e.with(func(engine *transcode.Engine) error {
		m, err = engine.Probe(ctx, r, size, format)
		return err
	})
	return m, err
}

// Index implements ingest.Prober.
func (e *engines) Index(ctx context.Context, r io.ReaderAt, size int64, format string, video int, audio []int) (ingest.Index, error) {
	var index ingest.Index
	err := e.with(func(engine *transcode.Engine) error {
		reply, err := engine.Index(ctx, r, size, format, video, audio)
		if err != nil {
			return err
		}
		for _, p := range reply.Video {
			index.Video = append(index.Video, ingest.IndexedPicture{PTS: p.PTS, DTS: p.DTS, Key: p.Key})
		}
		for _, a := range reply.Audio {
			index.Audio = append(index.Audio, ingest.Span{First: a.First, End: a.End, Stamps: a.Stamps, Shortest: a.Shortest, Longest: a.Longest})
		}
		return nil
	})
	return index, err
}

// probeURL looks into a file by its URL.
func (e *engines) probeURL(ctx context.Context, url string) (rung.MediaInfo, error) {
	object, err := e.open(ctx, url)
	if err != nil {
		return rung.MediaInfo{}, err
	}
	defer object.Close()
	return e.Probe(ctx, object, object.Size(), "")
}

// Remux implements receive.Feed: a file that is no transport stream, as one.
func (e *engines) Remux(ctx context.Context, url string, loop bool, w io.Writer) error {
	object, err := e.open(ctx, url)
	if err != nil {
		return err
	}
	defer object.Close()
	return e.with(func(engine *transcode.Engine) error {
		return engine.Remux(ctx, object, object.Size(), "", loop, w)
	})
}

// Generate implements receive.Feed: the picture of a test: URL.
func (e *engines) Generate(ctx context.Context, url string, w io.Writer) error {
	pattern, err := transcode.ParsePattern(url)
	if err != nil {
		return err
	}
	return e.with(func(engine *transcode.Engine) error { return engine.Generate(ctx, pattern, w) })
}

// versions asks an engine for its versions.
func (e *engines) versions(ctx context.Context) (versions map[string]string, err error) {
	err = e.with(func(engine *transcode.Engine) error {
		ready, err := engine.Start(ctx)
		versions = ready.Versions
		return err
	})
	return versions, err
}
