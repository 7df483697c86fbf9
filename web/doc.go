// Package web holds what a person sees: the static files, and in its folders the view models
// (view), the Vugu components over them (ui), the page's control (page), the network's worker
// (worker), the second program (importer), what the two say to each other (protocol), picture files
// (picture) and the browser's interfaces (browser). It holds no arithmetic of the network. See
// README.md.
package web
