package verify

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
)

// Bytes gives the file's bytes: the same as [Marshal] gives, but without holding members' contents several times over,
// which for large members is the difference between twice and nine times their size in memory.
func (f File) Bytes() ([]byte, error) {
	var b bytes.Buffer
	err := f.write(&b)
	return b.Bytes(), err
}

// unmarshal is [Unmarshal] for a file, under the same rules and with the same economy.
func (f *File) unmarshal(b []byte) error {
	if bytes.Count(b, []byte(",")) > maxValues {
		return tooMany()
	}
	if err := json.Unmarshal(b, f); err != nil {
		return notReadable(err, len(b))
	}
	c := &comparison{rest: b}
	switch err := f.write(c); {
	case errors.Is(err, errDiffers), err == nil && len(c.rest) > 0:
		return notCanonical(len(b) - len(c.rest))
	case err != nil:
		return notReadable(err, 0)
	}
	return nil
}

// write writes the canonical form: what stands before the members, then member by member.
func (f File) write(w io.Writer) error {
	members := f.Members
	f.Members = []Member{}
	head, err := Marshal(f)
	if err != nil {
		return err
	}
	if _, err := w.Write(bytes.TrimSuffix(head, []byte("]}"))); err != nil {
		return err
	}
	for i, m := range members {
		if i > 0 {
			if _, err := io.WriteString(w, ","); err != nil {
				return err
			}
		}
		if err := m.write(w); err != nil {
			return err
		}
	}
	_, err = io.WriteString(w, "]}")
	return err
}

// write writes the canonical form of a member; its content comes first among the names.
func (m Member) write(w io.Writer) error {
	content := m.Content
	m.Content = nil
	rest, err := Marshal(m)
	if err != nil {
		return err
	}
	if len(content) > 0 {
		if _, err := io.WriteString(w, `{"content":"`); err != nil {
			return err
		}
		e := base64.NewEncoder(base64.StdEncoding, w)
		if _, err := e.Write(content); err != nil {
			return err
		}
		if err := e.Close(); err != nil {
			return err
		}
		rest = append([]byte(`",`), rest[1:]...)
	}
	_, err = w.Write(rest)
	return err
}

// A comparison takes bytes that should be those of rest, and stops at the first that is not.
type comparison struct{ rest []byte }

var errDiffers = errors.New("differs")

func (c *comparison) Write(b []byte) (int, error) {
	n := firstDifference(c.rest, b)
	c.rest = c.rest[n:]
	if n < len(b) {
		return n, errDiffers
	}
	return n, nil
}
