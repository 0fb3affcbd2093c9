package receive

import (
	"context"
	"net"
	"net/netip"
	"syscall"

	"rung"
)

// reserved are ranges that are not the public Internet's and that netip has no method for.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"),
}

// isPublic reports whether an address lies on the public Internet: what a channel's operator may make this machine
// connect to where private networks are not allowed.
func isPublic(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range reserved {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// checkPublic refuses an address that is not public.
func checkPublic(a netip.Addr) error {
	if isPublic(a) {
		return nil
	}
	return rung.Errorf(rung.CodeForbidden, "allow private addresses in the configuration if this is meant",
		"source.url leads to %s, which is not a public address", a)
}

// publicOnly is a net.Dialer's ControlContext: it sees the address in use, after names were resolved, so neither a
// redirect nor a name that resolves anew gets around it.
func publicOnly(_ context.Context, _, address string, _ syscall.RawConn) error {
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	return checkPublic(a.Addr())
}

// resolve gives an address of a host, checked unless private ones are allowed.
func resolve(ctx context.Context, host string, allowPrivate bool) (netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		if allowPrivate {
			return a, nil
		}
		return a, checkPublic(a)
	}
	all, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil || len(all) == 0 {
		return netip.Addr{}, rung.Errorf(rung.CodeUnavailable, "check the name and this machine's DNS",
			"source.url: host %q is not found: %w", host, err)
	}
	a := all[0].Unmap()
	if allowPrivate {
		return a, nil
	}
	return a, checkPublic(a)
}
