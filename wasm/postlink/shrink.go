package postlink

import "fmt"

// maxMemory is how much of a program's memory may be initialised: this project's takes 3 MB.
const maxMemory = 256 << 20

// Shrink makes a linked Go program smaller. It takes the tables of files and line numbers out, what
// a trace needs to print arguments, and the names of functions that do not begin with one of the
// prefixes; it empties functions that never run (see idle), shortens the code of the others (see
// compact), writes the initialised memory as few long segments instead of many short ones, and lets
// a start function fill in what the tables' rest tells. A program runs as before; a panic still
// names its own functions, with "?:0" for file and line. Inlined functions and their places stay,
// since recover() asks for them.
//
// The tables are those of Go 1.27. Anything else is an error and not a guess.
func Shrink(linked []byte, prefixes ...string) ([]byte, error) {
	m, err := decode(linked)
	if err != nil {
		return nil, err
	}
	list, err := m.segments()
	if err != nil {
		return nil, err
	}
	memory, base, err := image(list, maxMemory)
	if err != nil {
		return nil, err
	}
	t, err := readTables(memory, base)
	if err != nil {
		return nil, fmt.Errorf("the tables of functions: %v", err)
	}
	names, err := m.names()
	if err != nil {
		return nil, err
	}
	m.stop(names)
	places, err := m.compact(names, t)
	if err != nil {
		return nil, err
	}
	unfold, err := t.write(prefixes, places)
	if err != nil {
		return nil, fmt.Errorf("the tables of functions: %v", err)
	}
	if err := m.begin(foldLocals, unfold); err != nil {
		return nil, err
	}
	m.store(memory, base)
	return m.encode(), nil
}
