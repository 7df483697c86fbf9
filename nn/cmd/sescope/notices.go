//go:build !embed

package main

// notices are the licences of what the program holds, in one that make sescope built.
const notices = "This program was built without the licences of what it holds: make sescope builds it with them.\n"
