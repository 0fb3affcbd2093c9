package bench

import (
	"fmt"
	"math"
)

// memoryShare is how much of a node's memory is given to Rung; the system's own cache needs the rest.
const memoryShare = 0.8

// MakePlan works out what the channels take of nodes like those that the reports are of.
func MakePlan(o PlanOptions) (*Plan, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	p := &Plan{Spare: o.Spare}
	for _, c := range o.Channels {
		p.Demand = append(p.Demand, PlanDemand{Profile: c.Profile.Name, Channels: c.Channels})
		p.Channels += c.Channels
	}
	for _, r := range o.Reports {
		n, err := o.node(newPlanMeasured(r), p.Channels)
		if err != nil {
			return nil, err
		}
		p.Nodes = append(p.Nodes, n)
	}
	p.options()
	var err error
	if p.Traffic, err = o.traffic(); err != nil {
		return nil, err
	}
	p.Rules = o.rules()
	return p, nil
}

// node works out one type of node.
func (o *PlanOptions) node(m planMeasured, channels int) (PlanNode, error) {
	machine := m.Report.Machine
	n := PlanNode{Name: m.Name, CPU: machine.CPU, Cores: machine.Cores, Memory: machine.Memory, Price: m.Price, Budget: m.budget(), LimitBy: "processor"}
	demand := 0.0 // cores that all channels take
	for _, c := range o.Channels {
		cost, err := m.cost(c.Profile)
		if err != nil {
			return n, err
		}
		cost.PerNode = n.Budget.Value / cost.Cores
		n.Costs = append(n.Costs, cost)
		demand += cost.Cores * float64(c.Channels)
	}
	n.Share = n.Budget.Value / demand
	n.LoadedBy = demand / float64(n.Cores)
	from := m.Name + ": measured at peak"
	n.EnginesMemory = PlanFigure{Name: "engines' memory", Unit: "bytes", Value: float64(m.trial.Memory.Engines), From: fmt.Sprintf("%s, with %d slots", from, m.density.Slots)}
	n.ChannelMemory = PlanFigure{Name: "memory a channel adds", Unit: "bytes", Value: float64(m.trial.Memory.Control) / float64(max(1, m.trial.Channels)), From: from}
	if n.ChannelMemory.Value > 0 && n.Memory > 0 {
		room := (memoryShare*float64(n.Memory) - n.EnginesMemory.Value) / n.ChannelMemory.Value / float64(channels)
		if room <= 0 {
			room = math.SmallestNonzeroFloat32
		}
		if room < n.Share {
			n.Share, n.LimitBy = room, "memory"
		}
	}
	return n, nil
}

// rules are what holds for every figure.
func (o *PlanOptions) rules() []string {
	spare := fmt.Sprintf("%d of the strongest nodes may be lost: the others carry all channels within their budget.", o.Spare)
	if o.Spare == 0 {
		spare = "No node is spare: the loss of one takes segments with it."
	}
	return []string{
		"Segments of any channel are encoded on any node, so what nodes carry adds up, and a channel need not fit on one.",
		spare,
		fmt.Sprintf("A node's channels take at most its budget of the processor, and with its engines at most %.0f%% of its memory.", 100*memoryShare),
		"Costs are of the content that the reports were measured on: harder content takes more.",
	}
}
