// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"bytes"
	"testing"
)

func TestNALUnits(t *testing.T) {
	tests := []struct {
		name   string
		stream []byte
		want   [][]byte
	}{
		{"none", nil, nil},
		{"no start code", []byte{1, 2, 3}, nil},
		{"both start codes", []byte{0, 0, 0, 1, 9, 8, 0, 0, 1, 7}, [][]byte{{9, 8}, {7}}},
		{"zeros at the end", []byte{0, 0, 1, 9, 0, 0, 0, 0, 0, 1, 7, 0, 0}, [][]byte{{9}, {7}}},
		{"empty units", []byte{0, 0, 1, 0, 0, 1, 5, 0, 0, 1}, [][]byte{{5}}},
	}
	for _, test := range tests {
		got := nalUnits(test.stream)
		if len(got) != len(test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
			continue
		}
		for i := range got {
			if !bytes.Equal(got[i], test.want[i]) {
				t.Errorf("%s: unit %d is %v, want %v", test.name, i, got[i], test.want[i])
			}
		}
	}
	if got, want := lengthPrefixed([][]byte{{9, 8}, {7}}), []byte{0, 0, 0, 2, 9, 8, 0, 0, 0, 1, 7}; !bytes.Equal(got, want) {
		t.Errorf("lengthPrefixed: %v, want %v", got, want)
	}
}
