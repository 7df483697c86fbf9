//go:build embed

package main

import (
	"embed"
	"io/fs"
)

// dist is a copy of dist/, which make server puts here: a program cannot embed what lies above its
// own folder.
//
//go:embed all:dist
var dist embed.FS

var embedded, _ = fs.Sub(dist, "dist") // fails only for a path that is none
