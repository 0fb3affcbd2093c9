// Package receive takes transport streams from where they come: UDP, RTP, SRT and HTTP from the network, files at
// their own pace, and test patterns. Each source is a Receiver that hands on whole packets with their arrival times.
//
// Receivers of network sources go on for as long as they are wanted: they connect again with growing pauses and say in
// their figures whether they are connected. They give up only on what waiting cannot mend: a wrong configuration, an
// address in use, a source that is not a transport stream.
package receive
