package bench

import (
	"os"
	"sync"
	"time"
)

// memoryEvery is how often memory is looked at while channels run. Reading a proportional set size walks the process'
// pages, so looking more often would be work that shows among the channels'.
const memoryEvery = time.Second

// memoryWatch samples the memory of this process and of its descendants.
type memoryWatch struct {
	done chan struct{}
	wait sync.WaitGroup
	most MemoryFigures
}

// watchTree begins to sample; stop has to be called.
func watchTree() *memoryWatch {
	w := &memoryWatch{done: make(chan struct{})}
	w.wait.Go(func() {
		tick := time.NewTicker(memoryEvery)
		defer tick.Stop()
		for {
			w.sample()
			select {
			case <-w.done:
				return
			case <-tick.C:
			}
		}
	})
	return w
}

func (w *memoryWatch) sample() {
	now := MemoryFigures{}
	for i, pid := range tree(os.Getpid()) {
		if i == 0 {
			now.Control = pss(pid)
		} else {
			now.Engines += pss(pid)
		}
	}
	if now.Peak = now.Control + now.Engines; now.Peak > w.most.Peak {
		w.most = now
	}
}

// stop ends the sampling and gives the figures of the moment at which most was in use.
func (w *memoryWatch) stop(channels int) MemoryFigures {
	close(w.done)
	w.wait.Wait()
	w.most.PerChannel = w.most.Peak / int64(max(channels, 1))
	return w.most
}
