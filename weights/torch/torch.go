// Package torch reads state_dicts that torch.save wrote. Nothing in a file is executed.
package torch

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"sescope/weights"
	"sescope/weights/pickle"
)

// ErrNoStateDict is the error about a file of PyTorch that holds something else than named tensors.
var ErrNoStateDict = errors.New("it holds no state_dict; in Python, where its classes are at hand: " +
	`net = torch.load("FILE", map_location="cpu", weights_only=False); torch.save(net.state_dict(), "weights.pt")`)

// Open reads a file of either format: safetensors, or a state_dict of torch.save.
func Open(name string, b []byte) (*weights.File, error) {
	if weights.IsTorch(b) {
		return Read(name, b)
	}
	return weights.Read(name, b)
}

// Read reads the tensors of a file that torch.save made of a state_dict, or of a dictionary that
// holds one ("state_dict", "model", ...). It runs none of the file's pickle. The name is used in
// errors only; the tensors alias b where they are contiguous.
func Read(name string, b []byte) (*weights.File, error) {
	t := torchReader{file: &weights.File{Name: name, Metadata: map[string]string{}}}
	root, err := t.open(b)
	if err == nil {
		err = t.tensors(root)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return t.file, nil
}

type torchReader struct {
	file    *weights.File
	records map[string][]byte // the zip's files below its only folder
	legacy  map[string][]byte // storages by key
}

func (t *torchReader) open(b []byte) (any, error) {
	if !bytes.HasPrefix(b, localMark) {
		return t.openLegacy(b)
	}
	records, err := storedRecords(b)
	if err != nil {
		return nil, err
	}
	t.records = map[string][]byte{}
	for name, r := range records {
		_, inside, _ := strings.Cut(name, "/")
		t.records[inside] = r
	}
	if _, ok := t.records["constants.pkl"]; ok {
		return nil, fmt.Errorf(`a network of torch.jit, expected a state_dict; in Python: ` +
			`torch.save(torch.jit.load("FILE", map_location="cpu").state_dict(), "weights.pt")`)
	}
	if order, ok := t.records["byteorder"]; ok && string(order) != "little" {
		return nil, fmt.Errorf("byte order %q, expected little", order)
	}
	data, ok := t.records["data.pkl"]
	if !ok {
		return nil, fmt.Errorf("a zip without data.pkl, expected a file of torch.save")
	}
	root, _, err := pickle.Decode(data)
	return root, err
}

// openLegacy reads: magic number, protocol version, system, the object, the keys of its storages,
// and behind these pickles each storage as its number of elements and their bytes.
func (t *torchReader) openLegacy(b []byte) (root any, err error) {
	var keys any
	var parts [5]any
	for i := range parts {
		if parts[i], b, err = pickle.Decode(b); err != nil {
			return nil, err
		}
	}
	root, keys = parts[3], parts[4]
	list, ok := keys.(*pickle.List)
	if !ok {
		return nil, fmt.Errorf("no list of storages behind the object, expected a file of torch.save")
	}
	kinds := map[string]string{} // storage's key to dtype: the bytes of an element stand nowhere else
	storages(root, kinds, 0)
	t.legacy = map[string][]byte{}
	for _, k := range list.Items {
		key, _ := pickle.Text(k)
		size := weights.Bits(kinds[key]) / 8
		if len(b) < 8 || size == 0 {
			return nil, fmt.Errorf("storage %q is missing or of an unknown type", key)
		}
		n := binary.LittleEndian.Uint64(b)
		if n > uint64(len(b)-8)/uint64(size) {
			return nil, fmt.Errorf("storage %q claims %d elements, more than the file has", key, n)
		}
		end := 8 + int(n)*size
		t.legacy[key], b = b[8:end:end], b[end:]
	}
	return root, nil
}

// storages collects the dtype of every storage that a value refers to.
func storages(v any, kinds map[string]string, depth int) {
	if depth > 8 || len(kinds) > 1<<16 {
		return
	}
	switch v := v.(type) {
	case *pickle.Dict:
		for _, x := range v.Values {
			storages(x, kinds, depth+1)
		}
	case *pickle.List:
		for _, x := range v.Items {
			storages(x, kinds, depth+1)
		}
	case *pickle.Object:
		for _, x := range v.Args {
			storages(x, kinds, depth+1)
		}
	case pickle.Persistent:
		if key, dtype, ok := storage(v); ok {
			kinds[key] = dtype
		}
	}
}

// storageTypes are the dtypes of torch's storage classes.
var storageTypes = map[string]string{
	"FloatStorage": "F32", "DoubleStorage": "F64", "HalfStorage": "F16", "BFloat16Storage": "BF16",
	"LongStorage": "I64", "IntStorage": "I32", "ShortStorage": "I16", "CharStorage": "I8",
	"ByteStorage": "U8", "BoolStorage": "BOOL",
}

// storage reads the reference ("storage", class, key, location, elements).
func storage(v any) (key, dtype string, ok bool) {
	p, _ := v.(pickle.Persistent)
	id, _ := p.ID.(pickle.Tuple)
	if len(id) < 5 {
		return "", "", false
	}
	class, _ := id[1].(pickle.Global)
	key, ok = pickle.Text(id[2])
	return key, storageTypes[class.Name], ok
}

// tensors appends the tensors of a state_dict, or of the one inside of a checkpoint.
func (t *torchReader) tensors(root any) error {
	d := stateDict(root, 0)
	if d == nil {
		return ErrNoStateDict
	}
	seen := map[string]bool{}
	for i, k := range d.Keys {
		name, ok := pickle.Text(k)
		o := tensorCall(d.Values[i])
		if !ok || o == nil { // an epoch, a loss
			continue
		}
		if seen[name] {
			return fmt.Errorf("tensor %q stands twice", name)
		}
		seen[name] = true
		if err := t.tensor(name, o); err != nil {
			return fmt.Errorf("tensor %q: %v", name, err)
		}
	}
	return nil
}

// stateDict is the first dictionary with tensors in it: v itself, or what checkpoints keep it
// under, or any value of v.
func stateDict(v any, depth int) *pickle.Dict {
	if o, ok := v.(*pickle.Object); ok { // a subclass of dict
		v = &pickle.Dict{}
		for i := 0; i+1 < len(o.Items); i += 2 {
			v.(*pickle.Dict).Keys = append(v.(*pickle.Dict).Keys, o.Items[i])
			v.(*pickle.Dict).Values = append(v.(*pickle.Dict).Values, o.Items[i+1])
		}
	}
	d, ok := v.(*pickle.Dict)
	if !ok || depth > 2 {
		return nil
	}
	for _, x := range d.Values {
		if tensorCall(x) != nil {
			return d
		}
	}
	for _, key := range []string{"state_dict", "model_state_dict", "model", "net", "network", "weights"} {
		if inner, ok := d.Get(key); ok {
			if found := stateDict(inner, depth+1); found != nil {
				return found
			}
		}
	}
	for i, x := range d.Values {
		if key, _ := pickle.Text(d.Keys[i]); key == "optimizer" || key == "optimizer_state_dict" {
			continue
		}
		if found := stateDict(x, depth+1); found != nil {
			return found
		}
	}
	return nil
}

// tensorCall is the call that rebuilds a tensor, without what wraps it into a Parameter, or nil.
func tensorCall(v any) *pickle.Object {
	for range 4 {
		o, _ := v.(*pickle.Object)
		if o == nil {
			return nil
		}
		g, _ := o.Class.(pickle.Global)
		switch g.Name {
		case "_rebuild_tensor_v2", "_rebuild_tensor", "_rebuild_tensor_v3":
			return o
		case "_rebuild_parameter", "_rebuild_parameter_with_state", "Parameter":
			if len(o.Args) == 0 {
				return nil
			}
			v = o.Args[0]
		case "_rebuild_from_type_v2": // (function, class, arguments, state)
			if len(o.Args) < 3 {
				return nil
			}
			args, _ := o.Args[2].(pickle.Tuple)
			v = &pickle.Object{Class: o.Args[0], Args: args}
		default:
			return nil
		}
	}
	return nil
}

// tensor appends (storage, offset, shape, strides, ...) of elements.
func (t *torchReader) tensor(name string, o *pickle.Object) error {
	if len(o.Args) < 4 {
		return fmt.Errorf("%d arguments, expected storage, offset, shape and strides", len(o.Args))
	}
	key, dtype, ok := storage(o.Args[0])
	size := weights.Bits(dtype) / 8
	offset, ok2 := o.Args[1].(int64)
	shape, ok3 := pickle.Ints(o.Args[2])
	strides, ok4 := pickle.Ints(o.Args[3])
	if !ok || !ok2 || !ok3 || !ok4 || len(shape) != len(strides) || offset < 0 {
		return fmt.Errorf("no storage, offset, shape and strides, expected those of torch.save")
	}
	if size == 0 {
		return fmt.Errorf("a storage of another type than float, double, half, bfloat16 and whole numbers")
	}
	data, ok := t.legacy[key]
	if !ok {
		if data, ok = t.records["data/"+key]; !ok {
			return fmt.Errorf("its storage %q is not in the file", key)
		}
	}
	n, err := weights.Elements(shape, len(data)/size)
	if err != nil {
		return err
	}
	first, last := int(min(offset, int64(len(data)))), int(min(offset, int64(len(data)))) // of elements
	contiguous, step := true, 1
	for i := len(shape) - 1; i >= 0; i-- {
		if strides[i] < 0 || strides[i] > len(data) {
			return fmt.Errorf("strides %v, expected some within the storage", strides)
		}
		if shape[i] > 1 {
			contiguous = contiguous && strides[i] == step
			last += (shape[i] - 1) * strides[i]
		}
		step *= shape[i]
		if last > len(data) {
			break
		}
	}
	if n > 0 && last >= len(data)/size {
		return fmt.Errorf("shape %v and strides %v from element %d on reach beyond the storage of %d",
			shape, strides, offset, len(data)/size)
	}
	switch {
	case n == 0:
		data = nil
	case contiguous:
		data = data[first*size : (first+n)*size : (first+n)*size]
	default:
		data = strided(data[first*size:], size, n, shape, strides)
	}
	t.file.Tensors = append(t.file.Tensors, weights.Tensor{Name: name, DType: dtype, Shape: shape, Data: data})
	return nil
}

// strided copies n elements in the order of their indices.
func strided(data []byte, size, n int, shape, strides []int) []byte {
	out := make([]byte, 0, n*size)
	index := make([]int, len(shape))
	for range n {
		at := 0
		for i, j := range index {
			at += j * strides[i]
		}
		out = append(out, data[at*size:][:size]...)
		for i := len(index) - 1; i >= 0; i-- {
			if index[i]++; index[i] < shape[i] {
				break
			}
			index[i] = 0
		}
	}
	return out
}
