package conformance

import "testing"

// A few streams that have most of what is hard in them go through with all tests.
func TestQuick(t *testing.T) {
	all, made := &outcomes{}, newSources(t)
	t.Run("all", func(t *testing.T) {
		t.Run("vod", func(t *testing.T) {
			t.Parallel()
			for _, s := range streams {
				if s.quick&vod != 0 {
					t.Run(s.name, func(t *testing.T) { runVOD(t, made, s, all) })
				}
			}
		})
		t.Run("live", func(t *testing.T) {
			t.Parallel()
			n := startNode(t)
			for _, s := range streams {
				if s.quick&live != 0 {
					t.Run(s.name, func(t *testing.T) { runLive(t, n, made, s, all) })
				}
			}
		})
	})
}
