package e2e

import "syscall"

// apart is how a browser is started: in a process group of its own, so that its helpers end with
// it; and it ends with these tests, even when they are killed.
func apart() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
