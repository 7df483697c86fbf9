//go:build embed

package main

import _ "embed"

// notices are the licences of what the program holds; make sescope writes the file.
//
//go:embed notices.txt
var notices string
