// Command server serves the folder that server/pack made (make dist), and
// nothing else:
//
//	go run ./server [-addr 127.0.0.1:8080] [-dist dist] [-base /] [-tls]
//
// make server makes one program of it that holds dist (see embed.go) and needs no folder beside it.
//
// The files are read into memory once, so a request is a map lookup and can
// reach nothing outside that folder. Any static host can take the server's
// place; what it adds is brotli, headers that such hosts may not send, and,
// with -tls, a certificate with which a phone's browser allows the camera.
//
// It exits with 0 after SIGINT or SIGTERM, with 2 when the command line is
// wrong, and with 1 when it cannot serve; the reason is one line on standard
// error.
package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// After the first signal the default comes back, so that a second one
	// ends the program at once.
	context.AfterFunc(ctx, stop)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err == nil {
		return
	}
	fmt.Fprintf(os.Stderr, "server: %v\n", err)
	if errors.As(err, new(usageError)) {
		os.Exit(2)
	}
	os.Exit(1)
}

// A usageError is a mistake on the command line.
type usageError struct{ error }

type config struct {
	addr, dist, base string
	tls              bool
}

const usage = "usage: server [-addr 127.0.0.1:8080] [-dist dist] [-base /] [-tls]"

// parse reads the command line. The flag package's own message is kept, its
// dump of every flag is not. flag.ErrHelp means that help was asked for.
func parse(args []string) (config, error) {
	var c config
	fs := flag.NewFlagSet("server", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&c.addr, "addr", "127.0.0.1:8080", "")
	fs.StringVar(&c.dist, "dist", "", "")
	fs.StringVar(&c.base, "base", "/", "")
	fs.BoolVar(&c.tls, "tls", false, "")
	if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
		return c, err
	} else if err != nil {
		return c, usageError{fmt.Errorf("%s; %s", strings.Join(strings.Fields(err.Error()), " "), usage)}
	}
	if fs.NArg() > 0 {
		return c, usageError{fmt.Errorf("unexpected argument %q; %s", fs.Arg(0), usage)}
	}
	if _, _, err := net.SplitHostPort(c.addr); err != nil {
		return c, usageError{fmt.Errorf("-addr %q is not HOST:PORT, such as 127.0.0.1:8080", c.addr)}
	}
	if c.base = "/" + strings.Trim(c.base, "/") + "/"; c.base == "//" {
		c.base = "/"
	}
	if !basePattern.MatchString(c.base) {
		return c, usageError{fmt.Errorf("-base %q is not a path such as /sescope/", c.base)}
	}
	return c, nil
}

// basePattern is a path whose spelling needs no escapes.
var basePattern = regexp.MustCompile(`^/([\w.~-]*[\w~-][\w.~-]*/)*$`)

// open reads the site: the folder that was named, or what the program holds, or dist.
func open(dist string) (site, error) {
	if dist == "" && embedded != nil {
		return loadSite(embedded, "this program")
	}
	return readFolder(cmp.Or(dist, "dist"))
}

// run serves until ctx ends; every error is one line.
func run(ctx context.Context, args []string, out io.Writer) error {
	c, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(out, usage)
		return nil
	} else if err != nil {
		return err
	}
	site, err := open(c.dist)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", c.addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s is already in use: stop the program that holds it, or choose another port with -addr", c.addr)
	} else if err != nil {
		return fmt.Errorf("cannot listen on %s: %v", c.addr, err)
	}
	defer ln.Close()
	srv := newServer(under(c.base, site))
	scheme := "http"
	if c.tls {
		scheme = "https"
		cert, err := selfSigned(time.Now(), hostNames(), hostIPs(ln.Addr()))
		if err != nil {
			return err
		}
		srv.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
		// Every browser breaks its first handshake off to show its warning
		// about the certificate; that is no news to print.
		srv.ErrorLog = log.New(io.Discard, "", 0)
	}
	addresses := urls(scheme, ln.Addr(), c.base)
	for _, u := range addresses {
		fmt.Fprintf(out, "SEscope at %s\n", u)
	}
	if c.tls {
		fmt.Fprintln(out, "The certificate is self-signed: the browser warns once, go on from there.")
		if f, ok := out.(*os.File); ok && isTerminal(f) {
			fmt.Fprint(out, code(forPhones(addresses)))
		}
	}
	return serve(ctx, srv, ln)
}

const (
	headerTimeout = 5 * time.Second
	writeTimeout  = 2 * time.Minute // the program over a slow phone connection
	idleTimeout   = 2 * time.Minute
)

// newServer bounds what one client can hold: the time for a header, a request and an answer, and a
// header's size.
func newServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    32 << 10,
		// OPTIONS * would be answered before our handler refuses it.
		DisableGeneralOptionsHandler: true,
	}
}

// serve runs srv on ln until ctx ends, then gives open requests a moment.
func serve(ctx context.Context, srv *http.Server, ln net.Listener) error {
	failed := make(chan error, 1)
	go func() {
		if srv.TLSConfig != nil {
			failed <- srv.ServeTLS(ln, "", "")
		} else {
			failed <- srv.Serve(ln)
		}
	}()
	select {
	case err := <-failed:
		return fmt.Errorf("stopped serving on %s: %v", ln.Addr(), err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := srv.Shutdown(grace); err != nil {
		srv.Close() // a download that outlives the grace period is cut off
	}
	return nil
}

// urls lists where a browser finds a server that listens on addr: one URL, or
// one for each address of this machine when it listens on all of them.
func urls(scheme string, addr net.Addr, base string) []string {
	tcp := addr.(*net.TCPAddr)
	port := fmt.Sprint(tcp.Port)
	if !tcp.IP.IsUnspecified() {
		return []string{scheme + "://" + net.JoinHostPort(tcp.IP.String(), port) + base}
	}
	list := []string{scheme + "://" + net.JoinHostPort("localhost", port) + base}
	for _, ip := range hostIPs(addr) {
		if !ip.IsLoopback() && !ip.IsUnspecified() {
			list = append(list, scheme+"://"+net.JoinHostPort(ip.String(), port)+base)
		}
	}
	return list
}
