//go:build !embed

package main

import "io/fs"

// embedded is nil: this program serves a folder.
var embedded fs.FS
