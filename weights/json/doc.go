// Package json is the part of encoding/json that SEscope needs, small enough for the wasm: Marshal
// and Unmarshal of structs with json tags (names, omitempty and "-"; embedded structs are
// flattened), pointers, slices, maps with string keys, strings, numbers, bools, RawMessage, and
// any. What it accepts and writes is what encoding/json accepts and writes, and tests hold it to
// that, with two differences: names of fields match exactly, not also in other cases, and what is
// left out above ([]byte, arrays, Marshaler) is an error.
package json
