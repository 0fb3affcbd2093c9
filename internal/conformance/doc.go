// Package conformance holds the built programs against the test pattern: each kind of stream that broadcasters send is
// made, transcoded as a file and as a live channel, and looked at picture by picture and sample by sample. It has tests
// only. The quick part runs with all tests; `make conformance` runs the whole and writes docs/conformance.md.
package conformance
