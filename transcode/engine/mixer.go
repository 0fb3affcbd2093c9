// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"errors"
	"fmt"

	"github.com/asticode/go-astiav"
)

// mixer brings decoded frames to one speaker layout in planar floating point, at the rate that they have. Surround is
// mixed down with libswresample's matrix, which is that of ITU-R BS.775: left + 0.707 centre + 0.707 left surround, the
// low-frequency channel left out; mono goes to both sides of stereo, at 0.707. The sum may be over full scale: see limit.
//
// The gains work on each sample alone, so it does not matter with which frame the mixing begins.
type mixer struct {
	layout astiav.ChannelLayout
	swr    *astiav.SoftwareResampleContext
	out    *astiav.Frame
}

// mix gives f mixed. The result is valid until the next call and until f is unreferenced.
func (m *mixer) mix(f *astiav.Frame) (*astiav.Frame, error) {
	if f.SampleFormat() == astiav.SampleFormatFltp && f.ChannelLayout().Equal(m.layout) {
		return f, nil
	}
	out, err := m.convert(f)
	if errors.Is(err, astiav.ErrInputChanged) || errors.Is(err, astiav.ErrOutputChanged) {
		m.Close()
		out, err = m.convert(f)
	}
	if err != nil {
		return nil, fmt.Errorf("engine: mixing %s to %s: %w", f.ChannelLayout(), m.layout, err)
	}
	return out, nil
}

func (m *mixer) convert(f *astiav.Frame) (*astiav.Frame, error) {
	if m.swr == nil {
		m.swr = astiav.AllocSoftwareResampleContext()
		m.out = astiav.AllocFrame()
	}
	m.out.Unref()
	m.out.SetChannelLayout(m.layout)
	m.out.SetSampleFormat(astiav.SampleFormatFltp)
	m.out.SetSampleRate(f.SampleRate())
	return m.out, m.swr.ConvertFrame(f, m.out)
}

// Close releases the converter; mix opens another.
func (m *mixer) Close() {
	if m.swr != nil {
		m.swr.Free()
		m.out.Free()
		m.swr, m.out = nil, nil
	}
}
