package ingest

import (
	"slices"
	"strings"
	"time"

	"rung"
)

// alarms are the conditions of one channel that hold now. Raising and clearing each give one event.
type alarms struct {
	channel, node string
	held          map[string]*rung.Alarm
	publish       func(rung.Event)
}

func newAlarms(channel, node string, publish func(rung.Event)) *alarms {
	return &alarms{channel: channel, node: node, held: map[string]*rung.Alarm{}, publish: publish}
}

// raise notes that the condition holds; again, it is counted.
func (a *alarms) raise(alarm rung.Alarm, now time.Time) {
	if old := a.held[alarm.Code]; old != nil {
		old.Count++
		old.Message, old.Hint = alarm.Message, alarm.Hint
		return
	}
	alarm.Since, alarm.Count = now, 1
	a.held[alarm.Code] = &alarm
	a.publish(rung.Event{Time: now.UTC(), Type: "channel.alarm", Severity: alarm.Severity, Channel: a.channel, Node: a.node,
		Code: alarm.Code, Message: alarm.Message})
}

// clear notes that the condition is over, if it held.
func (a *alarms) clear(code string, now time.Time) {
	old := a.held[code]
	if old == nil {
		return
	}
	delete(a.held, code)
	a.publish(rung.Event{Time: now.UTC(), Type: "channel.alarm_cleared", Severity: rung.Info, Channel: a.channel, Node: a.node,
		Code: code, Message: "cleared: " + old.Message, Duration: rung.Duration(now.Sub(old.Since))})
}

// set raises or clears.
func (a *alarms) set(holds bool, alarm rung.Alarm, now time.Time) {
	if holds {
		a.raise(alarm, now)
	} else {
		a.clear(alarm.Code, now)
	}
}

// list is what holds, by code.
func (a *alarms) list() []rung.Alarm {
	var l []rung.Alarm
	for _, v := range a.held {
		c := *v
		c.Since = c.Since.UTC()
		l = append(l, c)
	}
	slices.SortFunc(l, func(x, y rung.Alarm) int { return strings.Compare(x.Code, y.Code) })
	return l
}
