// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import "rung/transcode/protocol"

// scenes are a pattern's scenes, one after the other, over and over.
type scenes struct {
	ends     []int64 // the first frame after each
	textures []*texture
}

func newScenes(all []protocol.Scene) *scenes {
	if len(all) == 0 {
		return nil
	}
	s := &scenes{}
	end := int64(0)
	for _, scene := range all {
		end += scene.Frames
		s.ends = append(s.ends, end)
		s.textures = append(s.textures, newTexture(scene.Motion, scene.Noise))
	}
	return s
}

// at is the texture of a picture, nil where it has none.
func (s *scenes) at(number int64) *texture {
	if s == nil {
		return nil
	}
	number %= s.ends[len(s.ends)-1]
	for i, end := range s.ends {
		if number < end {
			return s.textures[i]
		}
	}
	return nil
}
