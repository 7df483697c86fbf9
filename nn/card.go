package nn

// Card is the accuracy card that training measured (weights/train/card.py). All texts are by
// language; what was not measured is empty.
type Card struct {
	Params   int               `json:"params,omitempty"`
	MACs     int               `json:"macs,omitempty"`
	Bytes    int               `json:"bytes,omitempty"`
	Seeds    []int             `json:"seeds,omitempty"`
	Data     map[string]string `json:"data,omitempty"`
	Recipe   map[string]string `json:"recipe,omitempty"`
	NotFor   map[string]string `json:"notfor,omitempty"`
	Accuracy []SetAccuracy     `json:"accuracy,omitempty"`
	Classes  []float32         `json:"classes,omitempty"`  // accuracy of each class, int8, on the test set
	ECE      []float32         `json:"ece,omitempty"`      // expected calibration error before and after the temperature
	AUROC    float32           `json:"auroc,omitempty"`    // the chance that a known picture scores above one from outside the classes
	Kept     float32           `json:"kept,omitempty"`     // share of known pictures that reach the threshold
	Accepted float32           `json:"accepted,omitempty"` // share of outside pictures that do
	Bits     []BitsAccuracy    `json:"bits,omitempty"`

	Difference *Difference `json:"difference,omitempty"` // from the first of its family
}

// Difference is what a network brings over the first of its family (Spec.Family), in the mean over
// pairs that were trained from the same seed on the same batches.
type Difference struct {
	Set      map[string]string `json:"set"`
	Pictures int               `json:"pictures"`
	Seeds    int               `json:"seeds"`
	Points   float32           `json:"points"` // per cent of Pictures right, the first network's taken off
	Half     float32           `json:"half"`   // half the width of its 95 % interval (Student's t)
}

// SetAccuracy is the accuracy on one set of pictures, 0..1.
type SetAccuracy struct {
	Set      map[string]string `json:"set"`
	Pictures int               `json:"pictures"`
	Float32  float32           `json:"float32"`
	Int8     float32           `json:"int8"`
}

// BitsAccuracy is the accuracy with weights of fewer bits, and the bytes of that file.
type BitsAccuracy struct {
	Bits     int     `json:"bits"`
	Accuracy float32 `json:"accuracy"`
	Bytes    int     `json:"bytes"`
}
