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

// portableWinogradWeights is: dst[(6i+j)*plane + 4v + c] = (G g Gᵀ)[i][j] for lane c of each of
// count vectors v, whose kernels are g[y][x] = k[v][3y+x][c].
func portableWinogradWeights(dst []float32, plane int, k []float32, count int) {
	for i := range 4 * count {
		g := (*[33]float32)(k[i/4*36+i%4:])
		var columns [3][winogradIn]float32 // of G g
		for x := range columns {
			weightLine(&columns[x], g[4*x], g[4*(3+x)], g[4*(6+x)])
		}
		for y := range winogradIn {
			var row [winogradIn]float32
			weightLine(&row, columns[0][y], columns[1][y], columns[2][y])
			for x, v := range row {
				dst[(y*winogradIn+x)*plane+i] = v
			}
		}
	}
}

// weightLine is G g:
//
//	 1/4     0    0
//	-1/6  -1/6 -1/6
//	-1/6   1/6 -1/6
//	1/24  1/12  1/6
//	1/24 -1/12  1/6
//	   0     0    1
func weightLine(t *[winogradIn]float32, a, b, c float32) {
	s, o := float32((a+c)*(-1./6)), float32(b*(-1./6))
	f, h := float32(a*(1./24))-float32(c*(-1./6)), float32(b*(1./12))
	t[0] = a * (1. / 4)
	t[1] = s + o
	t[2] = s - o
	t[3] = f + h
	t[4] = f - h
	t[5] = c
}
