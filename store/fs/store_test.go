package fs_test

import (
	"context"
	"errors"
	iofs "io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"rung"
	"rung/store"
	"rung/store/fs"
	"rung/store/storetest"
)

func open(t *testing.T, dir string) *fs.Store {
	t.Helper()
	s, err := fs.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, t.TempDir()) })
}

func TestPrefixedStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return store.Prefixed(open(t, t.TempDir()), "/some/folder/") })
}

func TestPrefixedStoresAreApart(t *testing.T) {
	whole := open(t, t.TempDir())
	a, b := store.Prefixed(whole, "a"), store.Prefixed(whole, "ab")
	if err := a.Put(t.Context(), "k", []byte("of a"), rung.ObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Stat(t.Context(), "k"); rung.CodeOf(err) != rung.CodeNotFound {
		t.Errorf("the object of one is in the other: %v", err)
	}
	if info, err := whole.Stat(t.Context(), "a/k"); err != nil || info.Size != 4 {
		t.Errorf("the object is not below its folder: %+v, %v", info, err)
	}
}

func TestLinksDoNotLeadOut(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(outside, "secret"), filepath.Join(dir, "file")); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	for _, key := range []string{"link/secret", "file"} {
		if _, _, err := s.Open(t.Context(), key, 0, -1); rung.CodeOf(err) != rung.CodeNotFound {
			t.Errorf("open of %s: %v, not not_found", key, err)
		}
	}
	if err := s.Put(t.Context(), "link/planted", []byte("x"), rung.ObjectOptions{}); err == nil {
		t.Error("a put went through a link out of the folder")
	}
	if err := s.Delete(t.Context(), "link/secret"); err != nil {
		t.Errorf("delete of what is no object: %v", err)
	}
	left, err := os.ReadDir(outside)
	if err != nil || len(left) != 1 {
		t.Errorf("the folder outside has changed: %v, %v", left, err)
	}
	if err := s.List(t.Context(), "", func(o rung.ObjectInfo) error { return errors.New(o.Key) }); err != nil {
		t.Errorf("listed what is outside: %v", err)
	}
}

func TestTemporaryFiles(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "live/news"), 0o755); err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(dir, "live/news/.rung-ABCDEF.tmp")
	young := filepath.Join(dir, "live/news/.rung-GHIJKL.tmp")
	foreign := filepath.Join(dir, "live/news/.other.tmp")
	for _, name := range []string{old, young, foreign} {
		if err := os.WriteFile(name, []byte("half"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-time.Hour)
	for _, name := range []string{old, foreign} {
		if err := os.Chtimes(name, past, past); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, dir)
	if _, err := os.Stat(old); !errors.Is(err, iofs.ErrNotExist) {
		t.Errorf("a stale temporary file is still there: %v", err)
	}
	for _, name := range []string{young, foreign} {
		if _, err := os.Stat(name); err != nil {
			t.Errorf("a file that may be in use is gone: %v", err)
		}
	}
	if _, err := s.Stat(t.Context(), "live/news/.rung-GHIJKL.tmp"); rung.CodeOf(err) != rung.CodeInvalid {
		t.Errorf("a temporary file is served: %v", err)
	}
	err := s.List(t.Context(), "live/news/.rung", func(o rung.ObjectInfo) error { return errors.New(o.Key) })
	if err != nil {
		t.Errorf("a temporary file is listed: %v", err)
	}
}

func TestFailedPutsLeaveNothing(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	put := func(key string) error { return s.Put(t.Context(), key, []byte("x"), rung.ObjectOptions{}) }
	if err := put("a/b"); err != nil {
		t.Fatal(err)
	}
	if err := put("a/b/c"); rung.CodeOf(err) != rung.CodeInvalid {
		t.Errorf("put below an object: %v, not invalid", err)
	}
	if err := put("a"); rung.CodeOf(err) != rung.CodeInvalid {
		t.Errorf("put over a folder: %v, not invalid", err)
	}
	err := filepath.WalkDir(dir, func(p string, d iofs.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(d.Name(), ".rung-") {
			t.Errorf("left behind: %s", p)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestEmptyFoldersGo(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	for _, key := range []string{"live/news/s1/720p/00001.m4s", "live/news/master.m3u8"} {
		if err := s.Put(t.Context(), key, []byte("x"), rung.ObjectOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Delete(t.Context(), "live/news/s1/720p/00001.m4s"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "live/news/s1")); !errors.Is(err, iofs.ErrNotExist) {
		t.Errorf("an empty folder is still there: %v", err)
	}
	if _, err := s.Stat(t.Context(), "live/news/master.m3u8"); err != nil {
		t.Error(err)
	}
}

func TestFoldersThatCannotBe(t *testing.T) {
	if _, err := fs.New(""); rung.CodeOf(err) != rung.CodeInvalid {
		t.Errorf("empty name: %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "x"), "/proc/none"} {
		if _, err := fs.New(dir); rung.CodeOf(err) != rung.CodeInvalid || rung.AsError(err).Hint == "" {
			t.Errorf("%s: %v, want invalid with a hint", dir, err)
		}
	}
}

func TestErrorsHaveCodes(t *testing.T) {
	for err, want := range map[error]rung.Code{
		syscall.ENOSPC: rung.CodeFull, syscall.EDQUOT: rung.CodeFull, syscall.EACCES: rung.CodeForbidden, syscall.EPERM: rung.CodeForbidden,
		syscall.EROFS: rung.CodeForbidden, syscall.ENOENT: rung.CodeNotFound, syscall.ENOTDIR: rung.CodeNotFound, syscall.ENAMETOOLONG: rung.CodeInvalid,
		syscall.EIO: rung.CodeUnavailable, context.Canceled: rung.CodeCanceled,
	} {
		got := fs.MapError(&iofs.PathError{Op: "write", Path: "p", Err: err}, "object")
		if rung.CodeOf(got) != want || !errors.Is(got, err) {
			t.Errorf("%v: code %q with cause %v, not %q", err, rung.CodeOf(got), errors.Unwrap(got), want)
		}
		if e := rung.AsError(got); want != rung.CodeCanceled && e.Hint == "" {
			t.Errorf("%v: no hint", err)
		}
	}
}
