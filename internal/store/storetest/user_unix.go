//go:build unix

package storetest

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// PostgreSQL refuses to run as root. A test that does run as root hands the server to one of these users.
var otherUsers = [...]string{"postgres", "nobody"}

func other() (uid, gid int, err error) {
	for _, name := range otherUsers {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err1 == nil && err2 == nil {
			return uid, gid, nil
		}
	}
	return 0, 0, fmt.Errorf("the tests run as root and there is no user to run a server as")
}

// giveAway makes a directory belong to the user the server will run as.
func giveAway(dir string) error {
	if os.Getuid() != 0 {
		return nil
	}
	uid, gid, err := other()
	if err != nil {
		return err
	}
	return os.Chown(dir, uid, gid)
}

func runAsOther(cmd *exec.Cmd) {
	if os.Getuid() != 0 {
		return
	}
	uid, gid, err := other()
	if err != nil {
		return // the server itself will refuse and say why
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}
