package timestamp

import (
	"bytes"
	"crypto"
	"encoding/asn1"
	"errors"
	"fmt"
	"time"
)

// Query gives the request for a token over a message (TimeStampReq of RFC 3161, 2.4.1, in DER): its SHA-256, and that the
// token shall hold the certificate of who signs it. There is no nonce: an older token over the same message is as good.
func Query(message []byte) ([]byte, error) {
	return asn1.Marshal(struct {
		Version int
		Imprint imprint
		Cert    bool
	}{1, imprint{algorithm{OID: hashes[0].oid, Parameters: asn1.NullRawValue}, sum(crypto.SHA256, message)}, true})
}

// About reads a token, or the response around one, and gives the time that it claims for a message. It says nothing about
// who signed it: the time counts once [Verify] holds.
func About(token, message []byte) (time.Time, error) {
	_, info, err := about(token, message)
	return info.At.UTC(), err
}

// about reads a token and checks that it is about a message.
func about(token, message []byte) (signedData, tstInfo, error) {
	var info tstInfo
	sd, err := parse(token)
	if err == nil {
		err = whole(sd.Encap.Content, &info, "")
	}
	if err != nil {
		return sd, info, fmt.Errorf("read time-stamp token: %w", err)
	}
	h, err := hashOf(info.Imprint.Hash)
	if err == nil && !bytes.Equal(info.Imprint.Digest, sum(h, message)) {
		err = errors.New("the token is about something else")
	}
	return sd, info, err
}
