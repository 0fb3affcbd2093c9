package objects

import (
	"net/netip"
	"testing"

	"rung"
)

func TestGuard(t *testing.T) {
	for address, public := range map[string]bool{
		"93.184.216.34:80":           true,
		"[2606:2800:220:1::1]:443":   true,
		"[::ffff:93.184.216.34]:443": true,
		"127.0.0.1:80":               false,
		"127.1.2.3:80":               false,
		"10.0.0.1:80":                false,
		"172.16.0.1:80":              false,
		"172.32.0.1:80":              true,
		"192.168.1.1:80":             false,
		"169.254.169.254:80":         false,
		"100.64.0.1:80":              false,
		"0.0.0.0:80":                 false,
		"0.1.2.3:80":                 false,
		"224.0.0.1:80":               false,
		"239.1.1.1:80":               false,
		"240.0.0.1:80":               false,
		"255.255.255.255:80":         false,
		"198.18.0.1:80":              false,
		"[::]:80":                    false,
		"[::1]:80":                   false,
		"[::ffff:127.0.0.1]:80":      false,
		"[::127.0.0.1]:80":           false,
		"[fe80::1%eth0]:80":          false,
		"[fc00::1]:80":               false,
		"[fec0::1]:80":               false,
		"[ff02::1]:80":               false,
		"[64:ff9b::7f00:1]:80":       false,
		"[2002:7f00:1::]:80":         false,
		"not an address":             false,
	} {
		err := guard{}.check(address)
		if (err == nil) != public {
			t.Errorf("%s gives %v, want public: %v", address, err, public)
		}
		if err != nil {
			wantError(t, err, rung.CodeForbidden)
		}
	}
	lan := guard{Policy{Allow: []netip.Prefix{netip.MustParsePrefix("10.20.0.0/16")}}}
	if err := lan.check("10.20.3.4:80"); err != nil {
		t.Errorf("an allowed network gives %v", err)
	}
	wantError(t, lan.check("10.21.3.4:80"), rung.CodeForbidden, "10.21.3.4")
	if err := (guard{Policy{AllowPrivate: true}}).check("[::1]:80"); err != nil {
		t.Errorf("with private addresses allowed: %v", err)
	}
}

func FuzzParseContentRange(f *testing.F) {
	for _, v := range []string{"bytes 0-9/10", "bytes 0-0/1", "bytes 5-4/10", "bytes 0-10/10", "bytes */10", "bytes 0-9/*", "items 0-9/10", "bytes -1-9/10", "", "bytes 0-9"} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v string) {
		first, last, size, err := parseContentRange(v)
		if err == nil && (first < 0 || first > last || last >= size) {
			t.Errorf("%q gives %d to %d of %d", v, first, last, size)
		}
	})
}
