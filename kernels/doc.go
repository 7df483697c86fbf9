// Package kernels is float32 arithmetic on slices: the loops of a convolutional network and nothing
// about networks.
//
// Layout, stated once. A feature map is HWC: pixel after pixel, each pixel's channels together. The
// channel stride is a multiple of 4 and the lanes beyond the last channel are zero. A map that a
// KxK convolution reads has a border of zeros, so that the K x (K pixels) below one output pixel
// are K contiguous runs and no im2col is needed.
//
// Convolution weights are packed [Cout/8][KH][KW][CinStride][8]: the eight output channels of a
// panel lie together, and one pass over the input runs feeds eight sums. See Pack.
//
// The portable functions here are the definition. A product is written float32(a*b) so that no
// compiler fuses it with the addition after it: any faster kernel without fused multiply-add must
// agree bit for bit. Exported functions check sizes at the edge and panic with the sizes, since a
// wrong size is an error of the caller; the inner loops are free of checks.
//
// Convolutions (direct, in groups, depthwise of 3x3 and 5x5, and Winograd, the faster way of a 3x3
// convolution of step 1) and the passes over whole maps run in SIMD assembly that kernels/gen
// writes: for WebAssembly in *_wasm.s, and in *_amd64.s for processors that are found to have AVX2
// when the program starts. Elsewhere everything is the portable Go.
package kernels
