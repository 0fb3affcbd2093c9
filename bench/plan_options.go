package bench

import "rung"

// PlanOptions say what is to be planned.
type PlanOptions struct {
	Channels []PlanChannels
	Reports  []PlanReport
	Spare    int // nodes that may be lost at once without a channel suffering
	// DVRUS is how far back players may seek, in microseconds; 0: the playlist's window.
	DVRUS int64
}

func (o *PlanOptions) check() error {
	if len(o.Channels) == 0 || len(o.Reports) == 0 {
		return rung.Errorf(rung.CodeInvalid, "such as --channels hd5:120,sd3:40 --report rung-bench/density.json", "a plan needs channels and at least one report")
	}
	if o.Spare < 0 {
		return rung.Errorf(rung.CodeInvalid, "0 for none", "--spare %d is less than 0", o.Spare)
	}
	for _, r := range o.Reports {
		if r.Report.Density == nil || r.Report.Density.AnswerTrial() == nil {
			return rung.Errorf(rung.CodeInvalid, "name the density.json of a `rung bench density` run", "report %q is of kind %q and says nothing of channels", r.Name, r.Report.Kind)
		}
		if len(r.Report.Inputs) == 0 {
			return rung.Errorf(rung.CodeInvalid, "measure again with this version of rung", "report %q does not say what it was measured on", r.Name)
		}
	}
	return nil
}
