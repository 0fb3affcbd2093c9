package ingest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"rung"
)

// alarms are what is wrong with one channel now: conditions that hold, and what happened within the last rung.AlarmHold.
// Each gives an event when it begins and one when it is over.
type alarms struct {
	channel, node string
	held          map[string]*heldAlarm
	publish       func(rung.Event)
	changed       bool // one has begun or ended since the last list
}

// heldAlarm is an alarm, and whether it is over by itself rung.AlarmHold after it was seen last.
type heldAlarm struct {
	rung.Alarm
	fades bool
}

func newAlarms(channel, node string, publish func(rung.Event)) *alarms {
	return &alarms{channel: channel, node: node, held: map[string]*heldAlarm{}, publish: publish}
}

// raise notes that a condition holds. It lasts until it is cleared.
func (a *alarms) raise(alarm rung.Alarm, now time.Time) { a.see(alarm, 0, false, now) }

// note notes that something has happened n times since it was noted last.
func (a *alarms) note(alarm rung.Alarm, n int64, now time.Time) { a.see(alarm, n, true, now) }

func (a *alarms) see(alarm rung.Alarm, n int64, fades bool, now time.Time) {
	old := a.held[alarm.Code]
	if old == nil {
		alarm.Since, alarm.Last, alarm.Count = now, now, max(n, 1)
		a.held[alarm.Code] = &heldAlarm{alarm, fades}
		a.changed = true
		a.publish(rung.Event{Time: now.UTC(), Type: "channel.alarm", Severity: alarm.Severity, Channel: a.channel, Node: a.node,
			Code: alarm.Code, Message: alarm.Message})
		return
	}
	old.Severity, old.Message, old.Hint, old.Last = alarm.Severity, alarm.Message, alarm.Hint, now
	old.Count += n
}

// clear notes that a condition is over, if it held.
func (a *alarms) clear(code string, now time.Time) {
	if old := a.held[code]; old != nil {
		a.end(old, now, now)
	}
}

// set raises or clears. alarm makes what is raised, without its code: it is asked only where the condition holds.
func (a *alarms) set(holds bool, code string, now time.Time, alarm func() rung.Alarm) {
	if !holds {
		a.clear(code, now)
		return
	}
	made := alarm()
	made.Code = code
	a.raise(made, now)
}

// fade ends what has not happened again for rung.AlarmHold.
func (a *alarms) fade(now time.Time) {
	over := func(h *heldAlarm) bool { return h.fades && now.Sub(h.Last) >= rung.AlarmHold }
	for _, h := range a.held {
		if !over(h) {
			continue
		}
		for _, h := range a.byCode() { // several end in the order of their codes
			if over(h) {
				a.end(h, h.Last, now)
			}
		}
		return
	}
}

// end publishes that an alarm, which lasted until over, is one no longer.
func (a *alarms) end(h *heldAlarm, over, now time.Time) {
	delete(a.held, h.Code)
	a.changed = true
	lasted := over.Sub(h.Since)
	message := fmt.Sprintf("over after %v: %s", lasted.Round(time.Millisecond), h.Message)
	if h.fades && h.Count > 1 {
		message = fmt.Sprintf("over, %d times in %v, last: %s", h.Count, lasted.Round(time.Millisecond), h.Message)
	}
	a.publish(rung.Event{Time: now.UTC(), Type: "channel.alarm_cleared", Severity: rung.Info, Channel: a.channel, Node: a.node,
		Code: h.Code, Message: message, Since: h.Since.UTC(), Duration: rung.Duration(lasted)})
}

func (a *alarms) byCode() []*heldAlarm {
	var l []*heldAlarm
	for _, v := range a.held {
		l = append(l, v)
	}
	slices.SortFunc(l, func(x, y *heldAlarm) int { return strings.Compare(x.Code, y.Code) })
	return l
}

// list is what holds, by code.
func (a *alarms) list() []rung.Alarm {
	a.changed = false
	var l []rung.Alarm
	for _, h := range a.byCode() {
		c := h.Alarm
		c.Since, c.Last = c.Since.UTC(), c.Last.UTC()
		l = append(l, c)
	}
	return l
}
