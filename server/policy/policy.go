// Package policy holds the promises that SEscope makes to browsers. The server sends them with
// every answer, and pack writes them into dist for static hosts: into _headers, and as a meta
// element where a host sends no headers of ours.
package policy

import "strings"

// meta holds the sources that a page may load from and connect to. None names another host, so what
// the page fetches, and every connection of its scripts, goes to its own server: the browser sees
// to that. A policy does not cover navigation and WebRTC; that the program uses neither is true of
// the program only.
const meta = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
	"img-src 'self' blob: data:; connect-src 'self'; worker-src 'self'; media-src 'self' blob:; " +
	"manifest-src 'self'; base-uri 'none'; form-action 'none'"

// Header is a header line.
type Header struct{ Name, Value string }

// Headers are sent with every answer. Other pages may embed this one. The features are those that
// all current browsers of Chromium know by name: of others they complain on the console.
var Headers = []Header{
	{"Content-Security-Policy", meta + "; frame-ancestors *"},
	{"X-Content-Type-Options", "nosniff"},
	{"Referrer-Policy", "no-referrer"},
	{"Permissions-Policy", "camera=(self), microphone=(), geolocation=(), display-capture=(), usb=(), hid=(), midi=(), payment=()"},
}

// Meta is the content security policy for a meta element, which cannot say frame-ancestors.
func Meta() string { return meta }

// Assets is the folder of dist whose files have a hash of their content in their names.
const Assets = "assets/"

// Cache-Control: a name in Assets never gets another content; of the others the browser keeps a
// copy, but asks each time (the ETag makes the question cheap).
const (
	Immutable  = "public, max-age=31536000, immutable"
	Revalidate = "no-cache"
)

// HeadersFile is Headers as Netlify and Cloudflare Pages read them from a file _headers at the root
// of a site. Both revalidate by themselves what no line speaks of.
func HeadersFile() string {
	var b strings.Builder
	b.WriteString("/*\n")
	for _, h := range Headers {
		b.WriteString("  " + h.Name + ": " + h.Value + "\n")
	}
	b.WriteString("/" + Assets + "*\n  Cache-Control: " + Immutable + "\n")
	return b.String()
}
