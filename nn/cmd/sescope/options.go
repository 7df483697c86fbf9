package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"sescope/nn"
	"sescope/nn/dataset"
)

// options are the flags of the commands; each command registers those that it has.
type options struct {
	flags   *flag.FlagSet
	arch    string
	slow    bool
	json    bool
	out     string
	classes string // a file
	mean    colours
	std     colours
}

func newOptions(command string) *options {
	o := &options{flags: flag.NewFlagSet(command, flag.ContinueOnError)}
	o.flags.SetOutput(io.Discard) // errors are returned and printed once, in one line
	return o
}

// withArch is for commands that open a network.
func (o *options) withArch() *options {
	o.flags.StringVar(&o.arch, "arch", "", "")
	o.flags.BoolVar(&o.slow, "slow", false, "")
	return o.withInput()
}

// withInput is for commands that may be told what a file does not say of the network's input and
// output.
func (o *options) withInput() *options {
	o.flags.StringVar(&o.classes, "classes", "", "")
	o.flags.Func("mean", "", func(text string) error { return o.mean.parse(text, 0, 1) })
	o.flags.Func("std", "", func(text string) error { return o.std.parse(text, 1e-4, 2) })
	return o
}

func (o *options) withJSON() *options {
	o.flags.BoolVar(&o.json, "json", false, "")
	return o
}

func (o *options) withOut() *options {
	o.flags.StringVar(&o.out, "o", "", "")
	return o
}

// parse accepts flags before, between and behind the operands and checks the operands' number;
// most < 0 means any. A lone "-" is an operand.
func (o *options) parse(args []string, least, most int, operands string) ([]string, error) {
	var rest []string
	for {
		if err := o.flags.Parse(args); errors.Is(err, flag.ErrHelp) {
			return nil, err
		} else if err != nil {
			return nil, fmt.Errorf("%s: %v; %w", o.flags.Name(), err, errUsage)
		}
		args = o.flags.Args()
		if len(args) == 0 {
			break
		}
		rest, args = append(rest, args[0]), args[1:]
	}
	if len(rest) < least || most >= 0 && len(rest) > most {
		found := fmt.Sprintf("%d operands", len(rest))
		if len(rest) == 1 {
			found = "1 operand"
		}
		return nil, fmt.Errorf("%s: %s, expected %s; %w", o.flags.Name(), found, operands, errUsage)
	}
	return rest, nil
}

// colours are three values, one for grey pictures, or none.
type colours []float32

// parse reads "R,G,B" or one number, each from low to high. Values of 0..255 are a mistake that no
// error would show later: every picture would look the same to the network.
func (c *colours) parse(text string, low, high float64) error {
	parts := strings.Split(text, ",")
	if len(parts) != 3 && len(parts) != 1 {
		return fmt.Errorf("expected 3 numbers with commas between, or 1")
	}
	*c = nil
	for _, p := range parts {
		v, err := strconv.ParseFloat(strings.TrimSpace(p), 32)
		if err != nil {
			return fmt.Errorf("%q is no number", p)
		}
		if !(v >= low && v <= high) {
			return fmt.Errorf("%v, expected %v to %v: pixels count from 0 to 1 here, so divide what is of 0..255 by 255", v, low, high)
		}
		*c = append(*c, float32(v))
	}
	return nil
}

// readClasses reads a list of classes: one a line, its Chinese name behind a tab. Windows writes a
// mark of its encoding in front, UTF-16, or GBK.
func readClasses(name string) (list []nn.Class, err error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, fileError(name, err)
	}
	text, err := plainText(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %v, expected a text with a class a line", name, err)
	}
	list = dataset.ClassList(text)
	if len(list) == 0 {
		return nil, fmt.Errorf("%s holds no class, expected one a line", name)
	}
	return list, nil
}

// plainText is what a text file says, without a mark of its encoding.
func plainText(b []byte) (string, error) {
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff")):
		b, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(b)
		if err == nil && bytes.ContainsRune(b, utf8.RuneError) {
			err = errors.New("no text in UTF-16")
		}
		return string(b), err
	case utf8.Valid(b):
		return string(bytes.TrimPrefix(b, []byte("\ufeff"))), nil
	}
	if s, ok := gbk(b); ok {
		return s, nil
	}
	return "", errors.New("neither UTF-8 nor UTF-16 nor GBK")
}

// gbk decodes what Windows in Chinese writes; ok is false for bytes that it would not.
func gbk(b []byte) (s string, ok bool) {
	out, err := simplifiedchinese.GBK.NewDecoder().Bytes(b)
	return string(out), err == nil && !bytes.ContainsRune(out, utf8.RuneError)
}
