// Command sescope runs and explains SEscope's networks on a terminal. It shares every line of the
// network with the page.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

// command is one thing that sescope does.
type command struct {
	name, operands string
	flags          string // as the usage shows them
	about          string // one sentence a line
	run            func(args []string, stdout, stderr io.Writer) error
}

// Flags that several commands have.
const (
	archFlags = "[--arch NAME [--classes FILE] [--mean R,G,B] [--std R,G,B]] [--slow]"
	archAbout = `
MODEL is a built-in name, a .safetensors file, or a state_dict of torch.save (.pt, .pth, .bin).
For a file without our spec in its header the spec is the file model.json beside it, or that of a built-in network: --arch NAME.
With --arch, --classes names the outputs (a class a line, its Chinese name behind a tab), --mean and --std are of pixels of 0..1.
--slow runs a network of more than 20 billion multiply-adds for one picture.`
	bitsFlag = "[--bits 8 | 6 | 5 | 4]"
)

var commands = []command{
	{"models", "", "", "List the built-in networks.", listModels},
	{"inspect", "MODEL", "[--json] " + archFlags, "Print layers, output shapes, parameters, multiply-adds and classes." + archAbout, inspect},
	{"run", "MODEL IMAGE...", "[--json] [--top N] " + archFlags, `Classify pictures; "-" is standard input. A picture that cannot be read is named, and the others are classified.
--top says how many classes are listed (5 by default).` + archAbout, classify},
	{"explain", "MODEL IMAGE", "-o FIGURE.png " + archFlags,
		"Draw the tutorial's figure: picture and its three strongest channels." + archAbout, explain},
	{"eval", "MODEL DATA", "[--json | --csv] [--against MODEL] [--part PART] " + archFlags, `Measure accuracy on CIFAR-10's or CIFAR-100's files, or a zip, tar, tar.gz or folder of pictures by class.
Folders are named as the classes; where none is, a table of labels (.csv) or the files' names tell (cat.1.jpg).
--part is train, test, validation or all, where a set has such folders; by default what was held out: test, or validation.
--csv prints the logits of every picture; --against compares a second network on the same pictures, for instance int8 with float32.` + archAbout, evaluate},
	{"teach", "DATA", "-o OUT.safetensors [--network MODEL] [--json] " + archFlags, `Learn a network's last layer anew for a zip or folder of pictures by class.
The result is a network as any other. Printed is how often it is right on pictures that were held back; recording-1-0001.jpg and
recording-1-0002.jpg count as frames of one recording, which is held back as a whole.` + archAbout, teachHead},
	{"quantize", "IN OUT.safetensors", bitsFlag, "Make an int8 file of a float32 one, or one whose numbers need fewer bits.", quantize},
	{"convert", "IN.onnx OUT.safetensors", "[--classes FILE] " + bitsFlag + " [--mean R,G,B] [--std R,G,B] [--size N]", `Make a .safetensors file of an ONNX file. It is written if its logits are those of the ONNX file.
FILE holds a class a line, its Chinese name behind a tab; mean and std, of pixels of 0..1, are ImageNet's by default. N is the input's size where the file leaves it open.`, convert},
}

// usage is that of one command.
func (c *command) usage() string {
	return "usage: sescope " + strings.TrimSpace(strings.Join([]string{c.name, c.operands, c.flags}, " ")) + "\n\n" + c.about + "\n"
}

// usage lists the commands.
func usage() string {
	var b strings.Builder
	b.WriteString("usage: sescope COMMAND\n\n")
	for _, c := range commands {
		about, _, _ := strings.Cut(c.about, "\n")
		fmt.Fprintf(&b, "  %-36s%s\n", strings.TrimSpace(c.name+" "+c.operands), about)
	}
	for _, more := range [][2]string{{"help COMMAND", "Say more of a command."}, {"version", "Print the version."}, {"notices", "Print the licences of what the program holds."}} {
		fmt.Fprintf(&b, "  %-36s%s\n", more[0], more[1])
	}
	return b.String()
}

// errUsage marks errors after which the usage helps.
var errUsage = errors.New("see sescope help")

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintf(&printer{w: os.Stderr}, "sescope: %s\n", line(err.Error()))
		os.Exit(1)
	}
}

func run(args []string, stdout, stderr io.Writer) error {
	stdout, stderr = &printer{w: stdout}, &printer{w: stderr}
	name := "help"
	if len(args) > 0 {
		name, args = args[0], args[1:]
	}
	switch name {
	case "help", "--help", "-h":
		if len(args) == 0 {
			fmt.Fprint(stdout, usage())
			return nil
		}
		name, args = args[0], []string{"-h"}
	case "notices":
		fmt.Fprint(stdout, notices)
		return nil
	case "version", "--version", "-v":
		fmt.Fprintln(stdout, version())
		return nil
	}
	for _, c := range commands {
		if c.name != name {
			continue
		}
		err := c.run(args, stdout, stderr)
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(stdout, c.usage())
			return nil
		}
		return err
	}
	return fmt.Errorf("unknown command %q; %w", name, errUsage)
}

// version names the commit that the program was built from, where Go knows it.
func version() string {
	of := "of an unknown commit"
	if info, ok := debug.ReadBuildInfo(); ok {
		if v := info.Main.Version; v != "" && v != "(devel)" {
			of = v
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				of = s.Value
			}
		}
	}
	return fmt.Sprintf("sescope %s, %s %s/%s", of, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
