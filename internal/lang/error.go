package lang

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"
)

// Kind says what a caller can do about an error. `cmd` maps it to an exit code and `web` to a status, each in one
// table.
type Kind int

// The kinds of error a person may meet.
const (
	Unexpected   Kind = iota // a fault of ours or of the machine
	Usage                    // the call's words are off
	Gate                     // looked, and it is not enough
	Forbidden                // sign-in needed or refused
	Unverified               // a signature, digest or date does not hold
	Unreadable               // input that cannot be read or is rejected
	Unreachable              // a server or feed did not answer
	Nothing                  // nothing found to do
	NotFound                 // the thing named does not exist
	Conflict                 // it exists already, or somebody else changed it
	Inconsistent             // the entry contradicts a rule of the guideline or itself
)

// Error is an error for people: what happened, why, what to do next, and where in the input.
type Error struct {
	Kind  Kind
	What  Text   // what happened, one sentence
	Why   Text   // the reason, with numbers; may be empty
	Next  Text   // what to do now; may be empty
	Where string // line, JSON pointer or cell in the input; may be empty
	Err   error  // the cause, for errors.Is and the log; may be nil
}

// Error gives the English sentence, for logs and wrapped errors.
func (e *Error) Error() string { return e.line(EN) }

func (e *Error) line(l Lang) string {
	var b strings.Builder
	if e.Where != "" {
		b.WriteString(e.Where + ": ")
	}
	b.WriteString(e.What.In(l))
	if w := e.Why.In(l); w != "" {
		b.WriteString(": " + w)
	} else if e.Err != nil {
		b.WriteString(": " + cause(e.Err, l))
	}
	return b.String()
}

// cause says what the system reported; the usual reasons why a file cannot be had in the reader's language.
func cause(err error, l Lang) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return T("ファイル又はディレクトリがありません", "there is no such file or folder").In(l)
	case errors.Is(err, fs.ErrPermission):
		return T("アクセスする権限がありません", "permission denied").In(l)
	case errors.Is(err, fs.ErrExist):
		return T("同じ名前のものが既にあります", "something of that name is there already").In(l)
	case errors.Is(err, syscall.EISDIR), errors.Is(err, syscall.ENOTDIR):
		return T("ファイルではなくディレクトリか、その逆です", "it is a folder where a file is wanted, or the other way round").In(l)
	case errors.Is(err, syscall.ENOSPC):
		return T("ディスクに空きがありません", "the disk is full").In(l)
	}
	return err.Error()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Explain gives any error in a language: first the sentence, then, on lines of their own, what to do next.
func Explain(err error, l Lang) string {
	var e *Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	s := e.line(l)
	if n := e.Next.In(l); n != "" {
		s += "\n  → " + n
	}
	return s
}

// KindOf gives the kind of an error; Unexpected when it carries none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Unexpected
}
