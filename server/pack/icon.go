package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
)

// icons draws web/static/icon.svg for home screens, which want pixels: bars in a ring on white.
// "any" is the icon itself, "maskable" keeps within the circle that a phone may cut out, on a full
// ground.
func icons() tree {
	t := tree{}
	for _, i := range []struct {
		name  string
		side  int
		scale float64 // of the icon within the picture
	}{{"icon-192", 192, 1}, {"icon-512", 512, 1}, {"icon-maskable-512", 512, 0.72}, {"icon-touch-180", 180, 0.86}} {
		t[i.name+".png"] = icon(i.side, i.scale)
	}
	return t
}

var (
	paper   = color.NRGBA{0xff, 0xff, 0xff, 0xff}
	ink     = color.NRGBA{0x1c, 0x1b, 0x19, 0xff}
	crimson = color.NRGBA{0xa4, 0x18, 0x5c, 0xff}
)

// at is the colour of the icon at a point of its 24 x 24 units; ground is what lies outside the
// ring.
func at(x, y float64, ground color.NRGBA) color.NRGBA {
	for _, bar := range [][4]float64{{6.3, 11, 2.6, 5.5}, {10.7, 6.3, 2.6, 10.2}, {15.1, 9, 2.6, 7.5}} {
		const r = 0.8 // of its corners
		dx := max(bar[0]+r-x, x-(bar[0]+bar[2]-r), 0)
		dy := max(bar[1]+r-y, y-(bar[1]+bar[3]-r), 0)
		if dx*dx+dy*dy <= r*r {
			return crimson
		}
	}
	switch d := (x-12)*(x-12) + (y-12)*(y-12); {
	case d <= 10.1*10.1:
		return paper
	case d <= 11.9*11.9:
		return ink
	}
	return ground
}

// icon averages 4 x 4 points a pixel. Of the colours only opaque ones are averaged, and their share
// is the pixel's alpha.
func icon(side int, scale float64) []byte {
	ground := paper
	if scale == 1 {
		ground = color.NRGBA{}
	}
	const n = 4
	img := image.NewNRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			var r, g, b, opaque int
			for k := range n * n {
				u := (float64(x) + (float64(k%n)+0.5)/n) / float64(side)
				v := (float64(y) + (float64(k/n)+0.5)/n) / float64(side)
				if c := at(12+(u-0.5)*24/scale, 12+(v-0.5)*24/scale, ground); c.A != 0 {
					r, g, b, opaque = r+int(c.R), g+int(c.G), b+int(c.B), opaque+1
				}
			}
			if opaque > 0 {
				img.SetNRGBA(x, y, color.NRGBA{uint8(r / opaque), uint8(g / opaque), uint8(b / opaque), uint8(255 * opaque / (n * n))})
			}
		}
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, img); err != nil {
		panic(fmt.Sprintf("a picture in memory does not encode: %v", err))
	}
	return out.Bytes()
}
