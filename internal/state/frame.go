package state

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
)

// magic begins every frame. Another form of what follows takes a new one, so
// that an older exporter ignores it and does not misread it.
const magic = "workspace_exporter state 1\n"

// nameLength is how many bytes the length of the name takes.
const nameLength = 8

var errDamaged = errors.New("the content does not match its checksum")

// seal puts a name and what belongs to it in one frame: the magic, a checksum
// over all of the frame, the name in the clear, the content.
func seal(name string, content []byte) []byte {
	head := len(magic) + sha256.Size
	frame := make([]byte, head, head+nameLength+len(name)+len(content))
	copy(frame, magic)
	frame = binary.BigEndian.AppendUint64(frame, uint64(len(name)))
	frame = append(frame, name...)
	frame = append(frame, content...)
	sum := checksum(frame[head:])
	copy(frame[len(magic):], sum[:])
	return frame
}

// unseal takes a frame apart. Whatever differs in a single bit is an error.
func unseal(frame []byte) (name string, content []byte, err error) {
	head := len(magic) + sha256.Size
	if len(frame) == 0 {
		return "", nil, errors.New("the file is empty")
	}
	if len(frame) < head+nameLength || string(frame[:len(magic)]) != magic {
		return "", nil, errDamaged
	}
	body := frame[head:]
	if sum := checksum(body); !bytes.Equal(sum[:], frame[len(magic):head]) {
		return "", nil, errDamaged
	}
	n, body := binary.BigEndian.Uint64(body), body[nameLength:]
	if n > uint64(len(body)) {
		return "", nil, errDamaged
	}
	return string(body[:n]), body[n:], nil
}

func checksum(body []byte) [sha256.Size]byte { return sha256.Sum256(body) }
