package bench

import (
	"cmp"
	"math"
	"slices"
)

// options finds the ways to carry the demand.
func (p *Plan) options() {
	counts := make([]int, len(p.Nodes))
	for i := range p.Nodes {
		clear(counts)
		counts[i] = p.needed(counts, i)
		p.Options = append(p.Options, p.option(counts))
	}
	p.Best = p.best()
	if mix := p.cheapestMix(); mix != nil {
		p.Options = append(p.Options, *mix)
		p.Best = len(p.Options) - 1
	}
}

// best is the cheapest option, or the one with the fewest nodes where not all have prices.
func (p *Plan) best() int {
	least := slices.MinFunc(p.Options, func(a, b PlanOption) int {
		if p.priced() {
			return cmp.Compare(a.PricePerHour, b.PricePerHour)
		}
		return cmp.Compare(a.Total, b.Total)
	})
	return slices.IndexFunc(p.Options, func(o PlanOption) bool { return o.Total == least.Total && o.PricePerHour == least.PricePerHour })
}

func (p *Plan) priced() bool {
	return !slices.ContainsFunc(p.Nodes, func(n PlanNode) bool { return n.Price <= 0 })
}

// cheapestMix is the cheapest pair of types that is cheaper than any type alone; nil where there is none.
func (p *Plan) cheapestMix() *PlanOption {
	if !p.priced() {
		return nil
	}
	var found *PlanOption
	least := p.bestOption().PricePerHour
	for i := range p.Nodes {
		for j := range p.Nodes {
			if i == j {
				continue
			}
			counts := make([]int, len(p.Nodes))
			alone := p.needed(counts, i)
			for counts[i] = 1; counts[i] < alone; counts[i]++ {
				counts[j] = 0
				counts[j] = p.needed(counts, j)
				if o := p.option(counts); o.PricePerHour < least-1e-9 {
					least, found = o.PricePerHour, &o
				}
			}
		}
	}
	return found
}

// needed is how many nodes of type i carry the demand together with the others in counts, the spare ones lost.
func (p *Plan) needed(counts []int, i int) int {
	with := slices.Clone(counts)
	// The loss of the strongest can take no more than so many of the others' share besides spare ones of its own.
	with[i] = max(0, int(math.Ceil((1-p.carried(counts, p.Spare))/p.Nodes[i].Share-1e-9)))
	for p.carried(with, p.Spare) < 1-1e-9 {
		with[i]++
	}
	return with[i]
}

// carried is the part of the demand that nodes carry after lost of the strongest have gone.
func (p *Plan) carried(counts []int, lost int) float64 {
	order := make([]int, len(counts))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(p.Nodes[b].Share, p.Nodes[a].Share) })
	sum := 0.0
	for _, i := range order {
		gone := min(lost, counts[i])
		lost -= gone
		sum += float64(counts[i]-gone) * p.Nodes[i].Share
	}
	return sum
}

// option describes a number of nodes of each type.
func (p *Plan) option(counts []int) PlanOption {
	var o PlanOption
	for i, n := range counts {
		if n == 0 {
			continue
		}
		o.Nodes = append(o.Nodes, PlanCount{Node: p.Nodes[i].Name, Count: n})
		o.Total += n
		o.PricePerHour += float64(n) * p.Nodes[i].Price
	}
	all, left := p.carried(counts, 0), p.carried(counts, p.Spare)
	for i, n := range counts {
		if n > 0 {
			node := p.Nodes[i]
			o.Load = max(o.Load, node.LoadedBy*node.Share/all)
			o.Degraded = max(o.Degraded, node.LoadedBy*node.Share/left)
			onNode := float64(p.Channels) * node.Share / left
			o.MemoryPerNode = max(o.MemoryPerNode, int64(node.EnginesMemory.Value+onNode*node.ChannelMemory.Value))
		}
	}
	if p.priced() {
		o.PerChannelHour = o.PricePerHour / float64(p.Channels)
	} else {
		o.PricePerHour = 0
	}
	return o
}
