package transcode

import "testing"

func TestReadMachine(t *testing.T) {
	if m := ReadMachine(); m.Host == "" || m.Cores < 1 || m.Memory < 64<<20 || m.Load < 0 {
		t.Errorf("the machine is %+v", m)
	}
}

func TestDefaultSlots(t *testing.T) {
	for m, want := range map[Machine]int{
		{Cores: 1, Memory: 8 << 30}:    2,
		{Cores: 2, Memory: 8 << 30}:    2,
		{Cores: 64, Memory: 256 << 30}: 64,
		{Cores: 64, Memory: 12 << 30}:  16,
		{Cores: 4, Memory: 512 << 20}:  1,
		{Cores: 8}:                     8, // memory not known
	} {
		if got := DefaultSlots(m); got != want {
			t.Errorf("%+v has %d slots, want %d", m, got, want)
		}
	}
}

func TestFilmSlots(t *testing.T) {
	for _, c := range []struct{ cores, renditions, want int }{{1, 5, 1}, {2, 5, 1}, {3, 5, 2}, {16, 3, 8}, {2, 1, 2}, {16, 2, 16}} {
		if got := FilmSlots(Machine{Cores: c.cores, Memory: 64 << 30}, c.renditions); got != c.want {
			t.Errorf("%d renditions on %d cores: %d slots, want %d", c.renditions, c.cores, got, c.want)
		}
	}
}
