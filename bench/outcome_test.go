package bench

import (
	"strings"
	"testing"
	"time"
)

// segmentsOf makes a run's segments, one each second, by their latencies; below zero is one that was never listed.
func segmentsOf(latencies ...time.Duration) []segmentTime {
	var all []segmentTime
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i, l := range latencies {
		s := segmentTime{due: start.Add(time.Duration(i) * time.Second), length: 4 * time.Second}
		s.deadline = s.due.Add(12 * time.Second)
		if l >= 0 {
			s.listed = s.due.Add(l)
		}
		all = append(all, s)
	}
	return all
}

func steady(n int, l time.Duration) []time.Duration {
	all := make([]time.Duration, n)
	for i := range all {
		all[i] = l + time.Duration(i%5)*50*time.Millisecond
	}
	return all
}

func TestOutcome(t *testing.T) {
	rising := make([]time.Duration, 60)
	for i := range rising {
		rising[i] = time.Second + time.Duration(i)*100*time.Millisecond // 10% too slow
	}
	for _, test := range []struct {
		name      string
		latencies []time.Duration
		held      bool
		why       string
	}{
		{"steady", steady(60, time.Second), true, ""},
		{"one late", append(steady(59, time.Second), 13*time.Second), false, "1 of 60 segments were late or missing"},
		{"one missing", append(steady(59, time.Second), -1), false, "1 of 60 segments were late or missing"},
		{"rising, all within their deadline", rising, false, "later and later"},
		{"none", nil, false, "no segment was due"},
	} {
		var trial Trial
		o := judge(segmentsOf(test.latencies...))
		o.fill(&trial, 0.999)
		if trial.Held != test.held || !strings.Contains(trial.Why, test.why) {
			t.Errorf("%s: held %v, %q", test.name, trial.Held, trial.Why)
		}
		if trial.OnTime+trial.Late+trial.Missing != trial.Segments || trial.Segments != int64(len(test.latencies)) {
			t.Errorf("%s: %d on time, %d late, %d missing of %d", test.name, trial.OnTime, trial.Late, trial.Missing, trial.Segments)
		}
	}
	o := judge(segmentsOf(rising...))
	if o.growth < 0.095 || o.growth > 0.105 {
		t.Errorf("a run that is 10%% too slow grows by %.3f", o.growth)
	}
}

func TestPercentiles(t *testing.T) {
	var us []int64
	for i := int64(200); i > 0; i-- {
		us = append(us, i)
	}
	if got, want := PercentilesOf(us), (Percentiles{Count: 200, P50US: 100, P95US: 190, P99US: 198, MaxUS: 200}); got != want {
		t.Errorf("%+v, not %+v", got, want)
	}
	if got := PercentilesOf([]int64{7}); got != (Percentiles{1, 7, 7, 7, 7}) {
		t.Errorf("of one: %+v", got)
	}
	if got := PercentilesOf(nil); got != (Percentiles{}) {
		t.Errorf("of none: %+v", got)
	}
}
