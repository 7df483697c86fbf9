package worker

import (
	"errors"
	"image"
	"syscall/js"

	"sescope/nn/dataset"
	pictures "sescope/nn/picture"
	"sescope/web/browser"
	"sescope/web/protocol"
)

// testJob runs a piece of a test set. Pictures are read, unpacked and decoded one by one, so that
// memory does not grow with the set.
func (n *network) testJob(job *protocol.TestJob, blobs js.Value) (*protocol.Tested, error) {
	if job.Records > 0 {
		return n.testRecords(job, blobs.Index(0))
	}
	tested := n.newTested()
	for i, label := range job.Labels {
		var blob js.Value
		var b []byte
		var err error
		if len(job.Entries) > 0 {
			blob, b, err = browser.Unzip(blobs.Index(0), &job.Entries[i])
		} else {
			blob = blobs.Index(i)
			b, err = browser.Bytes(blob)
		}
		var pixels *image.NRGBA
		if err == nil {
			pixels, err = browser.Decode(blob, b)
		}
		if err != nil {
			tested.Skipped = append(tested.Skipped, protocol.TestSkip{I: i, Why: reason(err)})
			continue
		}
		if err := n.test(pixels, label, tested); err != nil {
			return nil, err
		}
	}
	return tested, nil
}

// testRecords takes a CIFAR-10 file's pixels as they are: no decoder has a say in them.
func (n *network) testRecords(job *protocol.TestJob, file js.Value) (*protocol.Tested, error) {
	buffer, err := browser.AwaitCall(file.Call("slice", job.From*dataset.Record, (job.From+job.Records)*dataset.Record), "arrayBuffer")
	if err != nil {
		return nil, err
	}
	b := bytesOf(buffer)
	tested := n.newTested()
	if len(b) != job.Records*dataset.Record { // it changed since it was opened
		tested.Fault = &dataset.Fault{Kind: dataset.NotCIFAR, Name: job.File, Got: len(b), Expected: dataset.Record}
		return tested, nil
	}
	pixels := image.NewNRGBA(image.Rect(0, 0, dataset.Side, dataset.Side))
	for i := range job.Records {
		label, err := dataset.Unpack(pixels.Pix, b[i*dataset.Record:], job.File, job.From+i, len(n.session.Trace().Model.Spec.Classes))
		if errors.As(err, &tested.Fault) {
			return tested, nil
		}
		if err := n.test(pixels, label, tested); err != nil {
			return nil, err
		}
	}
	return tested, nil
}

// reason is the code of why a picture was skipped; the page has words for each.
func reason(err error) string {
	var refusal *pictures.Refusal
	var fault *dataset.Fault
	switch {
	case errors.As(err, &refusal):
		return "picture-" + string(refusal.Fault)
	case errors.As(err, &fault):
		return string(fault.Kind)
	}
	return "picture-" + string(pictures.Broken)
}
