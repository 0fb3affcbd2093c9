package transcode

import "os"

// childPipes are the three pipes between a child and its parent. They are made here and not by os/exec, whose Wait
// would close the parent's ends under a reader.
type childPipes struct {
	in, out, err                *os.File // the parent's ends
	childIn, childOut, childErr *os.File
}

// newChildPipes opens all six ends or none.
func newChildPipes() (*childPipes, error) {
	p := &childPipes{}
	var err error
	if p.childIn, p.in, err = os.Pipe(); err != nil {
		return nil, err
	}
	if p.out, p.childOut, err = os.Pipe(); err == nil {
		p.err, p.childErr, err = os.Pipe()
	}
	if err != nil {
		p.closeChildEnds()
		p.closeParentEnds()
		return nil, err
	}
	return p, nil
}

// closeChildEnds closes what the child has as its own; nil files are none.
func (p *childPipes) closeChildEnds() { closeFiles(p.childIn, p.childOut, p.childErr) }

// closeParentEnds closes the rest.
func (p *childPipes) closeParentEnds() { closeFiles(p.in, p.out, p.err) }

// closeFiles closes those that are open; a pipe's end has nothing to lose by it.
func closeFiles(files ...*os.File) {
	for _, f := range files {
		if f != nil {
			_ = f.Close()
		}
	}
}
