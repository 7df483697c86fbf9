// Command engine is the network as the page's worker runs it, without the page: JavaScript calls it
// as it calls the other engines.
package main

import (
	"syscall/js"
	"unsafe"

	"sescope/nn"
	"sescope/weights"
)

type network struct {
	session *nn.Session
	tensor  []float32
}

func main() {
	var networks []*network
	functions := map[string]func(args []js.Value) any{
		// load(name, file) returns the network's number, or a sentence.
		"load": func(args []js.Value) any {
			file := make([]byte, args[1].Length())
			js.CopyBytesToGo(file, args[1])
			m, err := load(args[0].String(), file)
			if err != nil {
				return err.Error()
			}
			session, err := m.NewSession()
			if err != nil {
				return err.Error()
			}
			in := m.Spec.Input
			networks = append(networks, &network{session, make([]float32, in.H*in.W*in.C)})
			return len(networks) - 1
		},
		// run(network, tensor, logits) copies the tensor in and the logits out, as bytes.
		"run": func(args []js.Value) any {
			n := networks[args[0].Int()]
			js.CopyBytesToGo(bytesOf(n.tensor), args[1])
			js.CopyBytesToJS(args[2], bytesOf(n.session.RunTensor(n.tensor).Logits))
			return nil
		},
	}
	object := map[string]any{}
	for name, f := range functions {
		object[name] = js.FuncOf(func(_ js.Value, args []js.Value) any { return f(args) })
	}
	js.Global().Set("sescope", object)
	js.Global().Call("sescopeReady")
	select {}
}

func load(name string, file []byte) (*nn.Model, error) {
	f, err := weights.Read(name, file)
	if err != nil {
		return nil, err
	}
	return nn.Load(f)
}

// bytesOf is the memory of values: little-endian, as WebAssembly has it.
func bytesOf(values []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(&values[0])), 4*len(values))
}
