package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// A bidi is a session of WebDriver BiDi, the remote protocol of Firefox: JSON over a WebSocket,
// commands with numbered answers, and events.
type bidi struct {
	socket *socket

	mu      sync.Mutex
	last    int
	waiting map[int]chan bidiAnswer
	tabs    map[string]*tab // by browsing context: who is told of its events
	left    map[string]bool // the realms of pages that were left
	closed  error
}

type bidiAnswer struct {
	ID      int
	Type    string // "success", "error" or "event"
	Method  string
	Params  json.RawMessage
	Result  json.RawMessage
	Error   string
	Message string
}

// newBidi opens the session of the browser that listens at the address, and subscribes to what the
// tabs watch.
func newBidi(address string) (*bidi, error) {
	s, err := dialSocket(address, "/session")
	if err != nil {
		return nil, err
	}
	b := &bidi{socket: s, waiting: map[int]chan bidiAnswer{}, tabs: map[string]*tab{}, left: map[string]bool{}}
	go b.read()
	if _, err := b.call("session.new", object{"capabilities": object{"alwaysMatch": object{"unhandledPromptBehavior": object{"default": "accept"}}}}); err != nil {
		return nil, err
	}
	_, err = b.call("session.subscribe", object{"events": []string{"log.entryAdded", "network.beforeRequestSent", "network.responseCompleted", "network.fetchError"}})
	return b, err
}

// An object is a JSON object.
type object = map[string]any

func (b *bidi) read() {
	for {
		text, err := b.socket.receive()
		var a bidiAnswer
		if err == nil {
			err = json.Unmarshal(text, &a)
		}
		b.mu.Lock()
		if err != nil {
			b.closed = err
			for _, c := range b.waiting {
				close(c)
			}
			b.waiting = nil
			b.mu.Unlock()
			return
		}
		c := b.waiting[a.ID]
		if a.Type == "event" {
			c = nil
		} else {
			delete(b.waiting, a.ID)
		}
		b.mu.Unlock()
		if c != nil {
			c <- a
		} else if a.Type == "event" {
			b.event(a.Method, a.Params)
		}
	}
}

// call runs a command and returns its result.
func (b *bidi) call(method string, params object) (json.RawMessage, error) {
	answer := make(chan bidiAnswer, 1)
	b.mu.Lock()
	if b.waiting == nil {
		b.mu.Unlock()
		return nil, fmt.Errorf("%s: the browser is gone: %v", method, b.closed)
	}
	b.last++
	id := b.last
	b.waiting[id] = answer
	b.mu.Unlock()
	text, err := json.Marshal(object{"id": id, "method": method, "params": params})
	if err != nil {
		return nil, err
	}
	if err := b.socket.send(frameText, text); err != nil {
		return nil, err
	}
	select {
	case a, ok := <-answer:
		switch {
		case !ok:
			return nil, fmt.Errorf("%s: the browser is gone: %v", method, b.closed)
		case a.Type == "error":
			return nil, fmt.Errorf("%s: %s: %s", method, a.Error, a.Message)
		}
		return a.Result, nil
	case <-time.After(2 * patience):
		return nil, fmt.Errorf("%s: no answer within %v", method, 2*patience)
	}
}

// event tells the tab what happened in it.
func (b *bidi) event(method string, params json.RawMessage) {
	var e struct {
		Context string // of the network's events
		Source  struct{ Context, Realm string }
		Level   string
		Type    string // "console", "javascript"
		Method  string
		Text    string
		Request struct{ URL string }
		// Of an answer.
		Response struct {
			URL    string
			Status int
		}
		ErrorText string
	}
	if err := json.Unmarshal(params, &e); err != nil {
		return
	}
	context := e.Context
	if context == "" {
		context = e.Source.Context
	}
	b.mu.Lock()
	p := b.tabs[context]
	left := b.left[e.Source.Realm]
	b.mu.Unlock()
	if p == nil || left && (strings.HasPrefix(e.Text, "fatal error:") || strings.Contains(e.Text, "ServiceWorker intercepted")) {
		return
	}
	switch method {
	case "log.entryAdded":
		switch {
		case e.Level == "error" && e.Type == "console":
			p.problem("console." + e.Method + `: "` + e.Text + `"`)
		case e.Level == "error":
			p.problem("exception: Uncaught " + e.Text)
		default:
			p.logged(e.Text)
		}
	case "network.beforeRequestSent":
		p.requested(e.Request.URL)
	case "network.responseCompleted":
		p.answered(e.Response.Status, e.Response.URL)
	case "network.fetchError":
		if e.ErrorText != "NS_BINDING_ABORTED" { // the page or the test left meanwhile
			p.problem("request failed: " + e.ErrorText)
		}
	}
}

// leave tells that the tab's page is about to be left. Firefox stops its scripts wherever they are,
// a Go program in the midst of its scheduler, and then calls the page's listeners for pagehide,
// which find the program in pieces; what it fetches is broken off. Nobody sees that page any more.
func (b *bidi) leave(context string) {
	raw, err := b.call("script.evaluate", object{"expression": "0", "target": object{"context": context}, "awaitPromise": false})
	var page struct{ Realm string }
	if err != nil || json.Unmarshal(raw, &page) != nil {
		return // the navigation will say it
	}
	b.mu.Lock()
	b.left[page.Realm] = true
	b.mu.Unlock()
}

// evaluate returns the JSON of an expression's value; a promise is awaited.
func (b *bidi) evaluate(context, expression string) (string, error) {
	raw, err := b.call("script.evaluate", object{
		"expression":   "(async () => { const value = await (" + expression + "); return value === undefined ? 'null' : JSON.stringify(value) })()",
		"target":       object{"context": context},
		"awaitPromise": true,
	})
	if err != nil {
		return "", err
	}
	var result struct {
		Result           struct{ Value string }
		ExceptionDetails *struct{ Text string }
	}
	if err := json.Unmarshal(raw, &result); err != nil {
		return "", err
	}
	if result.ExceptionDetails != nil {
		return "", errors.New(result.ExceptionDetails.Text)
	}
	return result.Result.Value, nil
}
