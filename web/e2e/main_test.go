package e2e

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What TestMain made, for every test.
var (
	chrome  string // the browser's program
	dist    string // the packed page
	origin  string // where it is served, "http://127.0.0.1:PORT"
	command string // the program sescope, whose answers the page has to give
	film    string // for the fake camera
)

func TestMain(m *testing.M) {
	code, err := setUpAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = 1
	}
	os.Exit(code)
}

func setUpAndRun(m *testing.M) (int, error) {
	chrome = findBrowser()
	if chrome == "" {
		const say = "no browser found: install Chromium (Debian: apt-get install chromium) or set SESCOPE_CHROME to a Chromium or Chrome"
		if os.Getenv("CI") == "true" {
			return 1, errors.New(say)
		}
		fmt.Println("e2e: every test is skipped:", say)
		return 0, nil
	}
	folder, err := os.MkdirTemp("", "sescope-e2e-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(folder)
	if dist = os.Getenv("SESCOPE_DIST"); dist == "" {
		dist = filepath.Join(folder, "dist")
		if err := goTool("run", "./server/pack", "-out", dist); err != nil {
			return 1, err
		}
	}
	if dist, err = filepath.Abs(dist); err != nil {
		return 1, err
	}
	if err := goTool("build", "-o", folder+string(filepath.Separator), "./server", "./nn/cmd/sescope"); err != nil {
		return 1, err
	}
	command = filepath.Join(folder, "sescope")
	stop, err := serve(filepath.Join(folder, "server"))
	if err != nil {
		return 1, err
	}
	defer stop()
	film = filepath.Join(folder, "camera.y4m")
	if err := os.WriteFile(film, makeFilm(), 0o644); err != nil {
		return 1, err
	}
	defer closeBrowsers()
	return m.Run(), nil
}

func findBrowser() string {
	names := []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"}
	if own := os.Getenv("SESCOPE_CHROME"); own != "" {
		names = []string{own}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// goTool runs the go command in the root of the repository.
func goTool(args ...string) error {
	cmd := exec.Command("go", args...)
	cmd.Dir = filepath.Join("..", "..")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// serve starts the server on a free port and waits for the line that tells its address.
func serve(program string) (stop func(), err error) {
	cmd := exec.Command(program, "-dist", dist, "-addr", "127.0.0.1:0")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	stop = func() {
		cmd.Process.Kill()
		cmd.Wait()
	}
	line := make(chan string, 1)
	go func() {
		text, _ := bufio.NewReader(out).ReadString('\n')
		line <- text
	}()
	select {
	case text := <-line:
		_, url, ok := strings.Cut(strings.TrimSpace(text), "SEscope at ")
		if !ok {
			stop()
			return nil, fmt.Errorf("the server began with %q, expected its address", text)
		}
		origin = strings.TrimSuffix(url, "/")
		return stop, nil
	case <-time.After(patience):
		stop()
		return nil, errors.New("the server told no address within " + patience.String())
	}
}
