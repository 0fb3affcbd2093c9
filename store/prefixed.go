package store

import (
	"context"
	"io"
	"strings"

	"rung"
)

// prefixed shows the part of a store below a folder as a store of its own.
type prefixed struct {
	inner  Store
	prefix string // with its closing slash
}

// Prefixed is the part of s below the folder prefix, as a store of its own: its key "a" is the key "prefix/a" of s. An
// empty prefix gives s itself. Slashes at the ends of prefix do not matter.
func Prefixed(s Store, prefix string) Store {
	prefix = strings.Trim(prefix, "/")
	if prefix == "" {
		return s
	}
	return &prefixed{inner: s, prefix: prefix + "/"}
}

func (p *prefixed) Put(ctx context.Context, key string, body []byte, o rung.ObjectOptions) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	return p.inner.Put(ctx, p.prefix+key, body, o)
}

func (p *prefixed) Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, rung.ObjectInfo, error) {
	if err := CheckKey(key); err != nil {
		return nil, rung.ObjectInfo{}, err
	}
	r, info, err := p.inner.Open(ctx, p.prefix+key, offset, length)
	info.Key = strings.TrimPrefix(info.Key, p.prefix)
	return r, info, err
}

func (p *prefixed) Stat(ctx context.Context, key string) (rung.ObjectInfo, error) {
	if err := CheckKey(key); err != nil {
		return rung.ObjectInfo{}, err
	}
	info, err := p.inner.Stat(ctx, p.prefix+key)
	info.Key = strings.TrimPrefix(info.Key, p.prefix)
	return info, err
}

func (p *prefixed) List(ctx context.Context, prefix string, fn func(rung.ObjectInfo) error) error {
	if err := CheckPrefix(prefix); err != nil {
		return err
	}
	return p.inner.List(ctx, p.prefix+prefix, func(info rung.ObjectInfo) error {
		info.Key = strings.TrimPrefix(info.Key, p.prefix)
		return fn(info)
	})
}

func (p *prefixed) Delete(ctx context.Context, keys ...string) error {
	whole := make([]string, len(keys))
	for i, key := range keys {
		if err := CheckKey(key); err != nil {
			return err
		}
		whole[i] = p.prefix + key
	}
	return p.inner.Delete(ctx, whole...)
}
