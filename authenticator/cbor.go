package authenticator

import "encoding/binary"

// These functions write the few forms of CBOR (RFC 8949) that WebAuthn needs, byte by byte: CTAP2's canonical form, with the
// shortest heads, and keys in the given order.
const (
	cborUnsigned byte = 0 << 5
	cborNegative byte = 1 << 5
	cborBytes    byte = 2 << 5
	cborText     byte = 3 << 5
	cborArray    byte = 4 << 5
	cborMap      byte = 5 << 5
)

func appendCBORHead(b []byte, major byte, n uint64) []byte {
	switch {
	case n < 24:
		return append(b, major|byte(n))
	case n < 1<<8:
		return append(b, major|24, byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(b, major|25), uint16(n))
	case n < 1<<32:
		return binary.BigEndian.AppendUint32(append(b, major|26), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(b, major|27), n)
}

func appendCBORInt(b []byte, n int64) []byte {
	if n < 0 {
		return appendCBORHead(b, cborNegative, uint64(-1-n))
	}
	return appendCBORHead(b, cborUnsigned, uint64(n))
}

func appendCBORBytes(b, s []byte) []byte {
	return append(appendCBORHead(b, cborBytes, uint64(len(s))), s...)
}

func appendCBORText(b []byte, s string) []byte {
	return append(appendCBORHead(b, cborText, uint64(len(s))), s...)
}
