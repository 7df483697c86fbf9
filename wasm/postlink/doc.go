// Package postlink makes the browser's programs of a Go program that was linked for WebAssembly.
//
// [Shrink] takes out what nobody in a browser asks for, joins what the linker cut into pieces and
// shortens what the compiler writes for calls and jumps: see there.
//
// [Build] makes the relaxed-SIMD build. Go's assembler writes no relaxed instructions, so it is
// made after linking: in functions that the caller names, every product that is added to or
// subtracted from a sum becomes one fused instruction,
//
//	z, x, y, f32x4.mul, f32x4.add   ->   x, y, z, f32x4.relaxed_madd     (x*y + z)
//	z, x, y, f32x4.mul, f32x4.sub   ->   x, y, z, f32x4.relaxed_nmadd    (-(x*y) + z)
//
// where x, y and z are the instructions that push the operands.
//
// The module is decoded for both: sections, data segments, function names, instructions with their
// immediates. A module that is only decoded and encoded is the same bytes.
//
// References: the WebAssembly specification 3.0, chapter "Binary Format"; Go's internal/abi
// (symtab.go) and runtime (symtab.go, type pcHeader) for the tables of functions;
// cmd/internal/obj/wasm for the code.
package postlink
