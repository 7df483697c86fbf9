package nn

import (
	"fmt"
	"image"

	"sescope/weights"
	"sescope/weights/json"
)

// referenceKey is the metadata key of the logits that whoever wrote a file found in PyTorch: a JSON
// list of two lists.
const referenceKey = weights.ReferenceKey

// referenceTolerance is the largest difference from them, as a part of the largest logit.
const referenceTolerance = 1e-3

// referencePicture makes picture k of the two that files are checked by.
// weights/train/sescope_export/write.py makes the same.
func referencePicture(k int, in Shape) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, in.W, in.H))
	for y := range in.H {
		for x := range in.W {
			px := img.Pix[img.PixOffset(x, y):][:4]
			for c := range 3 {
				ch := c
				if in.C == 1 { // grey
					ch = 0
				}
				px[c] = uint8((x*x*(k+1) + y*y*3 + x*y*(2+ch) + 40*ch*(x+5) + 977*k) / 8)
			}
			px[3] = 255
		}
	}
	return img
}

// CheckReference runs the pictures by which a file can be checked, if it carries their logits, and
// reports other logits than those. An int8 file carries none: see weights.Quantise.
func (s *Session) CheckReference() error {
	f := s.model.file
	text, ok := f.Metadata[referenceKey]
	if !ok {
		return nil
	}
	var want [][]float32
	if err := json.Unmarshal([]byte(text), &want); err != nil {
		return fmt.Errorf("%s: metadata %q: %v", f.Name, referenceKey, err)
	}
	for k, logits := range want[:min(len(want), 2)] {
		got := s.Run(referencePicture(k, s.model.Spec.Input)).Logits
		if len(logits) != len(got) {
			return fmt.Errorf("%s: metadata %q has %d logits, expected %d", f.Name, referenceKey, len(logits), len(got))
		}
		largest, apart := float32(1e-6), float32(0)
		for i, v := range logits {
			d := v - got[i]
			largest, apart = max(largest, v, -v), max(apart, d, -d)
		}
		if !(apart <= referenceTolerance*largest) {
			return fmt.Errorf("%s: its logits differ by %.2g of the largest from those that were found when it was written, expected at most %v: its spec or its weights are not what they were",
				f.Name, apart/largest, referenceTolerance)
		}
	}
	return nil
}
