// Package vjson stands in for Vugu's module of that name (go.mod replaces it), which hands
// everything to encoding/json and so brings 1.7 MB into the wasm. It is what Vugu and the code that
// it generates use of it.
package vjson

import "sescope/weights/json"

// RawMessage is a value's own text.
type RawMessage = json.RawMessage

// Marshal writes v as JSON.
func Marshal(v any) ([]byte, error) { return json.Marshal(v) }

// Unmarshal reads the JSON in b into what v points to.
func Unmarshal(b []byte, v any) error { return json.Unmarshal(b, v) }
