package scheduler

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"rung"
)

// childDirVar names the child's data folder.
const childDirVar = "RUNG_TEST_SCHEDULER_DIR"

// runChild acknowledges state, one line on standard output each, until it is killed.
func runChild(dir string) {
	ctx := context.Background()
	s, err := Open(ctx, Options{StoreDir: dir})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	b := BucketOf[int64](s, "jobs")
	for n := int64(0); ; n++ {
		if err = s.Tasks().Submit(ctx, task(rung.VOD, "film", n)); err == nil {
			_, err = b.Put(ctx, "film", n)
		}
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		fmt.Println("acknowledged", n)
	}
}

// TestKill kills a process with the server inside it in the midst of its work: what it acknowledged is there when the
// next one begins, and its lock is not.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childDirVar+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	last := int64(-1)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, err := fmt.Sscanf(lines.Text(), "acknowledged %d", &last); err != nil {
			t.Fatalf("child: %s", lines.Text())
		}
		if last == 20 {
			if _, err := Open(testContext(t), Options{StoreDir: dir}); rung.CodeOf(err) != rung.CodeConflict || !strings.Contains(err.Error(), dir) {
				t.Errorf("opening a folder that is in use: %v, want a conflict", err)
			}
			child.Process.Kill()
		}
	}
	child.Wait()
	if last < 20 {
		t.Fatalf("child ended after %d", last)
	}
	s := open(t, Options{StoreDir: dir})
	if n, _, err := BucketOf[int64](s, "jobs").Get(testContext(t), "film"); err != nil || n < last {
		t.Errorf("after the kill the bucket has %d (%v), want at least %d, which was acknowledged", n, err, last)
	}
	for n := range last + 1 {
		d := take(t, s)
		if d.Task().ID.Number != n {
			t.Fatalf("after the kill took number %d, want %d", d.Task().ID.Number, n)
		}
		if err := d.Done(testContext(t), rung.Result{Outcome: rung.Done}); err != nil {
			t.Fatal(err)
		}
	}
}
