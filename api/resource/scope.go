package resource

// Scope is what a token allows. Each includes the ones before it.
type Scope string

// The scopes.
const (
	ScopeRead  Scope = "read"  // look at everything but tokens
	ScopeWrite Scope = "write" // change channels, jobs and profiles; probe
	ScopeAdmin Scope = "admin" // manage tokens
)

var scopeRank = map[Scope]int{ScopeRead: 1, ScopeWrite: 2, ScopeAdmin: 3}

// Valid reports whether the scope is one of the three.
func (s Scope) Valid() bool { return scopeRank[s] > 0 }

// Includes reports whether the scope allows what wanted asks for.
func (s Scope) Includes(wanted Scope) bool { return s.Valid() && scopeRank[s] >= scopeRank[wanted] }
