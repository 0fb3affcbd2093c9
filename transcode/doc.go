// Package transcode encodes segments: Engine supervises one rung-engine child process and speaks transcode/protocol with
// it, Worker takes tasks from a queue and runs each through an engine into the store. The package itself links no
// codec: what decodes and encodes is the child, so hostile or broken video ends a child and never this process.
package transcode
