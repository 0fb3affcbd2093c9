package bench

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"rung/transcode"
)

// headroom is the share of the processor that a recommendation leaves free.
const headroom = 0.2

// othersBear is the share of the machine that other programs may take before a report says so.
const othersBear = 0.05

// MeasureDensity searches for the largest number of live channels that the machine carries, and fills the report's
// density, and what was measured of its inputs and its machine. Context errors and those of the rig end it; a load that
// is too much does not.
func MeasureDensity(ctx context.Context, r *Report, o DensityOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	if o.Slots == 0 {
		o.Slots = transcode.DefaultSlots(transcode.ReadMachine())
	}
	d := &Density{Load: o.Load, Target: o.Target, DurationUS: o.Duration.Microseconds(), Slots: o.Slots, Headroom: headroom}
	m := &densityRun{DensityOptions: o, report: r, density: d, clock: newClockWatch()}
	if err := m.estimate(ctx); err != nil {
		return err
	}
	answers, limit, err := m.search(ctx, m.ours, d.Estimate.Channels, &d.Trials)
	if err != nil {
		return err
	}
	d.Spread = Spread{Answers: answers, Low: slices.Min(answers), High: slices.Max(answers)}
	d.Channels, d.Limit = d.Spread.Low, limit
	d.Answer = answerIndex(d.Trials, d.Channels)
	if d.Channels == 0 {
		if err := m.fit(ctx); err != nil {
			return err
		}
	}
	if o.Peer != nil {
		if err := m.comparePeer(ctx); err != nil {
			return err
		}
	}
	m.conclude()
	r.Density, r.Inputs = d, o.Inputs
	return nil
}

// densityRun is a measurement that goes on.
type densityRun struct {
	DensityOptions
	report  *Report
	density *Density
	clock   *clockWatch
}

// carrier runs a number of channels and says how they fared.
type carrier func(ctx context.Context, n int, d time.Duration) (Trial, error)

// ours carries channels by Rung.
func (m *densityRun) ours(ctx context.Context, n int, d time.Duration) (Trial, error) {
	channels, err := m.Load.channels(n, m.Profiles, m.Inputs)
	if err != nil {
		return Trial{}, err
	}
	run := pacedRun{rig: m.Rig, slots: m.Slots, profiles: m.Profiles, channels: channels, duration: d, target: m.Target, cores: m.report.Machine.Cores,
		progress: m.Progress, unprofiled: m.unprofiled}
	t, err := run.run(ctx)
	m.clock.sample()
	return t, err
}

// search finds the answer as often as asked, appending each run to trials, and says why the answer is not one more.
func (m *densityRun) search(ctx context.Context, carry carrier, estimate int, trials *[]Trial) (answers []int, limit string, err error) {
	for repeat := 1; repeat <= m.Repeat; repeat++ {
		s := search{most: m.Max, numbers: m.Counts, try: func(ctx context.Context, n int, sustained bool) (bool, error) {
			t, err := m.trial(ctx, carry, n, sustained)
			if err != nil {
				return false, err
			}
			t.Repeat = repeat
			*trials = append(*trials, t)
			return t.Held, nil
		}}
		n, err := s.run(ctx, estimate)
		if err != nil {
			return nil, "", err
		}
		answers, estimate = append(answers, n), max(n, 1)
	}
	return answers, limitText(*trials, slices.Min(answers), m.Max), nil
}

func (m *densityRun) trial(ctx context.Context, carry carrier, n int, sustained bool) (Trial, error) {
	d, kind := m.Search, "a brief run"
	if sustained {
		d, kind = m.Duration, "a sustained run"
	}
	m.Progress.Begin(fmt.Sprintf("%s: %s", channelsText(n), kind), m.warmTime()+d)
	t, err := carry(ctx, n, d)
	if err != nil {
		return t, err
	}
	t.Sustained = sustained
	verdict := "held"
	if !t.Held {
		verdict = t.Why
	}
	m.Progress.End(fmt.Sprintf("%s on time of %d, p99 %s, %.2f cores busy: %s", percentText(t.Share), t.Segments, secondsText(t.Latency.P99US), t.BusyCores, verdict))
	return t, nil
}

// warmTime is about how long channels take to get on the air.
func (m *densityRun) warmTime() time.Duration {
	one, err := m.Load.channels(1, m.Profiles, m.Inputs)
	if err != nil {
		return 0 // the run itself will say it
	}
	return (warmSegments + 1) * one[0].segment()
}

// limitText says why not one channel more.
func limitText(trials []Trial, answer, most int) string {
	if answer == most {
		return fmt.Sprintf("More than %d were not asked for", most)
	}
	for _, t := range slices.Backward(trials) {
		if t.Channels > answer && !t.Held && t.Sustained {
			return fmt.Sprintf("With %d it did not hold: %s", t.Channels, t.Why)
		}
	}
	return "More did not hold"
}

// answerIndex is the run that an answer comes from: the last sustained one with that many channels; of one channel where
// none was carried.
func answerIndex(trials []Trial, answer int) int {
	for i, t := range slices.Backward(trials) {
		if t.Channels == max(answer, 1) && t.Sustained {
			return i
		}
	}
	return len(trials) - 1
}

// conclude derives what a reader wants from the runs.
func (m *densityRun) conclude() {
	d := m.density
	m.report.Machine.MHz = m.clock.mean(m.report.Machine.MHz)
	ghz := m.report.Machine.MHz / 1000 * float64(m.report.Machine.Cores)
	for i := range d.Trials {
		if t := &d.Trials[i].Throughput; ghz > 0 {
			t.PerGHz = t.MpixelPerSecond / ghz
		}
	}
	if other := d.otherCores(); other > othersBear*float64(m.report.Machine.Cores) {
		m.report.Notes = append(m.report.Notes, fmt.Sprintf("Other programs took up to %.1f cores of the machine while it was measured: alone it may carry more.", other))
	}
	d.HeadroomRule = fmt.Sprintf("Recommended is the number at which %.0f%% of the processor time of all cores is used, by what a channel took in the run that gave the answer, "+
		"and never more than were carried.", 100*(1-headroom))
	if t := d.AnswerTrial(); t != nil && d.Channels > 0 && t.BusyCores > 0 {
		perChannel := t.BusyCores / float64(t.Channels)
		d.Recommended = min(d.Channels, int(math.Floor((1-headroom)*float64(m.report.Machine.Cores)/perChannel)))
	}
}

// otherCores is the most that other programs took in any run.
func (d *Density) otherCores() float64 {
	most := 0.0
	for _, t := range d.Trials {
		most = max(most, t.OtherCores)
	}
	return most
}
