//go:build !wasm && !amd64

package kernels

const (
	productPanels  = 1 // panels that one pass of a convolution can compute
	depthwisePanel = 4 // channels whose depthwise weights lie together
)
