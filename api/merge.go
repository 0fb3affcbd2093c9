package api

import "encoding/json"

// mergeJSON applies a merge patch to a document (RFC 7396, 2): objects merge, null removes, anything else replaces.
// Both are valid JSON; the patch is an object.
func mergeJSON(doc, patch []byte) ([]byte, error) {
	var target, change any
	if err := json.Unmarshal(doc, &target); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(patch, &change); err != nil {
		return nil, err
	}
	return json.Marshal(mergeValue(target, change))
}

func mergeValue(target, patch any) any {
	change, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	merged, ok := target.(map[string]any)
	if !ok {
		merged = map[string]any{}
	}
	for name, value := range change {
		if value == nil {
			delete(merged, name)
			continue
		}
		merged[name] = mergeValue(merged[name], value)
	}
	return merged
}
