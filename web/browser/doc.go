// Package browser wraps the few Web APIs that the page uses: promises, the camera, pictures,
// canvases, storage. Everything but this comment is compiled for the browser only.
package browser
