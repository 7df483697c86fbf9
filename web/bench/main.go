// Command bench measures SEscope beside LiteRT.js, onnxruntime-web and TensorFlow.js: the same
// networks, weights and pictures, in one page.
//
//	npm ci
//	go run .                  in headless Chromium; prints a table and writes results.json
//	go run . -serve :8090     serves the page, for any browser and by hand
//
// It is run in web/bench. README.md says what is measured and how.
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"github.com/andybalholm/brotli"
)

func main() {
	o := options{brotli: brotli.BestCompression}
	serve := flag.String("serve", "", "serve the page at this address instead of measuring")
	flag.IntVar(&o.rounds, "rounds", 30, "how many times every engine has its turn with every network")
	flag.IntVar(&o.starts, "starts", 7, "how many times every page is started; 0 leaves the starts out")
	flag.StringVar(&o.networks, "networks", "", "only these, separated by commas")
	flag.StringVar(&o.out, "out", "results.json", "the file to write; empty for none")
	flag.StringVar(&o.dist, "dist", root+"/dist", "the packed page, for its start")
	flag.StringVar(&o.before, "before", "", "another packed page, to compare the start with")
	flag.BoolVar(&o.only, "startsonly", false, "measure nothing but the starts of packed pages")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := func() error {
		s, err := makeSite(ctx)
		if err != nil {
			return err
		}
		if *serve != "" {
			return listen(ctx, s, *serve)
		}
		return measure(ctx, s, o, os.Stdout)
	}()
	if err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

// listen serves until ctx ends.
func listen(ctx context.Context, s *site, address string) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	fmt.Printf("http://%s/\n", l.Addr())
	server := &http.Server{Handler: s}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	if err := server.Serve(l); err != http.ErrServerClosed {
		return err
	}
	return nil
}
