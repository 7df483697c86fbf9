package nn

// Heatmap is one value a pixel, row by row.
type Heatmap struct {
	W, H int
	Data []float32
}

// NewHeatmap returns a zeroed map.
func NewHeatmap(w, h int) *Heatmap { return &Heatmap{W: w, H: h, Data: make([]float32, w*h)} }

// Range returns the smallest and the largest value.
func (h *Heatmap) Range() (lo, hi float32) {
	lo, hi = h.Data[0], h.Data[0]
	for _, v := range h.Data {
		lo, hi = min(lo, v), max(hi, v)
	}
	return lo, hi
}
