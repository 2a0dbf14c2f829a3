package apiclient

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// These tests use net/http and real connections on the loopback address.

// realAccount is an account on the transport of net/http.
func realAccount(t *testing.T, url string) *bench {
	t.Helper()
	b := newBench(1, nil)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	b.config.Load().Transport = transport
	b.project = b.Project(ProjectConfig{Name: "hq", Region: "r", ID: "p1", Endpoint: url})
	return b
}

func realServer(t *testing.T, handler http.HandlerFunc) *bench {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return realAccount(t, server.URL)
}

var quick = Endpoint{Operation: "ListQuick", Method: http.MethodGet, Path: "/v2/{project_id}/quick", Limit: 100_000}

func TestRealRequest(t *testing.T) {
	t.Parallel()
	b := realServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 || len(r.TransferEncoding) != 0 || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("a GET with a body: length %d, %v, %v", r.ContentLength, r.TransferEncoding, r.Header)
		}
		if got := r.RequestURI; got != "/v2/p1/quick" {
			t.Errorf("URI %s", got)
		}
		_, _ = io.WriteString(w, "{}")
	})
	if err := b.get(t.Context(), quick); err != nil {
		t.Fatal(err)
	}
}

// net/http repeats a request by itself when a kept connection breaks before
// the answer. Such a request would not have waited for its token.
func TestNetHTTPDoesNotResend(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	var requests, broken atomic.Int32
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { // answers the first request of a connection, breaks at the second
				defer func() { _ = conn.Close() }()
				r := bufio.NewReader(conn)
				for n := range 2 {
					if _, err := http.ReadRequest(r); err != nil {
						return
					}
					requests.Add(1)
					if n == 1 {
						broken.Add(1)
						return
					}
					_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
				}
			}()
		}
	}()
	b := realAccount(t, "http://"+listener.Addr().String())
	poll := b.project.Poll(5 * time.Second)
	for range 4 {
		if _, err := poll.Call(t.Context(), Request{Endpoint: quick}); err != nil {
			t.Fatal(err)
		}
	}
	if broken.Load() == 0 {
		t.Error("no kept connection broke: the test shows nothing")
	}
	if got, counted, paid := int(requests.Load()), poll.Calls()["ListQuick"], b.Budgets()[0].Used; got != counted || got != paid {
		t.Errorf("the server saw %d requests, %d were counted and %d paid", got, counted, paid)
	}
}

func TestRefusedConnectionIsNotPaid(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	b := realAccount(t, "http://"+listener.Addr().String())
	e := wantKind(t, b.get(t.Context(), quick), Network)
	if !strings.Contains(e.Error(), "refused") || !strings.Contains(e.Error(), "check endpoint") {
		t.Errorf("error = %v", e)
	}
	if used := b.Budgets()[0].Used; used != 0 {
		t.Errorf("%d tokens spent", used)
	}
}

func TestRealHang(t *testing.T) {
	t.Parallel()
	b := realServer(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	_, err := b.project.Poll(500*time.Millisecond).Call(t.Context(), Request{Endpoint: quick})
	_ = wantKind(t, err, Timeout)
	if used := b.Budgets()[0].Used; used != 1 {
		t.Errorf("%d tokens spent, want 1", used)
	}
}

func TestRealTruncation(t *testing.T) {
	t.Parallel()
	b := realServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"desktops":[`)
	})
	e := wantKind(t, b.get(t.Context(), quick), Malformed)
	if !strings.Contains(e.Error(), "breaks off") {
		t.Errorf("error = %v", e)
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	b := realServer(t, func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		http.Redirect(w, r, "http://127.0.0.1:1/elsewhere?user_name=alice", http.StatusFound)
	})
	e := wantKind(t, b.get(t.Context(), quick), Client)
	if want := "ListQuick: HTTP 302: redirects are not followed: fix the endpoint"; e.Error() != want || requests.Load() != 1 {
		t.Errorf("%d requests: %v", requests.Load(), e)
	}
}

// A small compressed body must not fill the memory.
func TestBodyBound(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	z, _ := gzip.NewWriterLevel(&bomb, gzip.BestSpeed)
	_, _ = z.Write(bytes.Repeat([]byte(" "), maxBody+1))
	_ = z.Close()
	for _, status := range []int{200, 500} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int32
			b := realServer(t, func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
					t.Error("gzip was not asked for")
				}
				w.Header().Set("Content-Encoding", "gzip")
				w.WriteHeader(status)
				_, _ = w.Write(bomb.Bytes())
			})
			_, err := b.project.Poll(time.Minute).Call(t.Context(), Request{Endpoint: quick})
			if status == 500 {
				_ = wantKind(t, err, Server)
				return
			}
			e := wantKind(t, err, Malformed)
			if !strings.Contains(e.Error(), "larger than 32 MiB") || requests.Load() != 1 {
				t.Errorf("%d requests: %v", requests.Load(), e)
			}
		})
	}
}

func TestReadBodyBound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		size int
		ok   bool
	}{{0, true}, {10, true}, {11, false}} {
		body, err := readBody(respond(200, strings.Repeat("x", c.size)), 10)
		if (err == nil) != c.ok || c.ok && len(body) != c.size {
			t.Errorf("%d bytes: %d, %v", c.size, len(body), err)
		}
	}
}
