package fs

// MapError is for the test of the codes that no test can provoke on a real disk.
var MapError = mapError
