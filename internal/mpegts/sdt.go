package mpegts

import "encoding/binary"

// service is a program's names (ETSI EN 300 468, 5.2.3 and 6.2.33).
type service struct {
	number         int
	name, provider string
}

// parseSDT reads a section of the service description table.
func parseSDT(s section) []service {
	b := s.body()
	if len(b) < 3 {
		return nil
	}
	var services []service
	for b = b[3:]; len(b) >= 5; {
		sv := service{number: int(binary.BigEndian.Uint16(b))}
		var loop []byte
		loop, b = splitLoop(b[3:])
		for tag, body := range descriptors(loop) {
			if tag == descService && len(body) >= 2 {
				sv.provider, sv.name = serviceNames(body[1:])
			}
		}
		services = append(services, sv)
	}
	return services
}

// serviceNames reads two texts, each behind its length.
func serviceNames(b []byte) (provider, name string) {
	text := func() string {
		if len(b) == 0 {
			return ""
		}
		n := min(1+int(b[0]), len(b))
		t := decodeText(b[1:n])
		b = b[n:]
		return t
	}
	provider = text()
	return provider, text()
}
