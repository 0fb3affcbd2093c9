// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/asticode/go-astiav"
)

// The sandbox denies everything that TryEscapes tries, and all encoders work inside it. It cannot be undone, so a child
// closes it.
func TestSandboxedEncoders(t *testing.T) {
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childMode+"=sandboxed encoders")
	out, err := child.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatalf("sandboxed child: %v", err)
	}
	for _, want := range []string{"seccomp", "libx264: 25 packets", "libx265: 25 packets", "libsvtav1: 25 packets"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the child's report lacks %q", want)
		}
	}
}

// runSandboxedEncoders is the child: it reports on standard output and gives its exit code.
func runSandboxedEncoders() int {
	code := 0
	holds, err := Sandbox{}.Apply()
	fmt.Println("holds", holds, err)
	for _, escape := range TryEscapes() {
		if escape.Succeeded() {
			fmt.Println(escape)
			code = 1
		}
	}
	for _, name := range []string{"libx264", "libx265", "libsvtav1"} {
		n, err := encodeGrey(name, 25)
		if err != nil {
			fmt.Println(name, err)
			code = 1
			continue
		}
		fmt.Printf("%s: %d packets\n", name, n)
	}
	return code
}

// encodeGrey encodes pictures with an encoder's own number of threads and counts the packets.
func encodeGrey(name string, pictures int) (packets int, err error) {
	codec := astiav.FindEncoderByName(name)
	if codec == nil {
		return 0, errors.New("is not there")
	}
	cc := astiav.AllocCodecContext(codec)
	defer cc.Free()
	cc.SetWidth(256)
	cc.SetHeight(144)
	cc.SetPixelFormat(astiav.PixelFormatYuv420P)
	cc.SetTimeBase(astiav.NewRational(1, 25))
	options := astiav.NewDictionary()
	defer options.Free()
	if name == "libx265" {
		if err := options.Set("x265-params", "log-level=none", 0); err != nil {
			return 0, err
		}
	}
	if err := cc.Open(codec, options); err != nil {
		return 0, err
	}
	frame, packet := astiav.AllocFrame(), astiav.AllocPacket()
	defer frame.Free()
	defer packet.Free()
	for i := range pictures + 1 {
		if i == pictures {
			err = cc.SendFrame(nil)
		} else {
			err = sendGrey(cc, frame, int64(i))
		}
		if err != nil {
			return packets, err
		}
		for cc.ReceivePacket(packet) == nil {
			packets++
			packet.Unref()
		}
	}
	return packets, nil
}

func sendGrey(cc *astiav.CodecContext, f *astiav.Frame, pts int64) error {
	f.Unref()
	f.SetWidth(cc.Width())
	f.SetHeight(cc.Height())
	f.SetPixelFormat(cc.PixelFormat())
	f.SetPts(pts)
	if err := f.AllocBuffer(0); err != nil {
		return err
	}
	for _, p := range planesOf(f) {
		p.fill(0, 0, p.stride, len(p.pixels)/p.stride, neutral)
	}
	return cc.SendFrame(f)
}
