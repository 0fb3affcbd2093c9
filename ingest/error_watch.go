package ingest

import (
	"errors"
	"fmt"
	"time"

	"rung"
)

// errorWatch turns a source's counters into alarms.
type errorWatch struct {
	loss lossMeter

	continuity, rtpLost, doubled, reordered, transport, sync, tables, dropped counter
}

// counter is a figure that rises, and begins again with each session or receiver.
type counter struct{ value int64 }

// grown takes the figure's value and gives by how much it has risen.
func (c *counter) grown(value int64) int64 {
	n := value - c.value
	c.value = value
	return max(n, 0)
}

// check takes the figures as they are now.
func (w *errorWatch) check(a *alarms, f rung.SourceFigures, windowError error, now time.Time) {
	w.loss.note(f.Packets, f.PacketsLost, now)
	note := func(n int64, code string, severity rung.Severity, hint, format string, args ...any) {
		if n > 0 {
			a.note(rung.Alarm{Code: code, Severity: severity, Message: fmt.Sprintf(format, args...), Hint: hint}, n, now)
		}
	}
	note(w.continuity.grown(f.ContinuityErrors)+w.rtpLost.grown(f.RTPLost), rung.AlarmPacketLoss, rung.Warning,
		"check the network and the sender", "%s; since the start %d continuity errors, %d RTP packets lost", &w.loss, f.ContinuityErrors, f.RTPLost)
	note(w.doubled.grown(f.UDPDuplicates+f.RTPDuplicates), rung.AlarmPacketsDoubled, rung.Info,
		"check the network for a loop or a second sender", "datagrams come twice: %d so far, of which the second is left out", f.UDPDuplicates+f.RTPDuplicates)
	note(w.reordered.grown(f.RTPReordered), rung.AlarmPacketsReordered, rung.Info,
		"nothing, unless packets are lost as well: then raise source.latency", "RTP packets come out of order: %d so far", f.RTPReordered)
	note(w.transport.grown(f.TransportErrors), rung.AlarmTransportErrors, rung.Warning,
		"check reception at the sender", "%d packets so far are marked as damaged by the sender", f.TransportErrors)
	note(w.sync.grown(f.SyncLosses), rung.AlarmSyncLoss, rung.Warning,
		"check that nothing else is sent to this address", "packets were followed by something else %d times so far", f.SyncLosses)
	note(w.tables.grown(f.PATMissing+f.PMTMissing), rung.AlarmTablesMissing, rung.Warning,
		"have the multiplexer send PAT and PMT at least each 0.5 s", "no PAT for over 0.5 s %d times so far, no PMT %d times", f.PATMissing, f.PMTMissing)
	if n := w.dropped.grown(f.Dropped); n > 0 {
		note(n, rung.AlarmDropped, rung.Major, "check the message queue's disk and network", "%s", droppedMessage(f.Dropped, windowError))
	}
}

// droppedMessage says what was dropped, with the window's own word where it has one that is safe to show.
func droppedMessage(packets int64, windowError error) string {
	message := fmt.Sprintf("%d packets dropped: the source window is not written fast enough", packets)
	var e *rung.Error
	if errors.As(windowError, &e) {
		message += ": " + e.Message
	}
	return message
}
