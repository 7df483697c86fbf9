// Package weights reads and writes safetensors files and quantises them to int8.
//
// A file is an ordinary safetensors file that any reader opens: 8 bytes little-endian header
// length, a JSON header, tensor bytes. The network's declarative spec, when the file carries one,
// is a JSON string under the metadata key "sescope".
//
// Int8 tensors are symmetric with one float32 scale per output channel (the first dimension): the
// tensor "NAME" of dtype I8 has a companion "NAME.scale" of dtype F32 and shape [out], and the
// weight is int8 x scale.
package weights
