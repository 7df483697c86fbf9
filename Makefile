# SEscope's commands. Go does the work; nothing here knows which file depends on which.

# An older go (1.21 or later) fetches this one by itself.
export GOTOOLCHAIN := go1.27.4

# A leftover GOMAXPROCS ends every wasm program at its start.
unexport GOMAXPROCS

.PHONY: run dist server test bench vet test-go test-wasm test-e2e test-bench goldens clean

# Build what is missing and serve the page at http://127.0.0.1:8080/.
run: dist
	go run ./server -dist dist -addr 127.0.0.1:8080

# Make dist/, a folder that any static host serves. Unchanged files are not compressed again, so
# this is cheap to repeat. URL=https://example.org/sescope/ says where that is, for previews of
# links.
dist:
	go run ./server/pack -out dist $(if $(URL),-url '$(URL)')

# One static program, sescope-server, that holds dist and needs no other file. server/README.md
# tells how to run it for good.
server: dist
	rm -rf server/dist && cp -R dist server/dist
	CGO_ENABLED=0 go build -trimpath -tags embed -ldflags='-s -w' -o sescope-server ./server
	rm -rf server/dist

# One static program, sescope, for terminals, with the licences of what it holds (sescope notices).
.PHONY: sescope
sescope:
	go run ./server/pack -notices nn/cmd/sescope/notices.txt ./nn/cmd/sescope
	CGO_ENABLED=0 go build -trimpath -tags embed -ldflags='-s -w' -o sescope ./nn/cmd/sescope
	rm nn/cmd/sescope/notices.txt

# Every test: formatting and vet, natively, as wasm under Node, the page in Chromium, Firefox and
# WebKitGTK, and a short run of the benchmark.
test: vet test-go test-wasm test-e2e test-bench

# SEscope beside LiteRT.js, onnxruntime-web and tfjs in headless Chromium: tables, and
# web/bench/results.json. Some twenty minutes on a machine that does nothing else. Without PyTorch
# the networks that people import are left out.
bench: dist peers
	-/usr/bin/python3 web/bench/networks.py
	cd web/bench && go run .

# gofmt of the toolchain above (the one on the PATH may be another's), and vet for both platforms.
vet:
	@unformatted=$$("$$(go env GOROOT)/bin/gofmt" -l .) && if [ -n "$$unformatted" ]; then echo "gofmt would change:" $$unformatted; exit 1; fi
	go vet ./...
	GOOS=js GOARCH=wasm go vet ./kernels ./weights ./nn ./web/... ./wasm/...
	cd web/e2e && go vet ./...
	cd web/bench && go vet . ./export && GOOS=js GOARCH=wasm go vet ./engine

test-go:
	go test -timeout 30m ./...

# The network's packages as the browser runs them. Go's wasm start has room for 8 KB of arguments
# and environment together, hence the small environment.
test-wasm:
	@.ci/install
	GOOS=js GOARCH=wasm go test -exec "env -i PATH='$$PATH' HOME='$$HOME' CI='$$CI' SESCOPE_DATA='$$SESCOPE_DATA' '$$(go env GOROOT)/lib/wasm/go_js_wasm_exec'" ./kernels ./weights ./nn

# The page in a real browser. Never from the test cache, which does not see changes to the page.
test-e2e: dist
	@.ci/install
	SESCOPE_DIST="$(CURDIR)/dist" .ci/e2e

# A few runs of everything that make bench does. It claims no speed, but that all engines compute
# the same.
test-bench: dist peers
	cd web/bench && SESCOPE_DIST="$(CURDIR)/dist" go test -count=1 ./...

# The other engines, from npm.
.PHONY: peers
peers:
	@.ci/install
	cd web/bench && { cmp -s package-lock.json node_modules/installed.json || { npm ci --ignore-scripts && cp package-lock.json node_modules/installed.json; }; }

# The reference values of the tests, from PyTorch, SciPy, scikit-learn and Matplotlib; Debian:
# python3-torch python3-scipy python3-sklearn python3-matplotlib python3-pil. Debian's Python by its
# full name: another one on the PATH does not see these packages.
goldens:
	/usr/bin/python3 nn/gen/numerics.py
	/usr/bin/python3 nn/gen/teach.py
	/usr/bin/python3 weights/train/goldens.py
	/usr/bin/python3 weights/train/torchfiles.py

# Remove what was built.
clean:
	rm -rf dist .dist-* server/dist sescope-server sescope nn/cmd/sescope/notices.txt web/bench/build web/bench/node_modules
