// Package relaxed makes the relaxed-SIMD build of a Go program that was linked for WebAssembly.
//
// Go's assembler writes no relaxed instructions, so the build is made after linking: in functions that the caller names, every
// product that is added to or subtracted from a sum becomes one fused instruction,
//
//	z, x, y, f32x4.mul, f32x4.add   ->   x, y, z, f32x4.relaxed_madd     (x*y + z)
//	z, x, y, f32x4.mul, f32x4.sub   ->   x, y, z, f32x4.relaxed_nmadd    (-(x*y) + z)
//
// where x, y and z are the instructions that push the operands. The module is decoded for it: sections, function names,
// instructions with their immediates. Nothing else changes, and a module that is only decoded and encoded is the same bytes.
//
// References: the WebAssembly specification 3.0, chapter "Binary Format".
package relaxed
