package fs

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
	"time"

	"rung"
)

// Temporary files are named tempPrefix, 26 random characters, tempSuffix.
const (
	tempPrefix = ".rung-"
	tempSuffix = ".tmp"
)

// putTries bounds how often Put makes its folder anew because a Delete beside it removed the empty one.
const putTries = 16

// Put stores body under key, synced. CacheControl and ContentType are not kept.
func (s *Store) Put(ctx context.Context, key string, body []byte, o rung.ObjectOptions) error {
	if err := check(ctx, key); err != nil {
		return err
	}
	if o.IfAbsent {
		if _, err := s.root.Stat(key); err == nil {
			return nil // spares writing what cannot be kept; the link below decides
		}
	}
	dir := path.Dir(key)
	temp := path.Join(dir, tempPrefix+rand.Text()+tempSuffix)
	if err := s.writeTemp(dir, temp, body); err != nil {
		_ = s.root.Remove(temp)
		return mapError(err, object(key))
	}
	if err := s.publish(temp, key, o.IfAbsent); err != nil {
		_ = s.root.Remove(temp)
		return mapError(err, object(key))
	}
	return mapError(s.syncDir(dir), object(key))
}

// writeTemp writes and syncs the temporary file, in a folder that it makes where it is not there.
func (s *Store) writeTemp(dir, temp string, body []byte) error {
	f, err := s.createIn(dir, temp)
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// createIn creates the file; once it is there its folder cannot be removed.
func (s *Store) createIn(dir, temp string) (*os.File, error) {
	for range putTries {
		f, err := s.root.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		if err == nil {
			return f, nil
		}
		if errors.Is(err, fs.ErrNotExist) {
			err = s.makeDir(dir)
		}
		if errors.Is(err, syscall.ENOTDIR) {
			return nil, rung.Errorf(rung.CodeInvalid, "choose another name", "folder %q cannot be made: an object is in its way", dir)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	return nil, rung.Errorf(rung.CodeUnavailable, "has the store's folder been removed or renamed?", "folder %q cannot be kept in %s", dir, s.dir)
}

// makeDir makes a folder and those above it, and syncs each new one's entry.
func (s *Store) makeDir(dir string) error {
	err := s.root.Mkdir(dir, 0o755)
	if errors.Is(err, fs.ErrNotExist) && dir != "." {
		if err := s.makeDir(path.Dir(dir)); err != nil {
			return err
		}
		err = s.root.Mkdir(dir, 0o755)
	}
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.syncDir(path.Dir(dir))
}

// publish gives the finished file its name. A link fails where the name is taken, a rename replaces.
func (s *Store) publish(temp, key string, ifAbsent bool) error {
	if !ifAbsent {
		return s.root.Rename(temp, key)
	}
	if err := s.root.Link(temp, key); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return s.root.Remove(temp)
}

func (s *Store) syncDir(dir string) error {
	d, err := s.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// isTemp reports whether a key's last segment is a temporary file's name.
func isTemp(key string) bool {
	name := path.Base(key)
	return strings.HasPrefix(name, tempPrefix) && strings.HasSuffix(name, tempSuffix)
}

// cleanStale removes temporary files last written before the time given. What cannot be looked into holds none of ours.
func (s *Store) cleanStale(before time.Time) error {
	return fs.WalkDir(s.root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			if p == "." {
				return err
			}
			return nil
		}
		if !isTemp(p) || !d.Type().IsRegular() {
			return nil
		}
		if info, err := d.Info(); err == nil && info.ModTime().Before(before) {
			_ = s.root.Remove(p)
		}
		return nil
	})
}
