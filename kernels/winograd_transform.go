package kernels

// The steps of Winograd in portable Go. They are the definition, which the assembly must equal bit
// for bit.

// portableWinogradInput is: dst[6i+j][c] = (Bᵀ d B)[i][j] for each channel c of the tile d[y][x] =
// src[y*row + x*channels + c]; dst has 36 planes.
func portableWinogradInput(dst []float32, plane int, src []float32, row, channels int) {
	for c := range channels {
		var rows [winogradIn][winogradIn]float32 // d B
		for y := range rows {
			d := src[y*row+c:]
			inputLine(&rows[y], d[0], d[channels], d[2*channels], d[3*channels], d[4*channels], d[5*channels])
		}
		for x := range winogradIn {
			var column [winogradIn]float32
			inputLine(&column, rows[0][x], rows[1][x], rows[2][x], rows[3][x], rows[4][x], rows[5][x])
			for y, v := range column {
				dst[(y*winogradIn+x)*plane+c] = v
			}
		}
	}
}

// inputLine is Bᵀ d, with what its rows have in common computed once:
//
//	4  0 -5  0  1  0
//	0 -4 -4  1  1  0
//	0  4 -4 -1  1  0
//	0 -2 -1  2  1  0
//	0  2 -1 -2  1  0
//	0  4  0 -5  0  1
func inputLine(t *[winogradIn]float32, d0, d1, d2, d3, d4, d5 float32) {
	e, f := d4-d2, d3-d1
	a, b := d4-float32(4*d2), d3-float32(4*d1)
	t[0] = float32(4*(d0-d2)) + e
	t[1] = a + b
	t[2] = a - b
	t[3] = e + (f + f)
	t[4] = e - (f + f)
	t[5] = (d5 - d3) - float32(4*f)
}

// portableWinogradProduct is: dst[p*apart + ...][t][k][o] = sum over i of src[k*plane + t*channels
// + i] * w[p][k][i][o] for each panel p, each tile t, each of the 36 points k and each of the 8
// output channels o of a panel.
func portableWinogradProduct(dst []float32, apart int, src []float32, plane int, w []float32, tiles, channels, panels int) {
	var zero [Panel]float32
	c := Conv{SrcW: tiles, SrcStride: channels, DstStride: winogradTile, OutW: tiles, KH: 1, KW: 1, Step: 1}
	for i := range panels * winogradPoint {
		p, k := i/winogradPoint, i%winogradPoint
		c.portableRow(dst[p*apart+k*Panel:], src[k*plane:], w[i*channels*Panel:], zero[:], Panel)
	}
}

// portableWinogradOutput is: dst[y*row + (4t+x)*pixel + c] = (Aᵀ m A)[y][x] + bias[c], within floor
// and ceiling, for each of the 8 channels c of each tile t of m[t][6i+j][c].
func portableWinogradOutput(dst []float32, row, pixel int, m, bias []float32, tiles int, floor, ceiling float32) {
	for i := range tiles * Panel {
		t, c := i/Panel, i%Panel
		var rows [winogradIn][winogradOut]float32 // m A
		for y := range rows {
			v := (*[(winogradIn-1)*Panel + 1]float32)(m[t*winogradTile+y*winogradIn*Panel+c:])
			v1 := v[Panel]
			if y == winogradBias/winogradIn {
				v1 += bias[c]
			}
			outputLine(&rows[y], v[0], v1, v[2*Panel], v[3*Panel], v[4*Panel], v[5*Panel])
		}
		for x := range winogradOut {
			var column [winogradOut]float32
			outputLine(&column, rows[0][x], rows[1][x], rows[2][x], rows[3][x], rows[4][x], rows[5][x])
			for y, v := range column {
				dst[y*row+(t*winogradOut+x)*pixel+c] = limit(v, floor, ceiling)
			}
		}
	}
}

// outputLine is Aᵀ m:
//
//	1  1  1  1  1  0
//	0  1 -1  2 -2  0
//	0  1  1  4  4  0
//	0  1 -1  8 -8  1
func outputLine(y *[winogradOut]float32, m0, m1, m2, m3, m4, m5 float32) {
	s, d := m1+m2, m1-m2
	u, v := m3+m4, m3-m4
	y[0] = (m0 + s) + u
	y[1] = d + (v + v)
	y[2] = s + float32(4*u)
	y[3] = (d + float32(8*v)) + m5
}
