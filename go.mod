module sescope

go 1.27

require (
	github.com/andybalholm/brotli v1.3.0
	github.com/chewxy/math32 v1.11.1
	github.com/tdewolff/minify/v2 v2.24.25
	github.com/vugu/vjson v0.0.0-20200505061711-f9cbed27d3d9
	github.com/vugu/vugu v0.4.0
	golang.org/x/image v0.48.0
	golang.org/x/sync v0.25.0
	golang.org/x/sys v0.50.0
	golang.org/x/text v0.44.0
	rsc.io/qr v0.2.0
)

require (
	github.com/tdewolff/parse/v2 v2.8.20 // indirect
	github.com/vugu/html v0.0.0-20190914200101-c62dc20b8289 // indirect
	github.com/vugu/xxhash v0.0.0-20191111030615-ed24d0179019 // indirect
)

replace github.com/vugu/vjson => ./web/vjson
