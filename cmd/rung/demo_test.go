package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"rung/api/console/consoletest"
	"rung/internal/mediatest"
)

// watchedOutput is an output that a test waits on for a line.
type watchedOutput struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (w *watchedOutput) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *watchedOutput) find(pattern *regexp.Regexp) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return string(pattern.Find(w.text.Bytes()))
}

// The demo goes on the air by itself; at the address that it prints, a browser plays the channel live and the picture
// moves. RUNG_SCREENSHOTS names a folder that a picture of the page is kept in.
func TestDemoInTheBrowser(t *testing.T) {
	var out, errs watchedOutput
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"demo", "--data", filepath.Join(t.TempDir(), "demo"), "--listen", "127.0.0.1:0", "--engine", needEngine(t)}, streams{in: strings.NewReader(""), out: &out, err: &errs})
	}()
	address := ""
	mediatest.Await(t, "address of the page", func(context.Context) (bool, error) {
		address = out.find(regexp.MustCompile(`http://127\S+#token=\S+`))
		return address != "", nil
	})
	page := consoletest.Start(t).Open(address)
	page.Resize(1440, 1000)
	page.PreferDark(true)
	page.WaitFor(`window.rungPlayer && rungPlayer.currentTime > 0 && rungPlayer.decodedFrames > 50`, 90*time.Second)
	moves := func(what string) {
		var first, then string
		if err := page.Eval(shownPicture, &first); err != nil {
			t.Fatal(err)
		}
		mediatest.Await(t, what, func(context.Context) (bool, error) {
			err := page.Eval(shownPicture, &then)
			return err == nil && then != first, err
		})
	}
	moves("other picture")
	// A live edge that is reached has to be passed: what plays now was not published when the page was opened.
	page.WaitFor(`rungPlayer.decodedFrames > 300`, 90*time.Second)
	moves("other picture later on")
	if dir := os.Getenv("RUNG_SCREENSHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "demo.png"), page.Screenshot(), 0o644); err != nil {
			t.Error(err)
		}
	}
	if faults := page.Faults(); len(faults) > 0 {
		t.Errorf("the page complains: %v", faults)
	}
	stop()
	if code := <-ended; code != exitOK {
		t.Errorf("the demo ended with %d: %s", code, errs.text.String())
	}
}

// shownPicture gives the pixels that the player shows now.
const shownPicture = `(() => {
	const canvas = document.createElement("canvas");
	[canvas.width, canvas.height] = [64, 36];
	const context = canvas.getContext("2d");
	context.drawImage(rungPlayer.video, 0, 0, 64, 36);
	return Array.from(context.getImageData(0, 0, 64, 36).data).join();
})()`
