package api_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"rung"
	"rung/api"
)

const segmentKey = "live/news/s1/720p/00001.m4s"

// fetch gets a path of the origin, without a token.
func (p *platform) fetch(method, path string, want int, headers ...string) answer {
	p.t.Helper()
	req, err := http.NewRequest(method, p.base+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := p.http.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	if resp.StatusCode != want {
		p.t.Fatalf("%s %s: status %d, not %d: %s", method, path, resp.StatusCode, want, body)
	}
	return answer{resp.StatusCode, resp.Header, body}
}

func TestOriginHeaders(t *testing.T) {
	p := start(t, nil)
	for key, c := range map[string]struct{ media, caching string }{
		"live/news/master.m3u8":            {"application/vnd.apple.mpegurl", "no-cache"},
		"live/news/720p.m3u8":              {"application/vnd.apple.mpegurl", "no-cache"},
		"vod/film/master.m3u8":             {"application/vnd.apple.mpegurl", "no-cache"},
		segmentKey:                         {"video/mp4", "public, max-age=31536000, immutable"},
		"live/news/s1/720p/init-0123.mp4":  {"video/mp4", "public, max-age=31536000, immutable"},
		"live/news/s1/audio-fra/00001.m4s": {"audio/mp4", "public, max-age=31536000, immutable"},
		"vod/film/s1/audio/init-4567.mp4":  {"audio/mp4", "public, max-age=31536000, immutable"},
	} {
		p.bin.put(key, []byte("body of "+key))
		get := p.fetch("GET", "/"+key, 200)
		head := p.fetch("HEAD", "/"+key, 200)
		if string(get.body) != "body of "+key || len(head.body) != 0 {
			t.Errorf("%s: GET gives %q, HEAD %q", key, get.body, head.body)
		}
		for name, want := range map[string]string{
			"Content-Type": c.media, "Cache-Control": c.caching, "Access-Control-Allow-Origin": "*",
			"Content-Length": fmt.Sprint(len(get.body)), "X-Content-Type-Options": "nosniff", "ETag": get.header.Get("ETag"),
		} {
			if g, h := get.header.Get(name), head.header.Get(name); g != want || h != want {
				t.Errorf("%s: %s is %q for GET and %q for HEAD, not %q", key, name, g, h, want)
			}
		}
		etag := get.header.Get("ETag")
		if !strings.HasPrefix(etag, `"`) {
			t.Errorf("%s: the entity tag %q is not strong", key, etag)
		}
		if a := p.fetch("GET", "/"+key, 304, "If-None-Match", `"other", W/`+etag); len(a.body) != 0 || a.header.Get("ETag") != etag {
			t.Errorf("%s: not modified gives %q, %v", key, a.body, a.header)
		}
		p.fetch("GET", "/"+key, 200, "If-None-Match", `"other"`)
	}
	a := p.fetch("OPTIONS", "/"+segmentKey, 204, "Origin", "https://player.example", "Access-Control-Request-Headers", "range")
	if !strings.Contains(a.header.Get("Access-Control-Allow-Headers"), "Range") {
		t.Errorf("preflight gives %v", a.header)
	}
}

func TestOriginRanges(t *testing.T) {
	for name, cache := range map[string]int64{"memory": 0, "store": -1} {
		t.Run(name, func(t *testing.T) {
			p := start(t, func(o *api.Options) { o.CacheBytes = cache })
			p.bin.put(segmentKey, []byte("0123456789"))
			whole := p.fetch("GET", "/"+segmentKey, 200)
			if string(whole.body) != "0123456789" || whole.header.Get("Accept-Ranges") != "bytes" {
				t.Errorf("the whole is %q, %v", whole.body, whole.header)
			}
			etag := whole.header.Get("ETag")
			for _, c := range []struct {
				asked, ifRange string
				status         int
				body, place    string
			}{
				{"bytes=0-3", "", 206, "0123", "bytes 0-3/10"},
				{"bytes=4-", "", 206, "456789", "bytes 4-9/10"},
				{"bytes=-3", "", 206, "789", "bytes 7-9/10"},
				{"bytes=-30", "", 206, "0123456789", "bytes 0-9/10"},
				{"bytes=8-99", "", 206, "89", "bytes 8-9/10"},
				{"bytes=0-3", etag, 206, "0123", "bytes 0-3/10"},
				{"bytes=0-3", `"old"`, 200, "0123456789", ""},
				{"bytes=10-", "", 416, "", "bytes */10"},
				{"bytes=-0", "", 416, "", "bytes */10"},
				{"bytes=0-1,4-5", "", 200, "0123456789", ""},
				{"bytes=5-2", "", 200, "0123456789", ""},
				{"bytes=x-", "", 200, "0123456789", ""},
				{"lines=0-3", "", 200, "0123456789", ""},
			} {
				headers := []string{"Range", c.asked}
				if c.ifRange != "" {
					headers = append(headers, "If-Range", c.ifRange)
				}
				a := p.fetch("GET", "/"+segmentKey, c.status, headers...)
				if a.header.Get("Content-Range") != c.place {
					t.Errorf("%s: Content-Range is %q, not %q", c.asked, a.header.Get("Content-Range"), c.place)
				}
				if c.status != 416 && string(a.body) != c.body {
					t.Errorf("%s: the body is %q, not %q", c.asked, a.body, c.body)
				}
			}
			if head := p.fetch("HEAD", "/"+segmentKey, 200, "Range", "bytes=0-3"); head.header.Get("Content-Length") != "10" {
				t.Errorf("HEAD gives length %q, not the whole's", head.header.Get("Content-Length"))
			}
			p.stop()
			if o, c := p.bin.opens.Load(), p.bin.closes.Load(); o != c {
				t.Errorf("%d objects were opened and %d closed", o, c)
			}
		})
	}
}

func TestOriginRefusesOtherPaths(t *testing.T) {
	p := start(t, nil)
	p.bin.put("live/news/x.txt", []byte("x"))
	for _, path := range []string{
		"/live/news/none.m3u8", "/live/news/x.txt", "/live/news", "/live/master.m3u8", "/live/a/b/c/d/e.m4s", "/live/news/.hidden.m3u8",
		"/live/news/..%2f..%2fsecret.m3u8", "/live/%2e%2e/secret.m3u8", "/live/news/a%00b.m3u8", "/other/news/master.m3u8",
	} {
		prob := p.fetch("GET", path, 404).problem(t)
		if prob.Code != rung.CodeNotFound || strings.Contains(prob.Detail, "/secret/place") {
			t.Errorf("%s says %+v", path, prob)
		}
	}
	if n := p.bin.opens.Load(); n != 0 {
		t.Errorf("%d objects were opened", n)
	}
}

func TestPlaylistsAreGzippedOnRequest(t *testing.T) {
	p := start(t, nil)
	text := strings.Repeat("#EXTINF:3.840,\n00001.m4s\n", 100)
	p.bin.put("live/news/720p.m3u8", []byte(text))
	a := p.fetch("GET", "/live/news/720p.m3u8", 200, "Accept-Encoding", "br, gzip;q=0.8")
	if a.header.Get("Content-Encoding") != "gzip" || a.header.Get("Vary") != "Accept-Encoding" || len(a.body) > len(text)/4 {
		t.Fatalf("%d bytes, %v", len(a.body), a.header)
	}
	z, err := gzip.NewReader(bytes.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := io.ReadAll(z); err != nil || string(plain) != text {
		t.Errorf("unpacked it is %q, %v", plain, err)
	}
	b := p.fetch("GET", "/live/news/720p.m3u8", 200, "Accept-Encoding", "gzip;q=0")
	if string(b.body) != text || b.header.Get("ETag") == a.header.Get("ETag") {
		t.Errorf("plain it is %q with the same tag %s", b.body, b.header.Get("ETag"))
	}
}

// Many players cost the store one read of a segment, and one of a playlist.
func TestPlayersShareReads(t *testing.T) {
	for _, key := range []string{segmentKey, "live/news/720p.m3u8"} {
		p := start(t, nil)
		p.bin.put(key, []byte("body"))
		p.bin.hold = make(chan struct{})
		const players = 20
		var wg sync.WaitGroup
		for range players {
			wg.Go(func() {
				if a := p.fetch("GET", "/"+key, 200); string(a.body) != "body" {
					t.Errorf("a player got %q", a.body)
				}
			})
		}
		close(p.bin.hold)
		wg.Wait()
		if n := p.bin.opens.Load(); n != 1 {
			t.Errorf("%s: %d players cost %d reads", key, players, n)
		}
	}
}

func TestSegmentCacheIsBounded(t *testing.T) {
	p := start(t, func(o *api.Options) { o.CacheBytes = 800 })
	for i := range 20 {
		key := fmt.Sprintf("live/news/s1/720p/%05d.m4s", i)
		p.bin.put(key, bytes.Repeat([]byte{'x'}, 100))
		p.fetch("GET", "/"+key, 200)
	}
	p.fetch("GET", "/live/news/s1/720p/00019.m4s", 200)
	if n := p.bin.opens.Load(); n != 20 {
		t.Errorf("20 segments and one from memory cost %d reads", n)
	}
	p.fetch("GET", "/live/news/s1/720p/00000.m4s", 200)
	if n := p.bin.opens.Load(); n != 21 {
		t.Errorf("one thrown out cost %d reads in all, not 21", n)
	}
	if m := string(p.call("GET", "/metrics", "", 200).body); !strings.Contains(m, "rung_origin_cache_bytes 800\n") {
		t.Errorf("the cache is not full at its bound")
	}
}
