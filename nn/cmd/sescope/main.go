// Command sescope runs and explains SEscope's networks on a terminal. It shares every line of the network with the page.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sescope/nn"
	"sescope/weights"
	"sescope/weights/models"
)

const usage = `usage: sescope COMMAND

  models                              list the built-in networks
  inspect MODEL                       layers, output shapes, parameters, multiply-adds
  run MODEL IMAGE... [--json]         classify pictures
  explain MODEL IMAGE -o FIGURE.png   draw the tutorial's figure: picture and its three strongest channels
  eval MODEL DATA [--json | --csv] [--against MODEL]
                                      accuracy on a CIFAR-10 .bin file, or a zip or folder of pictures by class; --csv: the logits of every picture;
                                      --against: a second network on the same pictures, for instance int8 against float32
  quantize IN OUT [--bits 8 | 6 | 5 | 4]  make an int8 file of a float32 one, or one whose numbers need fewer bits
  convert IN.onnx OUT [--classes FILE] [--bits 8 | 6 | 5 | 4] [--mean R,G,B] [--std R,G,B]
                                      make a .safetensors file of an ONNX file; FILE holds a class a line, mean and std are ImageNet's by default

MODEL is a built-in name, a .safetensors file, or a state_dict of torch.save (.pt, .pth, .bin). For a file without our spec in its header
the spec is the file model.json beside it, or that of a built-in network: --arch NAME.
`

// errUsage marks errors after which the usage helps.
var errUsage = errors.New("see sescope help")

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintf(os.Stderr, "sescope: %v\n", err)
		os.Exit(1)
	}
}

func run(args []string, stdout, stderr io.Writer) error {
	if len(args) == 0 || args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		fmt.Fprint(stdout, usage)
		return nil
	}
	commands := map[string]func(args []string, stdout, stderr io.Writer) error{
		"models": listModels, "inspect": inspect, "run": classify, "explain": explain, "eval": evaluate, "quantize": quantize, "convert": convert,
	}
	command, ok := commands[args[0]]
	if !ok {
		return fmt.Errorf("unknown command %q; %w", args[0], errUsage)
	}
	return command(args[1:], stdout, stderr)
}

// options are the flags of the commands; each command registers those that it has.
type options struct {
	flags *flag.FlagSet
	arch  string
	json  bool
	out   string
}

func newOptions(command string) *options {
	o := &options{flags: flag.NewFlagSet(command, flag.ContinueOnError)}
	o.flags.SetOutput(io.Discard) // errors are returned and printed once, in one line
	return o
}

func (o *options) withArch() *options {
	o.flags.StringVar(&o.arch, "arch", "", "")
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

// parse accepts flags before, between and behind the operands and checks the operands' number; most < 0 means any.
func (o *options) parse(args []string, least, most int, operands string) ([]string, error) {
	var rest []string
	for {
		if err := o.flags.Parse(args); err != nil {
			return nil, fmt.Errorf("%s: %v; %w", o.flags.Name(), err, errUsage)
		}
		args = o.flags.Args()
		if len(args) == 0 {
			break
		}
		rest, args = append(rest, args[0]), args[1:]
	}
	if len(rest) < least || most >= 0 && len(rest) > most {
		return nil, fmt.Errorf("%s: %d operands, expected %s; %w", o.flags.Name(), len(rest), operands, errUsage)
	}
	return rest, nil
}

// isFile tells whether an operand is a network's file and not the name of a built-in network.
func isFile(name string) bool {
	return slices.Contains([]string{".safetensors", ".pt", ".pth", ".bin"}, strings.ToLower(filepath.Ext(name)))
}

// load opens a built-in network or a file.
func load(name, arch string) (*nn.Model, error) {
	if !isFile(name) {
		f, err := models.Open(name)
		if err != nil {
			return nil, err
		}
		return nn.Load(f)
	}
	f, err := readFile(name)
	if err != nil {
		return nil, err
	}
	beside := filepath.Join(filepath.Dir(name), "model.json")
	switch text, err := os.ReadFile(beside); {
	case arch != "":
	case f.Metadata["sescope"] != "":
		return nn.Load(f)
	case err == nil:
		spec, err := nn.ReadSpec(beside, text)
		if err != nil {
			return nil, err
		}
		return nn.LoadSpec(f, spec)
	default:
		return nil, fmt.Errorf("%s: no network spec in its header and no %s beside it; name a built-in network of the same layers with --arch: %s", name, filepath.Base(beside), strings.Join(models.Names(), ", "))
	}
	builtin, err := models.Open(arch)
	if err != nil {
		return nil, fmt.Errorf("--arch: %v", err)
	}
	spec, _, err := nn.ParseSpec(builtin)
	if err != nil {
		return nil, err
	}
	return nn.LoadSpec(f, spec.Unmeasured())
}

// openSession loads a network and makes a session of it.
func openSession(name, arch string) (*nn.Model, *nn.Session, error) {
	m, err := load(name, arch)
	if err != nil {
		return nil, nil, err
	}
	s, err := m.NewSession()
	return m, s, err
}

func readFile(name string) (*weights.File, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return weights.Open(name, b)
}
