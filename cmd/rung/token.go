package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"rung"
	"rung/api/resource"
)

// tokenFile is where the admin token lies.
func (n *node) tokenFile() string { return filepath.Join(n.cfg.Data, "admin.token") }

// ensureToken writes an admin token at the first start (mode 0600), and registers the one that is there: as its
// SHA-256, never itself.
func (n *node) ensureToken(ctx context.Context) error {
	text, err := os.ReadFile(n.tokenFile())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		secret, _ := resource.NewToken("admin", nil, time.Now())
		text = []byte(secret + "\n")
		if err := writeNew(n.tokenFile(), text); err != nil {
			return rung.Errorf(rung.CodeUnavailable, "the data folder has to be writable", "admin token: %w", err)
		}
		n.newToken = true
	case err != nil:
		return rung.Errorf(rung.CodeInvalid, "the file has to be readable for the user that rung runs as", "admin token: %w", err)
	}
	id := resource.HashSecret(strings.TrimSpace(string(text)))
	tokens := records[resource.Token]{n.buckets.tokens}
	if _, _, err := tokens.Get(ctx, id); rung.CodeOf(err) != rung.CodeNotFound {
		return err
	}
	_, err = tokens.Put(ctx, id, resource.Token{ID: id, Name: "admin", Scopes: []resource.Scope{resource.ScopeAdmin}, Created: time.Now().UTC()}, 0)
	return err
}

// writeNew creates a file that only its owner reads, whole or not at all.
func writeNew(path string, text []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".token-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if _, err := tmp.Write(text); err != nil {
		tmp.Close()
		return err
	}
	if err := errors.Join(tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// findToken is the CLI's token: RUNG_TOKEN, or the admin token of a node on this machine.
func findToken(flag, data string) string {
	if flag != "" {
		return flag
	}
	text, err := os.ReadFile(filepath.Join(data, "admin.token"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
