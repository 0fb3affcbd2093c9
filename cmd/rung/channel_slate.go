package main

import (
	"context"
	"os"

	"rung"
)

// channelSlate sets or removes a channel's own slate.
type channelSlate struct {
	clientFlags
	ID     string `arg:""`
	Image  string `arg:"" optional:"" type:"existingfile" help:"A PNG or JPEG file of up to 512 KiB."`
	Remove bool   `help:"Go back to the built-in slate."`
}

// Run uploads the image, or takes it away.
func (c *channelSlate) Run(ctx context.Context, g *globals) error {
	if c.Remove == (c.Image != "") {
		return rung.Errorf(rung.CodeInvalid, "for example `rung channel slate news slate.png`", "name an image file or say --remove")
	}
	api, err := c.client()
	if err != nil {
		return err
	}
	defer api.Close()
	if c.Remove {
		ch, err := api.DeleteSlate(ctx, c.ID)
		if err != nil {
			return err
		}
		return g.said(ch, "channel %s shows the built-in slate", ch.ID)
	}
	image, err := os.ReadFile(c.Image)
	if err != nil {
		return rung.Errorf(rung.CodeInvalid, "", "slate: %w", err)
	}
	ch, err := api.PutSlate(ctx, c.ID, image)
	if err != nil {
		return err
	}
	return g.said(ch, "channel %s shows %s when its source is not there", ch.ID, c.Image)
}
