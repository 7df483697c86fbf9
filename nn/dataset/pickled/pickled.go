// Package pickled reads batches of CIFAR as Python pickles them. The page's first program has no
// part in it.
package pickled

import (
	"sescope/nn/dataset"
	"sescope/weights/pickle"
)

// Batch makes records of a file of CIFAR of any kind, and tells whether it is CIFAR-10 or
// CIFAR-100.
func Batch(file string, b []byte) (records []byte, of int, err error) {
	if dataset.IsPickle(b) {
		return Records(file, b)
	}
	return dataset.Batch(file, b)
}

const colours = dataset.Record - 1 // bytes of a picture

// Records makes records of a batch of CIFAR-10 or CIFAR-100 as Python pickles it, a dictionary with
// data (uint8, pictures x 3072) and labels or fine_labels. Nothing in the file is executed: see
// the package pickle. Classes is 10 or 100.
func Records(file string, b []byte) (records []byte, classes int, err error) {
	wrong := &dataset.Fault{Kind: dataset.NotPickle, Name: file}
	v, _, err := pickle.Decode(b)
	batch, _ := v.(*pickle.Dict)
	if err != nil || batch == nil {
		return nil, 0, wrong
	}
	classes = 10
	labels, ok := batch.Get("labels")
	if !ok {
		classes = 100
		labels, _ = batch.Get("fine_labels")
	}
	data, _ := batch.Get("data")
	array, ok := pickle.NumPy(data)
	list, ok2 := labels.(*pickle.List)
	if !ok || !ok2 || array.DType != "u1" || array.Fortran || len(array.Shape) != 2 || array.Shape[1] != colours || array.Shape[0] != len(list.Items) {
		return nil, 0, wrong
	}
	if len(list.Items) > dataset.MaxFiles {
		return nil, 0, &dataset.Fault{Kind: dataset.TooMany, Name: file, Got: len(list.Items), Expected: dataset.MaxFiles}
	}
	for i, item := range list.Items {
		label, ok := item.(int64)
		if !ok || label < 0 || label >= int64(classes) {
			return nil, 0, &dataset.Fault{Kind: dataset.WrongLabel, Name: dataset.RecordName(file, i), Got: int(label), Expected: classes}
		}
		records = append(append(records, byte(label)), array.Data[colours*i:colours*(i+1)]...)
	}
	return records, classes, nil
}
