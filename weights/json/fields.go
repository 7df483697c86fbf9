package json

import (
	"reflect"
	"strings"
	"sync"
)

// RawMessage is a value's own text, which is neither read nor written anew.
type RawMessage []byte

var rawType = reflect.TypeFor[RawMessage]()

// field is one field of a struct, or of a struct embedded in it.
type field struct {
	name      string
	index     []int
	omitEmpty bool
}

var known sync.Map // reflect.Type of a struct to its []field

// fieldsOf lists the exported fields in their order. Names that stand twice in one struct are not
// looked for: a test of the types would fail.
func fieldsOf(t reflect.Type) []field {
	if list, ok := known.Load(t); ok {
		return list.([]field)
	}
	var list []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Tag.Get("json") == "-":
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct:
			for _, inner := range fieldsOf(f.Type) {
				inner.index = append([]int{i}, inner.index...)
				list = append(list, inner)
			}
		case f.IsExported():
			if name == "" {
				name = f.Name
			}
			list = append(list, field{name, []int{i}, options == "omitempty"})
		}
	}
	known.Store(t, list)
	return list
}
