package bench

import (
	"context"
	"time"

	"rung"
	"rung/internal/objects"
	"rung/profiles"
)

// QualityOptions say what MeasureQuality measures, and with what.
type QualityOptions struct {
	// Profiles are compared with the first. At least one.
	Profiles []*profiles.Profile
	// Presets take the place of the profiles' own; each makes a curve. None: the profiles' own.
	Presets []string
	// CRFs make the points of each curve, for all renditions. None, and several curves: each rendition's own CRF and those
	// at the steps of crfSteps around it. None, and one curve: the profile as it is written alone.
	CRFs []float64
	// Renditions are the names of those that are measured. None: all.
	Renditions []string
	// Inputs are what is encoded. At least one.
	Inputs []Input
	// Duration is how much of each input is taken, in whole segments. Zero: all.
	Duration time.Duration
	// Repeats is how often each setting is encoded for its processor time. Zero: once.
	Repeats int
	// FullSize scales every rendition to the widest one's size before it is compared.
	FullSize bool
	// Capped keeps the profiles' max_rate at every CRF. Without it only the profile's own point has it: a cap that binds
	// makes one point of several CRFs.
	Capped bool

	Plan     QualityPlanner
	Open     func(ctx context.Context, url string) (objects.Object, error)
	Encoder  SegmentEncoder
	Measurer SegmentMeasurer
	Progress Progress
}

// crfSteps are where the points of a curve lie around a rendition's own CRF by default.
var crfSteps = []float64{-4, 0, 4, 8}

// check refuses what cannot be measured.
func (o *QualityOptions) check() error {
	names := map[string]bool{}
	for _, p := range o.Profiles {
		if names[p.Name] {
			return rung.Errorf(rung.CodeInvalid, "give each its own name", "two profiles are named %q", p.Name)
		}
		names[p.Name] = true
	}
	for _, crf := range o.CRFs {
		if crf <= 0 || crf > 63 {
			return rung.Errorf(rung.CodeInvalid, "for H.264 about 17 to 35 is of use", "--crf %v is outside 0 to 63", crf)
		}
	}
	if o.Repeats < 0 || o.Duration < 0 {
		return rung.Errorf(rung.CodeInvalid, "", "%d repeats of %v cannot be measured", o.Repeats, o.Duration)
	}
	return nil
}
