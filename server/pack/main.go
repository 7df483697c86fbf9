// Command pack makes dist/, the folder that is SEscope on the web: server serves
// it, and so does any static host, under any path.
//
//	go run ./server/pack [-out dist]
//
// It is run in the project's root. dist holds
//
//	index.html          of web/static, with every address and what boot.js needs to know
//	sw.js               of web/static, with the same
//	assets/*            everything else, each with a hash of its content in its name, so that it may be kept for ever:
//	  boot.HASH.js…     web/static
//	  sescope.*.wasm    the package ./wasm
//	  sescope-relaxed.* the same with fused multiply-adds (see wasm/postlink), for browsers that know relaxed SIMD
//	  wasm_exec.*.js    from the Go that compiled it
//	  vugu-helper.*.js  the script inside the Vugu module (see helper.go)
//	  models/*          weights/models/*.safetensors
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
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "pack: unexpected argument %q; usage: pack [-out dist]\n", flag.Arg(0))
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := pack(ctx, ".", *out, os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "pack: %v\n", err)
		os.Exit(1)
	}
}
