// Command pack makes dist/, the folder that is SEscope on the web: server serves
// it, and so does any static host, under any path.
//
//	go run ./server/pack [-out dist] [-url https://example.org/sescope/]
//	go run ./server/pack -notices FILE PACKAGE...
//
// The address, if it is known, is for previews of links, which need the whole one of their picture.
// The second writes the licences of what a program holds, for those that are built without dist.
//
// It is run in the project's root. dist holds
//
//	index.html          of web/static, with every address and what boot.js needs to know
//	sw.js               of web/static, with the same
//	assets/*            everything else, each with a hash of its content in its name, so that it may
//	                    be kept for ever:
//	  boot.HASH.js…     web/static
//	  sescope.*.wasm    the package ./wasm
//	  sescope-relaxed.* the same with fused multiply-adds (see wasm/postlink), for browsers that
//	                    know relaxed SIMD
//	  importer.*        the package ./wasm/importer, which reads files of other kinds
//	  wasm_exec.*.js    from the Go that compiled it
//	  vugu-helper.*.js  the script inside the Vugu module (see helper.go)
//	  models/*          weights/models/*.safetensors and *.portraits.{webp,json}
//	  icon-*.png        for home screens (see icon.go)
//	_headers            for Netlify and Cloudflare Pages
//	.nojekyll           for GitHub Pages
//
// and a .br and a .gz beside every file that is not compressed by itself.
// Equal sources make equal bytes. It fails when the budget of sizes is exceeded
// (see budget.go); dist is there all the same.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	out := flag.String("out", "dist", "the folder to make or to replace")
	url := flag.String("url", "", "the page's own address, for previews of links")
	list := flag.String("notices", "", "the file of licences to write for the packages that are named")
	flag.Parse()
	if (flag.NArg() > 0) != (*list != "") {
		fmt.Fprintln(os.Stderr, "usage: pack [-out dist] [-url https://...], or pack -notices FILE PACKAGE...")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *out, *url, *list); err != nil {
		fmt.Fprintf(os.Stderr, "pack: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out, url, list string) (err error) {
	if list != "" {
		licences, err := notices(ctx, ".", flag.Args()...)
		if err != nil {
			return err
		}
		return os.WriteFile(list, licences, 0o644)
	}
	if url != "" {
		if url, err = address(url); err != nil {
			return err
		}
	}
	return pack(ctx, ".", out, url, os.Stdout)
}
