module sescope/web/bench

go 1.27

require (
	github.com/andybalholm/brotli v1.3.0
	github.com/chromedp/cdproto v0.159.3
	github.com/chromedp/chromedp v0.23.0
	github.com/google/flatbuffers v25.12.19+incompatible
	google.golang.org/protobuf v1.36.12
	sescope v0.0.0
)

require (
	github.com/chewxy/math32 v1.11.1 // indirect
	github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
	golang.org/x/sys v0.50.0 // indirect
)

ignore ./node_modules

replace sescope => ../..
