package api

import (
	_ "embed"
	"fmt"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

// specYAML is the API's contract, written by hand: the tests hold every real response against it.
//
//go:embed openapi.yaml
var specYAML []byte

// specJSON is the contract as it is served.
var specJSON = sync.OnceValues(func() ([]byte, error) {
	doc, err := openapi3.NewLoader().LoadFromData(specYAML)
	if err != nil {
		return nil, fmt.Errorf("openapi.yaml: %w", err)
	}
	return doc.MarshalJSON()
})
