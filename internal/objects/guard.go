package objects

import (
	"context"
	"net"
	"net/netip"
	"syscall"
	"time"

	"rung"
)

// reserved are networks that no public server is in, beside those that net/netip has a name for.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),       // this network (RFC 791)
	netip.MustParsePrefix("100.64.0.0/10"),   // shared address space (RFC 6598)
	netip.MustParsePrefix("192.0.0.0/24"),    // protocol assignments (RFC 6890)
	netip.MustParsePrefix("198.18.0.0/15"),   // benchmarks (RFC 2544)
	netip.MustParsePrefix("240.0.0.0/4"),     // reserved, and broadcast (RFC 1112)
	netip.MustParsePrefix("64:ff9b::/96"),    // IPv4 behind a translator (RFC 6052): it may lead back inside
	netip.MustParsePrefix("64:ff9b:1::/48"),  // likewise (RFC 8215)
	netip.MustParsePrefix("2002::/16"),       // 6to4 (RFC 3056): likewise
	netip.MustParsePrefix("2001::/32"),       // Teredo (RFC 4380): likewise
	netip.MustParsePrefix("fec0::/10"),       // site-local (RFC 3879)
	netip.MustParsePrefix("::ffff:0:0:0/96"), // IPv4-translated (RFC 2765)
	netip.MustParsePrefix("::/96"),           // IPv4-compatible (RFC 4291, 2.5.5.1)
}

// guard refuses connections to addresses that the policy does not allow. It looks at the address of each connection as it
// is made, so that neither a name that resolves anew nor a redirect gets around it.
type guard struct {
	policy Policy
}

// dialer connects under the guard; names are resolved in Go.
func (g guard) dialer() *net.Dialer {
	return &net.Dialer{
		Timeout:  10 * time.Second,
		Resolver: &net.Resolver{PreferGo: true},
		ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
			return g.check(address)
		},
	}
}

// check judges "ip:port".
func (g guard) check(address string) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return rung.Errorf(rung.CodeForbidden, "", "%q is not an address", address)
	}
	ip := ap.Addr().Unmap().WithZone("")
	if g.policy.AllowPrivate || isPublic(ip) {
		return nil
	}
	for _, p := range g.policy.Allow {
		if p.Contains(ip) {
			return nil
		}
	}
	return rung.Errorf(rung.CodeForbidden, "the configuration can allow private addresses", "the address %v is not a public one", ip)
}

// isPublic reports whether ip is a unicast address of the Internet.
func isPublic(ip netip.Addr) bool {
	if !ip.IsGlobalUnicast() || ip.IsPrivate() { // the former leaves out loopback, link-local, multicast and unspecified
		return false
	}
	for _, p := range reserved {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}
