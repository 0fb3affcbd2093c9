package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"rung"
	"rung/api/client"
	"rung/api/resource"
	"rung/internal/mediatest"
	"rung/store/storetest"
)

// startNATS runs a NATS server with JetStream that listens on loopback, and gives its URL.
func startNATS(t *testing.T) string {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the NATS server is not ready")
	}
	return s.ClientURL()
}

// startMinIO runs a MinIO server with a bucket, lets the environment have its credentials, and gives the store's URL.
func startMinIO(t *testing.T) string {
	t.Helper()
	m, err := storetest.StartMinIO()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Stop)
	t.Setenv("AWS_ACCESS_KEY_ID", m.AccessKey)
	t.Setenv("AWS_SECRET_ACCESS_KEY", m.SecretKey)
	q := url.Values{"endpoint": {m.Endpoint}, "insecure": {"true"}, "path_style": {"true"}, "region": {"us-east-1"}}
	return "s3://" + m.Bucket + "/rung?" + q.Encode()
}

// process is a role in a process of its own.
type process struct {
	cmd  *exec.Cmd
	done chan error
}

// startRole starts this test's binary as the program, to serve one role until the test ends.
func startRole(t *testing.T, data string, args ...string) *process {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], append([]string{"serve", "--data", data, "--engine", needEngine(t), "--allow-files", "--drain", "10s"}, args...)...)
	cmd.Env = append(os.Environ(), "RUNG_TEST_AS_PROGRAM=1")
	cmd.Stderr = testLog{t}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd, done: make(chan error, 1)}
	go func() { p.done <- cmd.Wait() }()
	return p
}

// stop asks the process to leave and holds it to a clean exit.
func (p *process) stop(t *testing.T, what string) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Errorf("%s: %v", what, err)
	}
	if err := <-p.done; err != nil {
		t.Errorf("%s left with %v", what, err)
	}
}

// Roles in processes of their own, over a real NATS server and a real S3 server, publish the same exact presentation;
// and each leaves cleanly when it is asked to.
func TestRolesInTheirOwnProcesses(t *testing.T) {
	nats, store := startNATS(t), startMinIO(t)
	dir := t.TempDir()
	common := []string{"--nats", nats, "--store", store}
	port := mediatest.FreeTCP(t)
	roles := map[string]*process{}
	for _, role := range allRoles {
		args := append([]string{"--roles", role, "--node", role}, common...)
		if role == roleAPI {
			args = append(args, "--listen", port)
		}
		roles[role] = startRole(t, filepath.Join(dir, role), args...)
	}
	c := awaitAPI(t, "http://"+port, filepath.Join(dir, roleAPI))
	mediatest.Await(t, "four nodes", func(context.Context) (bool, error) {
		nodes, err := c.Nodes(t.Context())
		return len(nodes) == len(allRoles), err
	})
	t.Run("live", func(t *testing.T) { liveOverRTP(t, c) })
	t.Run("job", func(t *testing.T) { jobOverRoles(t, c, dir) })
	for _, role := range []string{roleAPI, roleIngest, roleWorker, rolePackager} {
		roles[role].stop(t, role)
	}
}

func liveOverRTP(t *testing.T, c *client.Client) {
	carryLive(t, c, "rtp", "test:?size=640x360&rate=25&gop=25&frames=450", func(w io.Writer) io.Writer { return &mediatest.RTP{W: w} })
	if err := c.DeleteChannel(t.Context(), "news"); err != nil {
		t.Error(err)
	}
}

func jobOverRoles(t *testing.T, c *client.Client, dir string) {
	in := makeStream(t, "test:?size=640x360&rate=25&frames=250", filepath.Join(dir, "in.ts"))
	job, err := c.CreateJob(t.Context(), resource.JobSpec{ID: "film", Input: "file:" + in, Profile: "sd3"})
	if err != nil {
		t.Fatal(err)
	}
	mediatest.Await(t, "end of the job", func(context.Context) (bool, error) {
		job, err = c.Job(t.Context(), "film")
		return err == nil && job.State.Ended(), err
	})
	if job.State != rung.JobDone {
		t.Fatalf("%s: %v", job.State, job.Error)
	}
	v, err := mediatest.Check(t.Context(), job.PlaybackURL, mediatest.Options{Source: mediatest.Size{Width: 640, Height: 360}}, t.TempDir())
	if err != nil || len(v.Faults) > 0 || v.Pictures != 250 {
		t.Errorf("%v, %v", v, err)
	}
}

// awaitAPI connects once the process serves and has written its token.
func awaitAPI(t *testing.T, base, data string) *client.Client {
	t.Helper()
	var c *client.Client
	mediatest.Await(t, "API at "+base, func(context.Context) (bool, error) {
		token := findToken("", data)
		if token == "" {
			return false, fmt.Errorf("no token in %s", data)
		}
		made, err := client.New(base, token)
		if err != nil {
			return false, err
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, err = made.Nodes(ctx)
		c = made
		return err == nil, err
	})
	t.Cleanup(c.Close)
	return c
}
