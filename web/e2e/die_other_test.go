//go:build !linux

package e2e

import "syscall"

// apart is how a browser is started: in a process group of its own, so that its helpers end with
// it.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
