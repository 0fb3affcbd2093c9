package faultsender

import (
	"context"
	"fmt"
	"io"
	"time"
)

// Send writes the packets at their times, each in one write. It returns the context's error when that ends first.
func (s Stream) Send(ctx context.Context, w io.Writer) error {
	begin := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for _, p := range s {
		if wait := time.Until(begin.Add(p.At)); wait > 0 {
			timer.Reset(wait)
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-timer.C:
			}
		}
		if _, err := w.Write(p.Bytes); err != nil {
			return fmt.Errorf("sending: %w", err)
		}
	}
	return nil
}
