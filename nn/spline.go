package nn

import "math"

// ResizeSpline fills dst from src as scipy.ndimage.zoom does with its defaults (order=3,
// mode="constant"), which the tutorial uses: the cubic B-spline through src's samples, first and
// last samples of both maps aligned, mirrored about the end samples. Like every interpolating
// spline it may overshoot src's range. The maps must not share data.
//
// One deviation: for some sizes (8 to 26, never 8 to 32) scipy's last coordinate exceeds the last
// sample by one rounding error and its last row or column is 0; here it is the sample.
func ResizeSpline(dst, src *Heatmap) { new(Spline).Resize(dst, src) }

// Spline is ResizeSpline with its buffers kept: repeated calls with the same sizes allocate
// nothing. The zero value is ready.
type Spline struct {
	coef []float64 // (src.H, src.W) B-spline coefficients
	wide []float64 // (src.H, dst.W) coefficients along y, values along x
	line []float64 // one row or column: the recursion runs on contiguous values
	taps []splineTap
}

// Resize is ResizeSpline.
func (s *Spline) Resize(dst, src *Heatmap) {
	checkHeatmap("ResizeSpline's dst", dst)
	checkHeatmap("ResizeSpline's src", src)
	s.prefilter(src)

	s.wide = resized(s.wide, src.H*dst.W)
	s.place(dst.W, src.W)
	for y := range src.H {
		row := s.coef[y*src.W : (y+1)*src.W]
		out := s.wide[y*dst.W : (y+1)*dst.W]
		for x := range out {
			t := &s.taps[x]
			out[x] = t.w[0]*row[t.i[0]] + t.w[1]*row[t.i[1]] + t.w[2]*row[t.i[2]] + t.w[3]*row[t.i[3]]
		}
	}

	s.place(dst.H, src.H)
	for y := range dst.H {
		t := &s.taps[y]
		r0 := s.wide[t.i[0]*dst.W:][:dst.W]
		r1 := s.wide[t.i[1]*dst.W:][:dst.W]
		r2 := s.wide[t.i[2]*dst.W:][:dst.W]
		r3 := s.wide[t.i[3]*dst.W:][:dst.W]
		out := dst.Data[y*dst.W : (y+1)*dst.W]
		for x := range out {
			out[x] = float32(t.w[0]*r0[x] + t.w[1]*r1[x] + t.w[2]*r2[x] + t.w[3]*r3[x])
		}
	}
}

// prefilter solves for the coefficients whose spline passes through src's samples: along the rows,
// then along the columns.
func (s *Spline) prefilter(src *Heatmap) {
	s.coef = resized(s.coef, src.W*src.H)
	s.line = resized(s.line, max(src.W, src.H))
	for i, v := range src.Data {
		s.coef[i] = float64(v)
	}
	for y := range src.H {
		splineFilter(s.coef[y*src.W : (y+1)*src.W])
	}
	column := s.line[:src.H]
	for x := range src.W {
		for y := range column {
			column[y] = s.coef[y*src.W+x]
		}
		splineFilter(column)
		for y, v := range column {
			s.coef[y*src.W+x] = v
		}
	}
}

// splinePole is the stable pole of the inverse of the sampled cubic B-spline (1/6, 4/6, 1/6).
var splinePole = math.Sqrt(3) - 2

// splineFilter turns samples into coefficients in place by a causal and an anticausal recursion (M.
// Unser, A. Aldroubi, M. Eden, "B-Spline Signal Processing: Part II", IEEE Trans. Signal Processing
// 41(2), 1993), with the samples mirrored about both ends (d c b | a b c d | c b a), as scipy does
// for mode "constant".
func splineFilter(c []float64) {
	n := len(c)
	if n == 1 {
		return // the spline of one sample is constant
	}
	z := splinePole

	// The causal recursion starts from sum z^k*c[k] over the whole mirrored, periodic signal: one
	// period of 2n-2 samples, and the geometric series of the later ones.
	sum, power := c[0], z
	for k := 1; k < n; k++ {
		sum += power * c[k]
		power *= z
	}
	for k := n - 2; k > 0; k-- {
		sum += power * c[k]
		power *= z
	}
	c[0] = sum / (1 - power)
	for k := 1; k < n; k++ {
		c[k] += z * c[k-1]
	}

	c[n-1] = z / (z*z - 1) * (c[n-1] + z*c[n-2])
	for k := n - 2; k >= 0; k-- {
		c[k] = z * (c[k+1] - c[k])
	}
	for k := range c {
		c[k] *= 6 // the gain (1-z)*(1-1/z)
	}
}

// splineTap is one output sample along one axis: four coefficients and their weights.
type splineTap struct {
	i [4]int
	w [4]float64
}

// place computes the taps that resize an axis from n samples to m with both ends aligned.
func (s *Spline) place(m, n int) {
	s.taps = resized(s.taps, m)
	step := 1.0 // a single output sample is the first input sample, as in scipy
	if m > 1 {
		step = float64(n-1) / float64(m-1)
	}
	for j := range s.taps {
		at := min(float64(j)*step, float64(n-1))
		first := int(at)
		u := at - float64(first)
		v := 1 - u
		t := &s.taps[j]
		t.w = [4]float64{v * v * v / 6, (4 - 3*u*u*(2-u)) / 6, (4 - 3*v*v*(2-v)) / 6, u * u * u / 6}
		for k := range t.i {
			t.i[k] = mirrored(first-1+k, n)
		}
	}
}

// mirrored folds an index that lies outside 0..n-1 back about the end samples; a tap of a very
// short axis folds more than once.
func mirrored(i, n int) int {
	if n == 1 {
		return 0
	}
	for i < 0 || i >= n {
		if i < 0 {
			i = -i
		} else {
			i = 2*(n-1) - i
		}
	}
	return i
}

// resized returns s with length n, reallocated only when it is too short.
func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
