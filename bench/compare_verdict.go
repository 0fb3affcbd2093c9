package bench

// Verdict is what a comparison makes of a figure.
type Verdict string

// The verdicts. Noise: what has changed is no more than runs of the same differ by. Open: there are too few runs to tell.
const (
	VerdictBetter Verdict = "better"
	VerdictWorse  Verdict = "worse"
	VerdictSame   Verdict = "same"
	VerdictNoise  Verdict = "noise"
	VerdictOpen   Verdict = "open"
)
