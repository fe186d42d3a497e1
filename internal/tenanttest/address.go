package tenanttest

import (
	"net"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
)

// Ports of FreeAddress: below those that systems give to outgoing connections, so that no other test takes one meanwhile.
// Each process begins elsewhere.
const (
	firstPort = 20000
	ports     = 10000
)

var tried atomic.Int64

// FreeAddress returns an address of this machine at which nobody listens, for a server that has to be told its address.
func FreeAddress(t testing.TB) string {
	t.Helper()
	for range ports {
		port := firstPort + (int64(os.Getpid())*97+tried.Add(1))%ports
		address := net.JoinHostPort("127.0.0.1", strconv.FormatInt(port, 10))
		if listener, err := net.Listen("tcp", address); err == nil {
			if err := listener.Close(); err != nil {
				t.Fatal(err)
			}
			return address
		}
	}
	t.Fatal("every port is taken")
	return ""
}
