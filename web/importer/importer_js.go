package importer

import (
	"errors"
	"syscall/js"

	"sescope/nn/dataset/pickled"
	"sescope/nn/onnx"
	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/weights/json"
)

// blobs are the browser's files.
type blobs struct{ list js.Value }

func (b blobs) Names() (names []string) {
	for i := range b.list.Length() {
		names = append(names, b.list.Index(i).Get("name").String())
	}
	return names
}

func (b blobs) Read(i int, offset, length int64) ([]byte, error) {
	blob := b.list.Index(i)
	if size := int64(blob.Get("size").Int()); offset > size || length > size-offset {
		return nil, nil
	}
	return browser.ReadBlob(blob, int(offset), int(length))
}

func (b blobs) Text(i int) (string, error) {
	bytes, err := browser.ReadBlob(b.list.Index(i), 0, 1<<20)
	return browser.Text(bytes), err
}

// Serve answers messages for ever: a protocol.Request beside the browser's handles of the file and
// of those that came with it.
func Serve() {
	global := js.Global()
	for message := range browser.Incoming() {
		var req protocol.Request
		var reply protocol.Reply
		var file []byte
		err := json.Unmarshal([]byte(message.Get("text").String()), &req)
		if err == nil {
			file, err = answer(req, &reply, message.Get("blob"), blobs{message.Get("beside")})
		}
		if err != nil {
			reply.Error = err.Error()
		}
		text, err := json.Marshal(reply)
		if err != nil {
			panic(err)
		}
		buffer := browser.Buffer(file)
		global.Call("postMessage", map[string]any{"text": string(text), "file": buffer}, []any{buffer})
	}
}

func answer(req protocol.Request, reply *protocol.Reply, blob js.Value, beside blobs) ([]byte, error) {
	b, err := browser.ReadBlob(blob, 0, blob.Get("size").Int())
	if err != nil {
		return nil, err
	}
	if req.Op == protocol.Convert {
		file, err := Convert(req.Model, b, req.Side, beside)
		reply.NoSize = errors.Is(err, onnx.ErrSize)
		return file, err
	}
	reply.Batch = &protocol.Batch{}
	records, of, err := pickled.Batch(req.Model, b)
	reply.Batch.Of = of
	errors.As(err, &reply.Batch.Fault)
	return records, err
}
