// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"github.com/asticode/go-astiav"

	"rung"
)

// openEncoder opens an encoder with options by libavcodec's names. One that the encoder does not know is an error that
// names it: it would be left out in silence.
func openEncoder(cc *astiav.CodecContext, codec *astiav.Codec, what string, options [][2]string) error {
	d := astiav.NewDictionary()
	defer d.Free()
	for _, o := range options {
		if err := d.Set(o[0], o[1], 0); err != nil {
			return err
		}
	}
	if err := cc.Open(codec, d); err != nil {
		return rung.Errorf(rung.CodeInvalid, "check the rendition's settings against what the encoder takes",
			"%s: encoder %s refuses its settings: %w", what, codec.Name(), err)
	}
	if left := d.Get("", nil, astiav.NewDictionaryFlags(astiav.DictionaryFlagIgnoreSuffix)); left != nil {
		return rung.Errorf(rung.CodeInvalid, "take the setting out of the profile", "%s: encoder %s has no setting %q", what, codec.Name(), left.Key())
	}
	return nil
}
