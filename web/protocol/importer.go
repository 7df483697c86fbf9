package protocol

import "sescope/nn/dataset"

// What the page asks of its second program. The files' handles come with the request, what is made
// of them with the reply.
const (
	Convert = "convert" // a safetensors file of a network's file of another kind
	Records = "records" // CIFAR's records of a batch that Python pickled
)

// Batch is the reply to Records.
type Batch struct {
	Of    int            `json:"of"`              // CIFAR-10 or CIFAR-100
	Fault *dataset.Fault `json:"fault,omitempty"` // beside Error
}
