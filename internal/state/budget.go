package state

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"os"
	"sync"
	"time"
)

// The file of budgets is slots of one size, each with a checksum of its own:
// the first says how many follow, the others until when a key is reserved. A
// slot never crosses a page of the kernel, so that a process that dies leaves
// the old or the new one.
const (
	slotSize = 512
	slotHead = sha256.Size + 8 + 8
	// unsure is far longer than anything is reserved; whoever asks bounds it.
	unsure = time.Hour
)

// budget keeps until when keys are reserved.
type budget struct {
	files *files

	mu    sync.Mutex
	file  *os.File
	slots map[string]int64
	until map[string]time.Time
	// damaged is when slots were lost, so that nobody knows what was reserved;
	// zero if none were.
	damaged time.Time
	err     error
}

// read reads what a process before this one has reserved; expected tells that
// there must be something. Its error is one of the system.
func (b *budget) read(expected bool) ([]damage, error) {
	b.until = map[string]time.Time{}
	content, err := b.files.readFile(budgetFile)
	there, err := exists(err)
	if err != nil {
		return nil, err
	}
	var why error
	switch {
	case there:
		why = b.readSlots(content)
	case expected:
		why = os.ErrNotExist
	}
	if why == nil {
		return nil, nil
	}
	b.damaged = time.Now()
	return []damage{{file: budgetFile, message: "the saved budgets are damaged: each API waits for one turn more", err: why}}, nil
}

func (b *budget) readSlots(content []byte) error {
	if len(content) == 0 {
		return errors.New("the file is empty")
	}
	var why error
	slots := len(content) / slotSize
	for i := range slots {
		value, key, ok := openSlot(content[i*slotSize : (i+1)*slotSize])
		switch {
		case !ok:
			why = errDamaged
		case i == 0 && (key != "" || value > int64(slots-1)):
			why = errors.New("the file was cut off")
		case i > 0:
			b.until[key] = time.Unix(0, value)
		}
	}
	if len(content)%slotSize != 0 {
		why = errors.New("the file was cut off")
	}
	return why
}

// rewrite makes the file anew, without what is over.
func (b *budget) rewrite() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.slots = map[string]int64{}
	content := make([]byte, slotSize)
	for key, until := range b.until {
		if until.Before(time.Now()) {
			delete(b.until, key)
			continue
		}
		b.slots[key] = int64(len(b.slots) + 1)
		content = append(content, slot(key, until.UnixNano())...)
	}
	copy(content, slot("", int64(len(b.slots))))
	if err := b.files.replace(budgetFile, content); err != nil {
		return err
	}
	file, err := os.OpenFile(b.files.path(budgetFile), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if b.file != nil {
		err = b.file.Close()
	}
	b.file = file
	return err
}

func (b *budget) notBefore(key string) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	until := b.until[slotKey(key)]
	if until.IsZero() && !b.damaged.IsZero() && time.Since(b.damaged) < unsure {
		return b.damaged.Add(unsure)
	}
	return until
}

// reserve also tells whether writing has begun or ceased to fail.
func (b *budget) reserve(key string, until time.Time) (changed bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	key = slotKey(key)
	b.until[key] = until
	err = b.put(key, until)
	changed = (err == nil) != (b.err == nil)
	b.err = err
	return changed, err
}

// put writes one slot, and how many there are if it is a new one.
func (b *budget) put(key string, until time.Time) error {
	if err := b.files.may("reserve", key); err != nil {
		return err
	}
	at, known := b.slots[key]
	if !known {
		at = int64(len(b.slots) + 1)
	}
	if _, err := b.file.WriteAt(slot(key, until.UnixNano()), at*slotSize); err != nil {
		return err
	}
	if !known {
		if _, err := b.file.WriteAt(slot("", at), 0); err != nil {
			return err
		}
		b.slots[key] = at
	}
	return nil
}

// gone tells whether somebody has removed or replaced the file.
func (b *budget) gone() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	mine, err := b.file.Stat()
	if err != nil {
		return true
	}
	there, err := os.Stat(b.files.path(budgetFile))
	return err != nil || !os.SameFile(mine, there) || there.Size() < int64(len(b.slots)+1)*slotSize
}

func (b *budget) failure() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

func (b *budget) close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.file == nil {
		return nil
	}
	return b.file.Close()
}

// slotKey is the key, or a hash of one that is too long for a slot.
func slotKey(key string) string {
	if len(key) <= slotSize-slotHead {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// slotValues stand between checksum and key.
type slotValues struct{ Value, KeyLength int64 }

func slot(key string, value int64) []byte {
	s := make([]byte, slotSize)
	_, _ = binary.Encode(s[sha256.Size:], binary.BigEndian, slotValues{value, int64(len(key))}) // it fits
	copy(s[slotHead:], key)
	sum := checksum(s[sha256.Size:])
	copy(s, sum[:])
	return s
}

func openSlot(s []byte) (value int64, key string, ok bool) {
	var v slotValues
	sum := checksum(s[sha256.Size:])
	_, err := binary.Decode(s[sha256.Size:], binary.BigEndian, &v)
	if err != nil || string(sum[:]) != string(s[:sha256.Size]) || v.KeyLength > slotSize-slotHead {
		return 0, "", false
	}
	return v.Value, string(s[slotHead : slotHead+v.KeyLength]), true
}
