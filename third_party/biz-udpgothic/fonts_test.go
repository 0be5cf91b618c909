package bizudpgothic_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	bizudpgothic "example.org/tasuki/third_party/biz-udpgothic"
)

// The fonts are the files the README names.
func TestDigests(t *testing.T) {
	for _, tt := range []struct {
		name string
		font func() ([]byte, error)
		want string
	}{
		{"regular", bizudpgothic.Regular, "8d4fd9568ad662d9eb1bc8ca8663dcd76a6336373e3e3f32d634978db4c7388e"},
		{"bold", bizudpgothic.Bold, "4148bfdc5da1f32b9e20b2ca25c26da409f4594b8c31da8d3f0d04628793adc4"},
	} {
		b, err := tt.font()
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != tt.want {
			t.Errorf("%s is %x", tt.name, sum)
		}
	}
}
