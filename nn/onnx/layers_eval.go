package onnx

import (
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/chewxy/math32"
)

// The operators of networks, as plain loops over (N, C, H, W) or fewer axes of space.
var layers map[string]operator

func init() {
	layers = map[string]operator{
		"Conv": conv, "Gemm": gemm, "MatMul": matMul, "BatchNormalization": batchNormalization, "MaxPool": pool, "AveragePool": pool,
		"GlobalAveragePool": globalPool, "GlobalMaxPool": globalPool, "Softmax": softmax, "LogSoftmax": softmax,
	}
}

// window is where a convolution or a pool looks, two axes; one axis of space stands as W.
type window struct {
	in, out, kernel, step, dilation, before, after [2]int
	ceil                                           bool
}

// two spreads a list over H and W.
func two(list []int, otherwise int) [2]int {
	switch len(list) {
	case 0:
		return [2]int{otherwise, otherwise}
	case 1:
		return [2]int{otherwise, list[0]}
	}
	return [2]int{list[0], list[1]}
}

func list(n *node, name string) []int {
	if a := n.attrs[name]; a != nil {
		return a.ints
	}
	return nil
}

// windowOf reads a node's window on a map of that shape, (N, C, W) or (N, C, H, W).
func windowOf(n *node, shape, kernel []int) (w window, err error) {
	if len(shape) != 3 && len(shape) != 4 || len(kernel) != len(shape)-2 {
		return w, fmt.Errorf("reads the shape %v with a window of %v, expected one or two axes of space", shape, kernel)
	}
	w.in, w.kernel = two(shape[2:], 1), two(kernel, 1)
	w.step, w.dilation = two(list(n, "strides"), 1), two(list(n, "dilations"), 1)
	w.ceil = n.int("ceil_mode", 0) == 1
	switch pads := list(n, "pads"); len(pads) {
	case 0:
	case 2:
		w.before[1], w.after[1] = pads[0], pads[1]
	case 4:
		w.before, w.after = [2]int{pads[0], pads[1]}, [2]int{pads[2], pads[3]}
	default:
		return w, fmt.Errorf("pads %v", pads)
	}
	for d := range 2 {
		if w.kernel[d] < 1 || w.step[d] < 1 || w.dilation[d] < 1 || w.kernel[d] > 1<<12 || w.step[d] > 1<<12 || w.dilation[d] > 1<<12 ||
			min(w.before[d], w.after[d]) < 0 || max(w.before[d], w.after[d]) > 1<<12 {
			return w, fmt.Errorf("a window of %v, strides %v, dilations %v and pads %v %v", w.kernel, w.step, w.dilation, w.before, w.after)
		}
		reach := (w.kernel[d]-1)*w.dilation[d] + 1
		switch same := n.text("auto_pad", "NOTSET"); same {
		case "SAME_UPPER", "SAME_LOWER":
			all := max(((w.in[d]+w.step[d]-1)/w.step[d]-1)*w.step[d]+reach-w.in[d], 0)
			w.before[d], w.after[d] = all/2, all-all/2
			if same == "SAME_LOWER" {
				w.before[d], w.after[d] = w.after[d], w.before[d]
			}
		case "VALID":
			w.before[d], w.after[d] = 0, 0
		}
		room := w.in[d] + w.before[d] + w.after[d] - reach
		if room < 0 {
			return w, fmt.Errorf("a window of %v on a map of %v", w.kernel, shape)
		}
		w.out[d] = room/w.step[d] + 1
		if w.ceil && room%w.step[d] != 0 && w.out[d]*w.step[d] < w.in[d]+w.before[d] { // no window begins behind the map
			w.out[d]++
		}
	}
	return w, nil
}

// kernelOf is the window's size of a pool.
func kernelOf(n *node) []int { return list(n, "kernel_shape") }

func spatial(shape []int, channels int, w window) []int {
	if len(shape) == 3 {
		return []int{shape[0], channels, w.out[1]}
	}
	return []int{shape[0], channels, w.out[0], w.out[1]}
}

func conv(e *evaluator, n *node, in []*array) ([]*array, error) {
	x, k := in[0], in[1]
	if len(k.shape) != len(x.shape) || x.whole() || k.whole() {
		return nil, fmt.Errorf("weights of the shape %v on %v", k.shape, x.shape)
	}
	w, err := windowOf(n, x.shape, k.shape[2:])
	if err != nil {
		return nil, err
	}
	groups, cin, cout := n.int("group", 1), x.shape[1], k.shape[0]
	if groups < 1 || cin%groups != 0 || cout%groups != 0 || k.shape[1] != cin/groups {
		return nil, fmt.Errorf("%d groups, weights of the shape %v on %v", groups, k.shape, x.shape)
	}
	if len(in) > 2 && in[2] != nil && in[2].len() != cout && in[2].len() != 1 {
		return nil, fmt.Errorf("a bias of %d values, expected %d", in[2].len(), cout)
	}
	if err := e.spend(k.len() * w.out[0] * w.out[1] * x.shape[0]); err != nil {
		return nil, err
	}
	out, err := newFloats(spatial(x.shape, cout, w))
	if err != nil {
		return nil, err
	}
	each, share := cin/groups, cout/groups
	plane, pixels := w.in[0]*w.in[1], w.out[0]*w.out[1]
	var wait sync.WaitGroup
	for worker := range runtime.GOMAXPROCS(0) {
		wait.Add(1)
		go func() {
			defer wait.Done()
			taps := each * w.kernel[0] * w.kernel[1]
			some := min(taps, max(gathered/w.out[1], 1))
			rows := make([]float32, some*w.out[1])
			for i := worker; i < x.shape[0]*groups*w.out[0]; i += runtime.GOMAXPROCS(0) {
				g, y := i/w.out[0], i%w.out[0] // g counts the groups of all pictures
				for tap := 0; tap < taps; tap += some {
					count := min(some, taps-tap)
					w.gather(rows[:count*w.out[1]], x.f[g*each*plane:][:each*plane], y, tap)
					for o := g * share; o < (g+1)*share; o++ {
						dst := out.f[o*pixels+y*w.out[1]:][:w.out[1]]
						if tap == 0 && len(in) > 2 && in[2] != nil {
							bias := in[2].at(o % cout % in[2].len())
							for i := range dst {
								dst[i] = bias
							}
						}
						addRows(dst, rows, k.f[o%cout*taps+tap:][:count])
					}
				}
			}
		}()
	}
	wait.Wait()
	return []*array{out}, nil
}

// gathered is how many values a thread holds of what its weights are multiplied with: 1 MB.
const gathered = 1 << 18

// gather writes a row for each weight of a kernel from tap on: what that weight is multiplied with
// in row y of the output.
func (w window) gather(rows, src []float32, y, tap int) {
	clear(rows)
	plane := w.in[0] * w.in[1]
	for i := range len(rows) / w.out[1] {
		k := tap + i
		c, ky, kx := k/(w.kernel[0]*w.kernel[1]), k/w.kernel[1]%w.kernel[0], k%w.kernel[1]
		sy := y*w.step[0] + ky*w.dilation[0] - w.before[0]
		if sy < 0 || sy >= w.in[0] {
			continue
		}
		first := kx*w.dilation[1] - w.before[1] // the column of the map that column 0 reads
		from := max((-first+w.step[1]-1)/w.step[1], 0)
		to := min((w.in[1]-first+w.step[1]-1)/w.step[1], w.out[1])
		row, line := rows[i*w.out[1]:][:w.out[1]], src[c*plane+sy*w.in[1]:][:w.in[1]]
		if w.step[1] == 1 && from < to {
			copy(row[from:to], line[from+first:])
			continue
		}
		for x := from; x < to; x++ {
			row[x] = line[x*w.step[1]+first]
		}
	}
}

// addRows adds the rows times their weights, four at a time: the sum is read and written less
// often.
func addRows(dst, rows, weights []float32) {
	n := len(dst)
	for len(weights) >= 4 {
		a, b, c, d := rows[:n], rows[n:][:n], rows[2*n:][:n], rows[3*n:][:n]
		v, w, x, y := weights[0], weights[1], weights[2], weights[3]
		for i := range dst {
			dst[i] += v*a[i] + w*b[i] + x*c[i] + y*d[i]
		}
		rows, weights = rows[4*n:], weights[4:]
	}
	for k, v := range weights {
		for i, x := range rows[k*n:][:n] {
			dst[i] += v * x
		}
	}
}

func pool(e *evaluator, n *node, in []*array) ([]*array, error) {
	x := in[0]
	if len(n.out) > 1 && n.out[1] != "" || x.whole() {
		return nil, fmt.Errorf("tells where the largest values stand, expected a pool alone")
	}
	w, err := windowOf(n, x.shape, kernelOf(n))
	if err != nil {
		return nil, err
	}
	out, err := newFloats(spatial(x.shape, x.shape[1], w))
	if err != nil {
		return nil, err
	}
	if err := e.spend(out.len() * w.kernel[0] * w.kernel[1]); err != nil {
		return nil, err
	}
	average, padded := n.op == "AveragePool", n.int("count_include_pad", 0) == 1
	for k := range out.f {
		plane, y, col := x.f[k/(w.out[0]*w.out[1])*w.in[0]*w.in[1]:], k/w.out[1]%w.out[0], k%w.out[1]
		best, sum, count := math32.Inf(-1), float32(0), 0
		for ky := range w.kernel[0] {
			for kx := range w.kernel[1] {
				sy, sx := y*w.step[0]+ky*w.dilation[0]-w.before[0], col*w.step[1]+kx*w.dilation[1]-w.before[1]
				if sy >= 0 && sx >= 0 && sy < w.in[0] && sx < w.in[1] {
					v := plane[sy*w.in[1]+sx]
					best, sum, count = max(best, v), sum+v, count+1
				} else if padded && sy < w.in[0]+w.after[0] && sx < w.in[1]+w.after[1] {
					count++
				}
			}
		}
		if out.f[k] = best; average {
			out.f[k] = sum / float32(max(count, 1))
		}
	}
	return []*array{out}, nil
}

func globalPool(_ *evaluator, n *node, in []*array) ([]*array, error) {
	if len(in[0].shape) < 3 {
		return nil, fmt.Errorf("reads the shape %v", in[0].shape)
	}
	over := make([]bool, len(in[0].shape))
	for d := 2; d < len(over); d++ {
		over[d] = true
	}
	return one(in[0].reduce(over, true, map[string]string{"GlobalAveragePool": "ReduceMean", "GlobalMaxPool": "ReduceMax"}[n.op]))
}

func batchNormalization(_ *evaluator, n *node, in []*array) ([]*array, error) {
	x := in[0]
	if len(x.shape) < 2 || x.whole() {
		return nil, fmt.Errorf("reads the shape %v", x.shape)
	}
	if n.int("training_mode", 0) != 0 {
		return nil, fmt.Errorf("normalises by the picture's own mean and deviation, as in training: export the network in eval mode")
	}
	c, eps := x.shape[1], n.float("epsilon", 1e-5)
	for _, p := range in[1:5] {
		if p.len() != c {
			return nil, fmt.Errorf("%d values for %d channels", p.len(), c)
		}
	}
	out := &array{shape: x.shape, f: slices.Clone(x.f)}
	step := strides(x.shape)[1]
	for k := range out.f {
		i := k / step % c
		out.f[k] = (out.f[k]-in[3].at(i))/math32.Sqrt(in[4].at(i)+eps)*in[1].at(i) + in[2].at(i)
	}
	return []*array{out}, nil
}

func gemm(e *evaluator, n *node, in []*array) ([]*array, error) {
	a, b := in[0], in[1]
	for i, turn := range []string{"transA", "transB"} {
		if n.int(turn, 0) != 0 {
			t, err := in[i].permuted([]int{1, 0})
			if err != nil {
				return nil, err
			}
			if i == 0 {
				a = t
			} else {
				b = t
			}
		}
	}
	if len(a.shape) != 2 || len(b.shape) != 2 {
		return nil, fmt.Errorf("multiplies the shapes %v and %v", a.shape, b.shape)
	}
	out, err := product(e, a, b)
	if err != nil {
		return nil, err
	}
	alpha, beta := n.float("alpha", 1), n.float("beta", 1)
	for k := range out.f {
		out.f[k] *= alpha
	}
	if len(in) > 2 && in[2] != nil {
		return one(binary2(out, in[2], func(x, y float32) float32 { return x + beta*y }, nil))
	}
	return []*array{out}, nil
}

// product of (..., m, k) and (k, n).
func product(e *evaluator, a, b *array) (*array, error) {
	if len(a.shape) < 2 || len(b.shape) != 2 || a.shape[len(a.shape)-1] != b.shape[0] || a.whole() || b.whole() {
		return nil, fmt.Errorf("multiplies the shapes %v and %v, expected (..., m, k) and (k, n)", a.shape, b.shape)
	}
	k, n := b.shape[0], b.shape[1]
	if err := e.spend(a.len() * n); err != nil {
		return nil, err
	}
	out, err := newFloats(append(slices.Clone(a.shape[:len(a.shape)-1]), n))
	if err != nil || k == 0 {
		return out, err
	}
	for i := range a.len() / k {
		dst := out.f[i*n:][:n]
		for j, v := range a.f[i*k:][:k] {
			for o, w := range b.f[j*n:][:n] {
				dst[o] += v * w
			}
		}
	}
	return out, nil
}

func matMul(e *evaluator, _ *node, in []*array) ([]*array, error) {
	return one(product(e, in[0], in[1]))
}
