package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"

	"github.com/andybalholm/brotli"
)

// packed is one file of dist; br and gz are nil for a file that is compressed by
// itself.
type packed struct {
	name        string
	raw, br, gz []byte
}

// incompressible lists the formats that gain nothing.
var incompressible = map[string]bool{
	".png": true, ".jpg": true, ".jpeg": true, ".webp": true, ".ico": true, ".woff2": true, ".mp4": true, ".webm": true,
}

// compress makes the .br and .gz of every file of t, sorted by name. What the
// former dist in old holds is taken over where it unpacks to the same bytes:
// brotli at its best level takes seconds, unpacking milliseconds.
func compress(ctx context.Context, t tree, old string) ([]packed, error) {
	files := make([]packed, 0, len(t))
	for name, raw := range t {
		files = append(files, packed{name: name, raw: raw})
	}
	// The largest first: its brotli is the longest single job.
	slices.SortFunc(files, func(a, b packed) int {
		return cmp.Or(cmp.Compare(len(b.raw), len(a.raw)), cmp.Compare(a.name, b.name))
	})
	var jobs []func()
	for i := range files {
		f := &files[i]
		if incompressible[path.Ext(f.name)] || !strings.Contains(f.name, ".") || len(f.raw) == 0 { // or read by a host, never sent
			continue
		}
		former := filepath.Join(old, filepath.FromSlash(f.name))
		jobs = append(jobs, func() {
			if f.br = reuse(former+".br", f.raw, unbrotli); f.br == nil {
				f.br = brotli11(f.raw)
			}
		}, func() {
			if f.gz = reuse(former+".gz", f.raw, gunzip); f.gz == nil {
				f.gz = gzip9(f.raw)
			}
		})
	}
	if err := runAll(ctx, jobs); err != nil {
		return nil, err
	}
	slices.SortFunc(files, func(a, b packed) int { return cmp.Compare(a.name, b.name) })
	return files, nil
}

// runAll runs the jobs on every core, in the list's order. When ctx ends it
// returns at once: the jobs under way go on unobserved and no more are started.
func runAll(ctx context.Context, jobs []func()) error {
	queue := make(chan func(), len(jobs))
	for _, job := range jobs {
		queue <- job
	}
	close(queue)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for job := range queue {
				if ctx.Err() == nil {
					job()
				}
			}
		})
	}
	done := make(chan struct{})
	go func() {
		wg.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("stopped while compressing: %v", ctx.Err())
	}
}

// reuse returns the content of the compressed file if it unpacks to raw, else nil.
func reuse(name string, raw []byte, unpack func([]byte) ([]byte, error)) []byte {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	if got, err := unpack(b); err != nil || !bytes.Equal(got, raw) {
		return nil
	}
	return b
}

// brotli11 uses the largest window that browsers accept (16 MB), so that the
// whole wasm lies within it. Writing to a bytes.Buffer cannot fail.
func brotli11(raw []byte) []byte {
	var b bytes.Buffer
	w := brotli.NewWriterOptions(&b, brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: 24})
	w.Write(raw)
	w.Close()
	return b.Bytes()
}

func unbrotli(b []byte) ([]byte, error) {
	return io.ReadAll(brotli.NewReader(bytes.NewReader(b)))
}

// gzip9 leaves name and time out of the header: equal content, equal bytes.
func gzip9(raw []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // fails only for an unknown level
	w.Write(raw)
	w.Close()
	return b.Bytes()
}

func gunzip(b []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// printTable prints the sizes in bytes; a file without compressed forms counts
// as it is in every column's sum.
func printTable(w io.Writer, out string, files []packed) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "raw\tgzip\tbrotli\t ")
	var raw, gz, br int
	for _, f := range files {
		raw, gz, br = raw+len(f.raw), gz+len(f.gz), br+len(f.br)
		if f.br == nil {
			gz, br = gz+len(f.raw), br+len(f.raw)
			fmt.Fprintf(tw, "%d\t-\t-\t %s\n", len(f.raw), f.name)
			continue
		}
		fmt.Fprintf(tw, "%d\t%d\t%d\t %s\n", len(f.raw), len(f.gz), len(f.br), f.name)
	}
	fmt.Fprintf(tw, "%d\t%d\t%d\t %s\n", raw, gz, br, filepath.Clean(out)+", together")
	tw.Flush()
}
