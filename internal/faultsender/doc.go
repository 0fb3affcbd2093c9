// Package faultsender makes a live transport stream misbehave in chosen ways and sends it. A Stream is packets with the
// times at which they are sent; a Fault changes it. Faults compose, draw their chances from a seeded generator, and keep
// no clock, so that the same faults on the same stream give the same packets: tests feed them to an ingest by simulated
// time, or send them over the network.
package faultsender
