package bench

// Machine describes what a report was measured on. What the kernel does not say is empty or zero.
type Machine struct {
	Host           string            `json:"host"`
	OS             string            `json:"os"`             // the distribution's own name for itself
	Kernel         string            `json:"kernel"`         // release
	Virtualisation string            `json:"virtualisation"` // hypervisor or container runtime; "none" on bare metal
	CPU            string            `json:"cpu"`            // model name
	Sockets        int               `json:"sockets"`        //
	Cores          int               `json:"cores"`          // that this process may use, a container's share counted
	Threads        int               `json:"threads"`        // hardware threads online
	ThreadsPerCore int               `json:"threads_per_core"`
	MHz            float64           `json:"mhz"` // mean of the threads' frequency while they work, as the kernel reports it
	Caches         []Cache           `json:"caches,omitempty"`
	Flags          []string          `json:"flags,omitempty"` // instruction sets that video encoders use: avx2, avx512f, ...
	NUMANodes      int               `json:"numa_nodes"`
	Memory         int64             `json:"memory"`   // bytes, a container's limit counted
	Versions       map[string]string `json:"versions"` // ffmpeg, libavcodec, x264, x265, svtav1, go
}

// Cache is one level of the processor's caches.
type Cache struct {
	Level int    `json:"level"`
	Type  string `json:"type"`  // Data, Instruction or Unified
	Bytes int64  `json:"bytes"` // of one
	Count int    `json:"count"` // how many the machine has
}
