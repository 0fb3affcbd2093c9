package bench

import (
	"fmt"
	"strings"
)

// describe puts the plan's page together.
func (p *Plan) describe(page *Page, _ *Report) {
	best := p.bestOption()
	page.Title = "rung bench plan"
	page.Headline = fmt.Sprintf("%s take %s", p.demandText(), best.text())
	page.Lead = p.lead(best)
	page.Tiles = []Tile{
		{Value: fmt.Sprint(best.Total), Unit: unit(best.Total, "node"), Label: fmt.Sprintf("%d of them spare", p.Spare)},
		{Value: fmt.Sprintf("%.0f", 100*best.Load), Unit: "%", Label: "of the processors in use"},
		{Value: fmt.Sprintf("%.0f", 100*best.Degraded), Unit: "%", Label: fmt.Sprintf("with %d lost", p.Spare)},
	}
	if best.PerChannelHour > 0 {
		page.Tiles = append(page.Tiles, Tile{Value: fmt.Sprintf("%.4f", best.PerChannelHour), Label: "a channel-hour"})
	}
	page.add(p.optionSection(), p.nodeSection(), p.trafficSection(), Section{Title: "What holds for all of it", Text: p.Rules})
}

func (p *Plan) demandText() string {
	var parts []string
	for _, d := range p.Demand {
		parts = append(parts, fmt.Sprintf("%d of %s", d.Channels, d.Profile))
	}
	return fmt.Sprintf("%s (%s)", channelsText(p.Channels), strings.Join(parts, ", "))
}

func (o *PlanOption) text() string {
	var parts []string
	for _, c := range o.Nodes {
		parts = append(parts, fmt.Sprintf("%d %s like %s", c.Count, unit(c.Count, "node"), c.Node))
	}
	return strings.Join(parts, " and ")
}

func (p *Plan) lead(best *PlanOption) string {
	s := fmt.Sprintf("With all nodes there %.0f%% of their processors are in use, with %d lost %.0f%%.", 100*best.Load, p.Spare, 100*best.Degraded)
	if best.PerChannelHour > 0 {
		s += fmt.Sprintf(" At %.2f an hour a channel-hour costs %.4f.", best.PricePerHour, best.PerChannelHour)
	} else if len(p.Nodes) > 1 {
		s += " Without a price for each type the option with the fewest nodes is named; --price says what they cost."
	}
	return s
}

func (p *Plan) optionSection() Section {
	t := Table{Head: []string{"nodes", "in all", "load", "with spare lost", "memory a node", "an hour", "a channel-hour", ""}}
	for i := range p.Options {
		o := &p.Options[i]
		hour, channel, note := "-", "-", ""
		if o.PerChannelHour > 0 {
			hour, channel = fmt.Sprintf("%.2f", o.PricePerHour), fmt.Sprintf("%.4f", o.PerChannelHour)
		}
		if i == p.Best {
			note = "best"
		}
		t.add(o.text(), fmt.Sprint(o.Total), fmt.Sprintf("%.0f%%", 100*o.Load), fmt.Sprintf("%.0f%%", 100*o.Degraded), bytesText(o.MemoryPerNode), hour, channel, note)
	}
	return Section{Title: "Nodes", Tables: []Table{t}, Text: []string{fmt.Sprintf("Each option has %d spare.", p.Spare)}}
}

// nodeSection shows what each type carries, and from what that is known.
func (p *Plan) nodeSection() Section {
	s := Section{Title: "What a node carries"}
	for _, n := range p.Nodes {
		t := Table{Caption: fmt.Sprintf("%s: %s, %d cores, %s", n.Name, n.CPU, n.Cores, bytesText(n.Memory))}
		t.add("processor budget", fmt.Sprintf("%.2f cores", n.Budget.Value), n.Budget.From)
		for _, c := range n.Costs {
			t.add("a channel of "+c.Profile, fmt.Sprintf("%.3f cores, %.2f a node", c.Cores, c.PerNode), c.From)
			if c.Caution != "" {
				s.Text = append(s.Text, fmt.Sprintf("%s, profile %s: %s", n.Name, c.Profile, c.Caution))
			}
		}
		t.add("engines' memory", bytesText(int64(n.EnginesMemory.Value)), n.EnginesMemory.From)
		t.add("memory a channel adds", bytesText(int64(n.ChannelMemory.Value)), n.ChannelMemory.From)
		if n.Price > 0 {
			t.add("price", fmt.Sprintf("%.4f an hour", n.Price), "--price")
		}
		t.add("what runs out first", n.LimitBy, "rule")
		s.Tables = append(s.Tables, t)
	}
	return s
}

func (p *Plan) trafficSection() Section {
	t := Table{}
	for _, f := range p.Traffic {
		t.add(f.Name, f.text(), f.From)
	}
	return Section{Title: "Network, storage, requests", Tables: []Table{t}, Text: []string{"Of all channels together; what players fetch comes on top."}}
}
