package storetest

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// MinIO is a MinIO server in a process of its own, with an empty temporary folder, for tests of what speaks S3.
type MinIO struct {
	Endpoint  string // host:port on the loopback interface, HTTP
	AccessKey string
	SecretKey string
	Bucket    string // is there, empty

	program string
	dir     string
	cmd     *exec.Cmd
	output  bytes.Buffer // read only once the process has exited
	exited  chan struct{}
}

// minioStart bounds how long a server may take until it answers.
const minioStart = 60 * time.Second

// StartMinIO starts the server that RUNG_MINIO or the per-user cache has and waits until it answers. Stop ends it. A
// missing server is an error that says how to get it: tests fail then, they are not skipped.
func StartMinIO() (*MinIO, error) {
	program, err := minioProgram()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "rung-minio-")
	if err != nil {
		return nil, err
	}
	m := &MinIO{AccessKey: "rungtest", SecretKey: rand.Text(), Bucket: "media", dir: dir}
	if err := m.start(program); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	if err := m.wait(); err != nil {
		m.Stop()
		return nil, fmt.Errorf("%w\n%s", err, m.output.String())
	}
	return m, nil
}

func minioProgram() (string, error) {
	program := os.Getenv("RUNG_MINIO")
	if program == "" {
		cache := os.Getenv("XDG_CACHE_HOME")
		if cache == "" {
			home, err := os.UserHomeDir()
			if err != nil {
				return "", err
			}
			cache = filepath.Join(home, ".cache")
		}
		program = filepath.Join(cache, "rung", "bin", "minio")
	}
	if _, err := exec.LookPath(program); err != nil {
		return "", fmt.Errorf("the MinIO server that these tests run against is missing (%w): run deploy/setup/minio.sh, or set RUNG_MINIO to a program", err)
	}
	return program, nil
}

func (m *MinIO) start(program string) error {
	// A folder of the server's is a bucket.
	if err := os.MkdirAll(filepath.Join(m.dir, "data", m.Bucket), 0o755); err != nil {
		return err
	}
	// The port is free now; that another process takes it before the server does shows as a failed start.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	m.Endpoint = l.Addr().String()
	if err := l.Close(); err != nil {
		return err
	}
	m.program = program
	return m.launch()
}

func (m *MinIO) launch() error {
	cmd := exec.Command(m.program, "server", "--quiet", "--address", m.Endpoint, filepath.Join(m.dir, "data"))
	cmd.Env = append(os.Environ(), "HOME="+m.dir, "MINIO_ROOT_USER="+m.AccessKey, "MINIO_ROOT_PASSWORD="+m.SecretKey, "MINIO_BROWSER=off", "MINIO_UPDATE=off")
	cmd.Stdout, cmd.Stderr = &m.output, &m.output
	if err := cmd.Start(); err != nil {
		return err
	}
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		_ = cmd.Wait()
	}()
	m.cmd, m.exited = cmd, exited
	return nil
}

// wait asks for the server's health until it is well, or has exited.
func (m *MinIO) wait() error {
	deadline := time.NewTimer(minioStart)
	defer deadline.Stop()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	client := http.Client{Timeout: time.Second}
	defer client.CloseIdleConnections()
	for {
		if r, err := client.Get("http://" + m.Endpoint + "/minio/health/ready"); err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-m.exited:
			return errors.New("the MinIO server exited at its start")
		case <-deadline.C:
			return fmt.Errorf("the MinIO server does not answer after %s", minioStart)
		case <-again.C:
		}
	}
}

// URL is the s3:// URL of a folder in the bucket.
func (m *MinIO) URL(prefix string) string {
	return fmt.Sprintf("s3://%s/%s?endpoint=%s&path_style=true&insecure=true&region=us-east-1", m.Bucket, prefix, m.Endpoint)
}

// Environ has the credentials, as a process takes them from its environment.
func (m *MinIO) Environ() []string {
	return []string{"AWS_ACCESS_KEY_ID=" + m.AccessKey, "AWS_SECRET_ACCESS_KEY=" + m.SecretKey}
}

// Kill ends the server as a crash does. Restart starts it again with what it holds.
func (m *MinIO) Kill() {
	_ = m.cmd.Process.Kill()
	<-m.exited
}

// Restart starts a killed server again, at the same endpoint.
func (m *MinIO) Restart() error {
	if err := m.launch(); err != nil {
		return err
	}
	return m.wait()
}

// Stop ends the server and removes its folder.
func (m *MinIO) Stop() {
	m.Kill()
	_ = os.RemoveAll(m.dir)
}
