// Command importer is the page's second program: it reads files of other kinds, in a worker that
// ends afterwards.
package main

import "sescope/web/importer"

func main() { importer.Serve() }
