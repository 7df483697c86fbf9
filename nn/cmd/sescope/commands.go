package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"sescope/nn"
	"sescope/nn/onnx"
	"sescope/weights"
	"sescope/weights/models"
)

func listModels(args []string, stdout, _ io.Writer) error {
	if _, err := newOptions("models").parse(args, 0, 0, "none"); err != nil {
		return err
	}
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	for _, name := range models.Names() {
		f, err := models.Open(name)
		if err != nil {
			return err
		}
		m, err := nn.Load(f)
		if err != nil {
			return err
		}
		params, macs, err := totals(m)
		if err != nil {
			return err
		}
		mark := ""
		if name == models.Default {
			mark = "(default)"
		}
		fmt.Fprintf(w, "%s\t%s\t%s parameters\t%.1f M multiply-adds\t%s\n", name, m.Spec.Title["en"], thousands(params), float64(macs)/1e6, mark)
	}
	return w.Flush()
}

func totals(m *nn.Model) (params, macs int, err error) {
	infos, err := m.Spec.Describe()
	for _, l := range infos {
		params += l.Params
		macs += l.MACs
	}
	return params, macs, err
}

// inspect prints the network as print(model) would, with what each layer makes and costs.
func inspect(args []string, stdout, _ io.Writer) error {
	o := newOptions("inspect").withArch()
	args, err := o.parse(args, 1, 1, "MODEL")
	if err != nil {
		return err
	}
	m, err := load(args[0], o.arch)
	if err != nil {
		return err
	}
	infos, err := m.Spec.Describe()
	if err != nil {
		return err
	}
	in := m.Spec.Input
	fmt.Fprintf(stdout, "%s: %s\ninput %d x %d x %d, mean %v, std %v\n\n", m.Spec.Name, m.Spec.Title["en"], in.H, in.W, in.C, m.Spec.Mean, m.Spec.Std)
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "layer\tkind\toutput (H x W x C)\tparameters\tmultiply-adds\talgorithm")
	for _, l := range infos {
		fmt.Fprintf(w, "%s\t%s\t%d x %d x %d\t%s\t%s\t%s\n", l.Name, kind(l), l.Shape.H, l.Shape.W, l.Shape.C, thousands(l.Params), thousands(l.MACs), l.Algorithm())
	}
	params, macs, err := totals(m)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "total\t\t\t%s\t%s\n", thousands(params), thousands(macs))
	return w.Flush()
}

func kind(l nn.LayerInfo) string {
	if sketch := l.Sketch(); sketch != "" {
		return nn.AttentionTitle(l.Op) + ", " + strings.ReplaceAll(sketch, "→", "->")
	}
	switch l.Op {
	case "conv":
		groups := ""
		if l.Groups > 1 {
			groups = fmt.Sprintf(", %d groups", l.Groups)
		}
		return fmt.Sprintf("conv %dx%d, %d -> %d, stride %d, pad %d%s", l.Kernel, l.Kernel, l.In, l.Out, l.Stride, l.Pad, groups)
	case "maxpool", "avgpool":
		return fmt.Sprintf("%s %d, stride %d, pad %d", map[string]string{"maxpool": "max pool", "avgpool": "average pool"}[l.Op], l.Kernel, cmp.Or(l.Stride, l.Kernel), l.Pad)
	case "add":
		return "add " + l.With
	case "linear":
		return fmt.Sprintf("linear, %d -> %d", l.In, l.Out)
	}
	return l.Op
}

// thousands writes 1234567 as 1,234,567.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func classify(args []string, stdout, _ io.Writer) error {
	o := newOptions("run").withArch().withJSON()
	args, err := o.parse(args, 2, -1, "MODEL IMAGE...")
	if err != nil {
		return err
	}
	_, s, err := openSession(args[0], o.arch)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(stdout)
	for _, file := range args[1:] {
		img, err := readPicture(file)
		if err != nil {
			return err
		}
		trace := s.Run(img)
		if err := trace.Check(); err != nil {
			return fmt.Errorf("%s: %v", file, err)
		}
		result := trace.Result(file)
		if o.json {
			if err := encoder.Encode(result); err != nil {
				return err
			}
			continue
		}
		unsure := ""
		if result.Unsure {
			unsure = ": not sure, it looks like none of the classes; the nearest are"
		}
		fmt.Fprintf(stdout, "%s%s\n", file, unsure)
		for _, r := range result.Top {
			fmt.Fprintf(stdout, "  %5.1f %%  %s\n", 100*r.P, r.Class)
		}
		for _, g := range result.Gates {
			fmt.Fprintf(stdout, "  gates of %s: %d, smallest %.2f, largest %.2f\n", g.Layer, len(g.Scale), slices.Min(g.Scale), slices.Max(g.Scale))
		}
	}
	return nil
}

// explain draws the tutorial's figure: the picture, and the three channels of the last convolution with the largest spatial mean.
func explain(args []string, stdout, _ io.Writer) error {
	o := newOptions("explain").withArch().withOut()
	args, err := o.parse(args, 2, 2, "MODEL IMAGE")
	if err != nil {
		return err
	}
	if !strings.HasSuffix(o.out, ".png") {
		return fmt.Errorf("explain: -o %q, expected a file name that ends in .png; %w", o.out, errUsage)
	}
	m, s, err := openSession(args[0], o.arch)
	if err != nil {
		return err
	}
	img, err := readPicture(args[1])
	if err != nil {
		return err
	}
	t := s.Run(img)
	top := t.Top()
	panels := []panel{{Title: []string{"Original", fmt.Sprintf("predicted: %s, %.0f %%", m.Spec.Classes[top].En, 100*t.Probs[top])}, Picture: t.Input}}
	for _, c := range t.Rank(nn.ByMean, top, 3) {
		heat := t.Channel(c.Channel, nil)
		nn.Normalise(heat)
		panels = append(panels, panel{Title: []string{fmt.Sprintf("%s, channel %d", m.LastConv(), c.Channel), fmt.Sprintf("mean %.2f, gate %.2f", c.Mean, c.Gate)}, Picture: t.Input, Heat: heat})
	}
	f, err := os.Create(o.out)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := png.Encode(f, drawFigure(panels)); err != nil {
		return fmt.Errorf("%s: %v", o.out, err)
	}
	fmt.Fprintln(stdout, o.out)
	return f.Close()
}

func quantize(args []string, stdout, _ io.Writer) error {
	o := newOptions("quantize")
	bits := o.flags.Int("bits", 8, "")
	args, err := o.parse(args, 2, 2, "IN OUT")
	if err != nil {
		return err
	}
	f, err := readFile(args[0])
	if err != nil {
		return err
	}
	q, err := weights.Quantise(f, *bits)
	if err != nil {
		return fmt.Errorf("quantize: %v", err)
	}
	b := q.Write()
	if err := os.WriteFile(args[1], b, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s: %s bytes\n", args[1], thousands(len(b)))
	return nil
}

// convert makes a weights file of an ONNX file.
func convert(args []string, stdout, _ io.Writer) error {
	o := newOptions("convert")
	bits := o.flags.Int("bits", 32, "")
	classes := o.flags.String("classes", "", "")
	options := onnx.Options{Mean: []float32{0.485, 0.456, 0.406}, Std: []float32{0.229, 0.224, 0.225}} // ImageNet's
	o.flags.Func("mean", "", func(text string) error { return colours(text, options.Mean) })
	o.flags.Func("std", "", func(text string) error { return colours(text, options.Std) })
	args, err := o.parse(args, 2, 2, "IN.onnx OUT.safetensors")
	if err != nil {
		return err
	}
	if *classes != "" {
		text, err := os.ReadFile(*classes)
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(text)) {
			if line = strings.TrimRight(line, "\r\n"); line != "" {
				en, zh, ok := strings.Cut(line, "\t")
				if !ok {
					zh = en
				}
				options.Classes = append(options.Classes, nn.Class{En: en, Zh: zh})
			}
		}
	}
	b, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	f, err := onnx.Read(strings.TrimSuffix(filepath.Base(args[0]), ".onnx"), b, options)
	if err != nil {
		return fmt.Errorf("convert: %v", err)
	}
	if *bits != 32 {
		if f, err = weights.Quantise(f, *bits); err != nil {
			return fmt.Errorf("convert: %v", err)
		}
	}
	b = f.Write()
	if err := os.WriteFile(args[1], b, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s: %s bytes\n", args[1], thousands(len(b)))
	return nil
}

// colours parses "R,G,B".
func colours(text string, to []float32) error {
	parts := strings.Split(text, ",")
	if len(parts) != len(to) {
		return fmt.Errorf("expected %d numbers with commas between", len(to))
	}
	for i, p := range parts {
		v, err := strconv.ParseFloat(p, 32)
		if err != nil {
			return err
		}
		to[i] = float32(v)
	}
	return nil
}
