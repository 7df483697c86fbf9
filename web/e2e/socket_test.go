package e2e

import (
	"bufio"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A socket is the client's end of a WebSocket (RFC 6455), as far as a browser's remote protocol
// needs it: whole texts, no extensions.
type socket struct {
	conn  net.Conn
	r     *bufio.Reader
	write sync.Mutex
}

// The kinds of frames.
const (
	frameMore  = 0 // goes on with the text
	frameText  = 1
	frameClose = 8
	framePing  = 9
	framePong  = 10
)

// dialSocket opens a WebSocket at an address of this machine. It names no origin: browsers refuse
// what seems to come from a page.
func dialSocket(address, path string) (*socket, error) {
	conn, err := net.DialTimeout("tcp", address, 10*time.Second)
	if err != nil {
		return nil, err
	}
	key := make([]byte, 16)
	rand.Read(key)
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n",
		path, address, base64.StdEncoding.EncodeToString(key))
	s := &socket{conn: conn, r: bufio.NewReader(conn)}
	res, err := http.ReadResponse(s.r, nil)
	if err != nil {
		conn.Close()
		return nil, err
	}
	if res.StatusCode != http.StatusSwitchingProtocols {
		conn.Close()
		return nil, fmt.Errorf("%s%s answers %s, expected a WebSocket", address, path, res.Status)
	}
	return s, nil
}

func (s *socket) send(kind byte, payload []byte) error {
	head := []byte{0x80 | kind}
	switch n := len(payload); {
	case n < 126:
		head = append(head, 0x80|byte(n))
	case n < 1<<16:
		head = binary.BigEndian.AppendUint16(append(head, 0x80|126), uint16(n))
	default:
		head = binary.BigEndian.AppendUint64(append(head, 0x80|127), uint64(n))
	}
	mask := make([]byte, 4)
	rand.Read(mask)
	frame := append(append(head, mask...), payload...)
	for i := range payload {
		frame[len(head)+4+i] ^= mask[i&3]
	}
	s.write.Lock()
	defer s.write.Unlock()
	_, err := s.conn.Write(frame)
	return err
}

// receive returns the next text.
func (s *socket) receive() ([]byte, error) {
	var text []byte
	for {
		var head [2]byte
		if _, err := io.ReadFull(s.r, head[:]); err != nil {
			return nil, err
		}
		n := uint64(head[1] & 0x7f)
		var long [8]byte
		switch n {
		case 126:
			if _, err := io.ReadFull(s.r, long[6:]); err != nil {
				return nil, err
			}
			n = binary.BigEndian.Uint64(long[:])
		case 127:
			if _, err := io.ReadFull(s.r, long[:]); err != nil {
				return nil, err
			}
			n = binary.BigEndian.Uint64(long[:])
		}
		if n > 256<<20 {
			return nil, fmt.Errorf("a frame of %d bytes", n)
		}
		payload := make([]byte, n)
		if _, err := io.ReadFull(s.r, payload); err != nil {
			return nil, err
		}
		switch head[0] & 0x0f {
		case framePing:
			if err := s.send(framePong, payload); err != nil {
				return nil, err
			}
		case frameClose:
			return nil, errors.New("the browser closed the connection " + strings.TrimSpace(string(payload[min(2, len(payload)):])))
		case frameText, frameMore:
			text = append(text, payload...)
			if head[0]&0x80 != 0 {
				return text, nil
			}
		}
	}
}
