package scraper

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"math"

	"github.com/klauspost/compress/flate"
)

// segment is a piece of a page, plain and compressed. The compressed form is
// a run of deflate blocks that ends on a byte boundary and refers to nothing
// before it, so segments of any polls, one after the other, make one valid
// gzip stream without compressing anything at the scrape.
type segment struct {
	plain, deflated []byte
}

// deflater makes segments. One serves many, as the window it compresses with
// is large; it is not for concurrent use.
type deflater struct {
	w   *flate.Writer
	buf bytes.Buffer
}

func newDeflater() *deflater {
	d := &deflater{}
	w, err := flate.NewWriter(&d.buf, flate.BestSpeed)
	must(err)
	d.w = w
	return d
}

// segment compresses plain, which it keeps, and leaves the stream open.
func (d *deflater) segment(plain []byte) segment {
	return segment{plain: plain, deflated: d.deflate(plain, d.w.Flush)}
}

// deflate compresses plain as the beginning of a stream and ends it with end.
func (d *deflater) deflate(plain []byte, end func() error) []byte {
	d.buf.Reset()
	d.w.Reset(&d.buf)
	_, err := d.w.Write(plain)
	must(err)
	must(end())
	return bytes.Clone(d.buf.Bytes())
}

// must is for writes that cannot fail: a bytes.Buffer takes everything, and
// the level of compression is valid.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// gzipHeader is a gzip member's fixed header: deflate, no name, no time.
var gzipHeader = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}

// writeGzip writes one gzip stream of the segments and then last, which is
// compressed here. sum and size are those of the segments.
func writeGzip(w io.Writer, segments [][]byte, sum uint32, size int, last []byte) error {
	if _, err := w.Write(gzipHeader); err != nil {
		return err
	}
	for _, s := range segments {
		if _, err := w.Write(s); err != nil {
			return err
		}
	}
	d := newDeflater()
	trailer := d.deflate(last, d.w.Close)
	trailer = binary.LittleEndian.AppendUint32(trailer, crc32.Update(sum, crc32.IEEETable, last))
	// The format keeps the length modulo 2^32.
	trailer = binary.LittleEndian.AppendUint32(trailer, uint32((size+len(last))&math.MaxUint32)) //nolint:gosec // masked
	_, err := w.Write(trailer)
	return err
}
