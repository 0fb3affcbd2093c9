package receive

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"

	"rung"
)

// endpoint is where datagrams are received: an address of this machine, or a multicast group.
type endpoint struct {
	scheme  string
	addr    netip.AddrPort // unspecified address: all of this machine's
	iface   string         // for multicast; "": the system's choice
	sources []netip.Addr   // for multicast: only from these (RFC 4607); none: from any
}

// newEndpoint reads udp://[source@]host:port and rtp:// likewise. "@" alone, as players write it, means nothing.
func newEndpoint(u *url.URL, src rung.Source) (endpoint, error) {
	e := endpoint{scheme: u.Scheme, iface: src.Interface}
	hint := "write " + u.Scheme + "://239.1.1.1:5000 for a multicast group or " + u.Scheme + "://:5000 for this machine's addresses"
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil || port == 0 {
		return e, rung.Errorf(rung.CodeInvalid, hint, "source.url %q has no port from 1 to 65535", u.Redacted())
	}
	if u.Path != "" && u.Path != "/" || u.RawQuery != "" {
		return e, rung.Errorf(rung.CodeInvalid, "give interface, sources and latency as fields of the source",
			"source.url %q has more than host and port", u.Redacted())
	}
	host := netip.IPv6Unspecified()
	if name := u.Hostname(); name == "localhost" {
		host = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	} else if name != "" {
		if host, err = netip.ParseAddr(name); err != nil {
			return e, rung.Errorf(rung.CodeInvalid, hint, "source.url: host %q is not an IP address", name)
		}
	}
	e.addr = netip.AddrPortFrom(host.Unmap(), uint16(port))
	filter := slices.Clone(src.Sources)
	if name := u.User.Username(); name != "" {
		filter = append(filter, name)
	}
	return e, e.addSources(filter)
}

// addSources adds a source filter.
func (e *endpoint) addSources(filter []string) error {
	multicast := e.addr.Addr().IsMulticast()
	if !multicast && (len(filter) > 0 || e.iface != "") {
		return rung.Errorf(rung.CodeInvalid, "leave them out, or use a multicast group (224.0.0.0/4 or ff00::/8)",
			"source.interface and source.sources apply to multicast only, and %s is not a group", e.addr.Addr())
	}
	for _, text := range filter {
		a, err := netip.ParseAddr(text)
		if err != nil || a.IsMulticast() || a.Is4() != e.addr.Addr().Is4() {
			return rung.Errorf(rung.CodeInvalid, "give the sender's own IP address, of the group's IP version",
				"source.sources: %q cannot send to %s", text, e.addr.Addr())
		}
		e.sources = append(e.sources, a)
	}
	return nil
}

// networkInterface finds the interface to join on; nil leaves it to the system.
func (e *endpoint) networkInterface() (*net.Interface, error) {
	if e.iface == "" {
		return nil, nil
	}
	ifi, err := net.InterfaceByName(e.iface)
	if err != nil {
		return nil, rung.Errorf(rung.CodeInvalid, "`ip link` lists this machine's interfaces",
			"source.interface: this machine has no interface %q: %w", e.iface, err)
	}
	if ifi.Flags&net.FlagUp == 0 {
		return nil, rung.Errorf(rung.CodeUnavailable, "bring it up, or choose another",
			"source.interface: interface %q is down", e.iface)
	}
	return ifi, nil
}
