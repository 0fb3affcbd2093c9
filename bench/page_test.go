package bench_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"rung/bench"
)

// pageOf writes a report's page and parses it.
func pageOf(t *testing.T, r *bench.Report) (*html.Node, string) {
	t.Helper()
	var b bytes.Buffer
	if err := bench.NewPage(r).WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if path := os.Getenv("RUNG_PAGE"); path != "" { // to look at it
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return doc, b.String()
}

func TestPageRefersToNothingOutside(t *testing.T) {
	doc, text := pageOf(t, sampleReport())
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "script", "link", "img", "iframe", "object", "embed", "base", "use", "image", "video", "audio", "source":
			t.Errorf("the page has a %s element", n.Data)
		}
		for _, a := range n.Attr {
			switch a.Key {
			case "src", "href", "srcset", "data", "action", "style", "onload", "onclick":
				t.Errorf("%s has the attribute %s=%q", n.Data, a.Key, a.Val)
			}
		}
	}
	for _, s := range []string{"url(", "@import", "http:", "https:"} {
		if strings.Contains(text, s) {
			t.Errorf("the page contains %q", s)
		}
	}
}

func TestPageShowsTheFigures(t *testing.T) {
	doc, text := pageOf(t, sampleReport())
	plots := map[string]bool{}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "svg" {
			for _, a := range n.Attr {
				if a.Key == "aria-label" {
					plots[a.Val] = true
				}
			}
		}
	}
	for _, want := range []string{"Segments on time against channels", "Latency percentiles against channels", "Processor time by stage",
		"Bit rate of the renditions, mean and declared", "Memory at peak"} {
		if !plots[want] {
			t.Errorf("there is no plot %q", want)
		}
	}
	for _, want := range []string{"This node carries 6 channels of hd5", "3 searches gave 6, 6, 7 channels.", "AMD EPYC 7313 &lt;16-Core&gt;", "1.20", "rung bench density --profile hd5",
		"[0:v]split=5[a]", "NaN"} {
		if strings.Contains(text, want) == (want == "NaN") {
			t.Errorf("the page and %q", want)
		}
	}
}

// Where nothing was carried the page says so, and what would fit.
func TestPageOfAMachineThatIsTooSmall(t *testing.T) {
	r := sampleReport()
	d := r.Density
	d.Channels, d.Recommended, d.Trials, d.Answer, d.Peer = 0, 0, []bench.Trial{sampleTrial(1, 0.5)}, 0, nil
	d.Estimate.RealTimeFactor = 0.9
	d.Fitting = &bench.Fitting{Profile: "sd3", RealTimeFactor: 3.5}
	_, text := pageOf(t, r)
	for _, want := range []string{"does not carry one channel of hd5", "encode 0.90 s of content in a second", "The largest built-in profile that fits is sd3, at 3.50 times real time"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestTextHasTheSameFigures(t *testing.T) {
	var b bytes.Buffer
	if err := bench.NewPage(sampleReport()).WriteText(&b); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, want := range []string{"This node carries 6 channels of hd5", "encode:1080p", "1920x1080", "AMD EPYC 7313 <16-Core>"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	for _, line := range strings.Split(text, "\n") {
		if strings.HasSuffix(line, " ") {
			t.Errorf("line %q ends with a space", line)
		}
	}
}
