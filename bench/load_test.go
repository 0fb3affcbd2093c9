package bench

import (
	"testing"

	"rung"
	"rung/profiles"
)

func testInputs() []Input {
	in := Input{Path: "/a.ts", Width: 1920, Height: 1080, FrameRate: rung.R(25, 1), Codec: "h264", DurationUS: 23_040_000, Audio: 1}
	other := in
	other.Path = "/b.ts"
	return []Input{in, other}
}

// However few the channels, a mix keeps its proportion as nearly as whole channels can, and inputs are taken in turn.
func TestAMixKeepsItsProportion(t *testing.T) {
	load := Load{Mix: []Share{{"hd5", 3}, {"sd3", 5}}}
	all := []*profiles.Profile{profiles.Find("hd5"), profiles.Find("sd3")}
	for n := 1; n <= 40; n++ {
		channels, err := load.channels(n, all, testInputs())
		if err != nil {
			t.Fatal(err)
		}
		count, inputs := map[string]int{}, map[string]int{}
		for _, c := range channels {
			count[c.profile.Name]++
			inputs[c.input.Path]++
		}
		if exact := float64(n) * 3 / 8; float64(count["hd5"]) < exact-1 || float64(count["hd5"]) > exact+1 || count["hd5"]+count["sd3"] != n {
			t.Errorf("%d channels are %v, not 3 to 5", n, count)
		}
		if d := inputs["/a.ts"] - inputs["/b.ts"]; d < -2 || d > 2 {
			t.Errorf("%d channels read %v", n, inputs)
		}
	}
}

// A profile's own inputs are for its channels alone.
func TestInputsOfAProfile(t *testing.T) {
	inputs := testInputs()
	inputs[0].Profile, inputs[1].Profile = "hd5", "sd3"
	if own := inputsOf(inputs, "sd3"); len(own) != 1 || own[0].Path != "/b.ts" {
		t.Errorf("sd3 reads %v", own)
	}
	if _, err := (Load{Mix: []Share{{"hd3", 1}}}).channels(1, []*profiles.Profile{profiles.Find("hd3")}, inputs); rung.CodeOf(err) != rung.CodeInternal {
		t.Errorf("a profile without input: %v", err)
	}
}

// Scenes of the built-in mix are whole segments, and over the rotations every grade comes first once.
func TestMixPatterns(t *testing.T) {
	for _, name := range []string{"hd5", "sd3", "demo", "apple"} {
		l, err := profiles.Find(name).Resolve(&mixSource, []rung.AudioInfo{{}})
		if err != nil {
			t.Fatal(err)
		}
		first := map[string]bool{}
		for turn := range grades {
			p, scenes := mixPattern(l, turn)
			first[scenes[0].Grade] = true
			end := int64(0)
			for i, s := range scenes {
				if s.First != end || s.Frames%l.Grid.SegmentFrames != 0 || s.Frames != p.Scenes[i].Frames {
					t.Errorf("%s: scene %d is frames %d and %d more, of segments of %d", name, i, s.First, s.Frames, l.Grid.SegmentFrames)
				}
				end += s.Frames
			}
			if end != p.Frames || p.Width != l.Video[0].Width {
				t.Errorf("%s: %d frames of %d, %d wide", name, end, p.Frames, p.Width)
			}
		}
		if len(first) != len(grades) {
			t.Errorf("%s: only %v come first", name, first)
		}
	}
}
