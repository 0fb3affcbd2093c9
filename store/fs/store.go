// Package fs keeps objects as files below one folder: the store of a single machine, and of presentations that are written
// to a folder.
//
// An object is written to a temporary file in its own folder, synced, and renamed; then the folder is synced. So it appears
// at once and whole, and is still there after a power loss. Nothing is kept beside the files: the content type follows from
// the key's extension and CacheControl is not kept. Whatever links lie below the folder, no key leads out of it (os.Root).
package fs

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"

	"rung"
	"rung/store"
)

// staleAfter is the age at which a temporary file belongs to no Put any more. Another process may share the folder, so
// younger ones are left alone.
const staleAfter = 15 * time.Minute

// Store is a folder as an object store. Several processes may use one folder at once.
type Store struct {
	dir  string
	root *os.Root
}

var _ store.Store = (*Store)(nil)

// New is the store in dir, which is created if it is not there. Temporary files that a killed process left behind are
// removed.
func New(dir string) (*Store, error) {
	if dir == "" {
		return nil, rung.Errorf(rung.CodeInvalid, "name a folder", "the object store's folder is empty")
	}
	if err := os.MkdirAll(dir, 0o755); errors.Is(err, syscall.ENOTDIR) || errors.Is(err, fs.ErrNotExist) {
		// A file on the way, or a file system that takes no folders: mapError would speak of an absent object.
		return nil, &rung.Error{Code: rung.CodeInvalid, Message: "folder " + dir + " cannot be made", Hint: "choose another folder", Err: err}
	} else if err != nil {
		return nil, mapError(err, "folder "+dir)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, mapError(err, "folder "+dir)
	}
	s := &Store{dir: dir, root: root}
	if err := s.cleanStale(time.Now().Add(-staleAfter)); err != nil {
		root.Close()
		return nil, mapError(err, "folder "+dir)
	}
	return s, nil
}

// Dir is the store's folder.
func (s *Store) Dir() string { return s.dir }

// Close gives the folder's handle back. No other method may be called then.
func (s *Store) Close() error { return s.root.Close() }

// Open reads a range of an object.
func (s *Store) Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, rung.ObjectInfo, error) {
	if err := check(ctx, key); err != nil {
		return nil, rung.ObjectInfo{}, err
	}
	if offset < 0 || length < -1 {
		return nil, rung.ObjectInfo{}, rung.Errorf(rung.CodeInvalid, "offsets start at 0; a length of -1 is to the end", "object %q: range of %d bytes from %d", key, length, offset)
	}
	f, err := s.root.Open(key)
	if err != nil {
		return nil, rung.ObjectInfo{}, mapError(err, object(key))
	}
	info, err := describe(f.Stat())
	if err != nil {
		f.Close()
		return nil, rung.ObjectInfo{}, mapError(err, object(key))
	}
	info.Key, info.ContentType = key, store.ContentType(key)
	if length < 0 || length > info.Size-offset {
		length = max(info.Size-offset, 0)
	}
	return &reader{Reader: io.NewSectionReader(f, offset, length), Closer: f}, info, nil
}

// Stat describes an object.
func (s *Store) Stat(ctx context.Context, key string) (rung.ObjectInfo, error) {
	if err := check(ctx, key); err != nil {
		return rung.ObjectInfo{}, err
	}
	info, err := describe(s.root.Stat(key))
	if err != nil {
		return rung.ObjectInfo{}, mapError(err, object(key))
	}
	info.Key, info.ContentType = key, store.ContentType(key)
	return info, nil
}

// List calls fn for each object whose key begins with prefix.
func (s *Store) List(ctx context.Context, prefix string, fn func(rung.ObjectInfo) error) error {
	if err := store.CheckPrefix(prefix); err != nil {
		return err
	}
	return s.listFolder(ctx, path.Dir(prefix+"x"), prefix, fn)
}

// listFolder lists the objects below one folder, in the order of whole keys: a folder's name counts with its slash.
func (s *Store) listFolder(ctx context.Context, folder, prefix string, fn func(rung.ObjectInfo) error) error {
	if err := ctx.Err(); err != nil {
		return mapError(err, "list of "+folder)
	}
	entries, err := s.entries(folder)
	if err != nil {
		return mapError(err, "list of "+folder)
	}
	for _, e := range entries {
		key := path.Join(folder, e.Name())
		if err := s.listEntry(ctx, key, e, prefix, fn); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) listEntry(ctx context.Context, key string, e fs.DirEntry, prefix string, fn func(rung.ObjectInfo) error) error {
	if e.IsDir() {
		if !strings.HasPrefix(key+"/", prefix) && !strings.HasPrefix(prefix, key+"/") {
			return nil
		}
		return s.listFolder(ctx, key, prefix, fn)
	}
	if !strings.HasPrefix(key, prefix) || isTemp(key) || store.CheckKey(key) != nil {
		return nil
	}
	info, err := describe(s.root.Stat(key))
	switch {
	case err != nil && rung.CodeOf(mapError(err, "")) == rung.CodeNotFound:
		return nil // deleted since, a dangling link, or no regular file: no object
	case err != nil:
		return mapError(err, object(key))
	}
	info.Key, info.ContentType = key, store.ContentType(key)
	return fn(info)
}

// entries are a folder's, in the order of whole keys; none where there is no such folder.
func (s *Store) entries(folder string) ([]fs.DirEntry, error) {
	d, err := s.root.Open(folder)
	if err != nil {
		if rung.CodeOf(mapError(err, "")) == rung.CodeNotFound {
			return nil, nil
		}
		return nil, err
	}
	defer d.Close()
	if info, err := d.Stat(); err != nil || !info.IsDir() {
		return nil, err
	}
	entries, err := d.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(sortName(a), sortName(b)) })
	return entries, nil
}

func sortName(e fs.DirEntry) string {
	if e.IsDir() {
		return e.Name() + "/"
	}
	return e.Name()
}

// Delete removes objects, and the folders that are empty then.
func (s *Store) Delete(ctx context.Context, keys ...string) error {
	var first error
	for _, key := range keys {
		if err := s.deleteOne(ctx, key); err != nil && first == nil {
			first = err
		}
	}
	return first
}

func (s *Store) deleteOne(ctx context.Context, key string) error {
	if err := check(ctx, key); err != nil {
		return err
	}
	// A key that names a folder names no object.
	if info, err := s.root.Lstat(key); err == nil && info.IsDir() {
		return nil
	}
	if err := s.root.Remove(key); err != nil {
		if err := mapError(err, object(key)); rung.CodeOf(err) != rung.CodeNotFound {
			return err
		}
	}
	// Removing a folder that is not empty fails, and so ends the climb.
	for dir := path.Dir(key); dir != "."; dir = path.Dir(dir) {
		if s.root.Remove(dir) != nil {
			break
		}
	}
	return nil
}

// check refuses what cannot be an object before the file system is asked.
func check(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return mapError(err, object(key))
	}
	if err := store.CheckKey(key); err != nil {
		return err
	}
	if isTemp(key) {
		return rung.Errorf(rung.CodeInvalid, "choose another name", "object key %q is kept for temporary files", key)
	}
	return nil
}

// describe makes an object's info of a file's. Only regular files are objects.
func describe(fi fs.FileInfo, err error) (rung.ObjectInfo, error) {
	if err != nil {
		return rung.ObjectInfo{}, err
	}
	if !fi.Mode().IsRegular() {
		return rung.ObjectInfo{}, errNotRegular
	}
	return rung.ObjectInfo{Size: fi.Size(), Modified: fi.ModTime(), ETag: etag(fi)}, nil
}

var errNotRegular = errors.New("not a regular file")
