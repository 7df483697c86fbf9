package main

import (
	"fmt"
	"path"

	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/css"
	"github.com/tdewolff/minify/v2/js"
)

var minifier = func() *minify.M {
	m := minify.New()
	m.AddFunc(".css", css.Minify)
	m.AddFunc(".js", js.Minify)
	return m
}()

// minified is a style sheet or script without comments, indentation and long local names.
// Files of other kinds stay as they are.
func minified(name string, b []byte) ([]byte, error) {
	short, err := minifier.Bytes(path.Ext(name), b)
	switch {
	case err == minify.ErrNotExist:
		return b, nil
	case err != nil:
		return nil, fmt.Errorf("%s: %v", name, err)
	}
	return short, nil
}
