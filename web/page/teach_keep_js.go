package page

import (
	"fmt"
	"syscall/js"

	"sescope/nn/teach"
	"sescope/web/browser"
	"sescope/web/view"
	"sescope/weights/json"
)

// keeper keeps the classes in the browser's own storage, if the person asked for it: the list as
// one text, every picture by itself. One tab at a time keeps; a lock says which.
type keeper struct {
	db      js.Value
	mine    bool     // the lock is this tab's
	release js.Value // a function that gives it back
	away    bool     // it was given back because the page went, perhaps not for good
	saved   map[int]bool
	waiting bool
}

const (
	keepStore = "teach"
	keepList  = "classes"
	keepEvery = 500 // ms between two writings
	keepFlag  = "teach"
)

// keptList is what stands in the storage beside the pictures.
type keptList struct {
	Classes []keptClass `json:"classes"`
}

type keptClass struct {
	Name     string        `json:"name"`
	Examples []keptExample `json:"examples"`
}

type keptExample struct {
	ID    int    `json:"id"`
	Burst int    `json:"burst"`
	Name  string `json:"name"`
}

func pictureKey(id int) string { return fmt.Sprint("picture-", id) }

// request waits for a request of the storage. It blocks.
func request(r js.Value) (js.Value, error) {
	done := make(chan error, 1)
	ok := js.FuncOf(func(js.Value, []js.Value) any { done <- nil; return nil })
	bad := js.FuncOf(func(js.Value, []js.Value) any { done <- &browser.Error{Name: "StorageError"}; return nil })
	defer ok.Release()
	defer bad.Release()
	r.Set("onsuccess", ok)
	r.Set("onerror", bad)
	r.Set("onblocked", bad)
	err := <-done
	if err != nil {
		return js.Undefined(), err
	}
	return r.Get("result"), nil
}

// openStore opens the storage. It blocks, and fails where the browser keeps nothing.
func openStore() (db js.Value, err error) {
	defer func() {
		if recover() != nil { // it throws under some privacy settings
			err = &browser.Error{Name: "StorageError"}
		}
	}()
	r := js.Global().Get("indexedDB").Call("open", "sescope", 1)
	upgrade := js.FuncOf(func(js.Value, []js.Value) any {
		r.Get("result").Call("createObjectStore", keepStore)
		return nil
	})
	defer upgrade.Release()
	r.Set("onupgradeneeded", upgrade)
	return request(r)
}

func store(db js.Value, mode string) js.Value {
	return db.Call("transaction", keepStore, mode).Call("objectStore", keepStore)
}

// lockStore takes the lock until release is called or the page ends; ok is false if another tab has
// it. With wait it waits until that tab gives it back. It blocks.
func lockStore(wait bool) (release js.Value, ok bool) {
	locks := js.Global().Get("navigator").Get("locks")
	if !locks.Truthy() {
		return js.Undefined(), true
	}
	got := make(chan bool, 1)
	held := js.FuncOf(func(_ js.Value, args []js.Value) any {
		if !args[0].Truthy() {
			got <- false
			return nil
		}
		until := js.FuncOf(func(_ js.Value, args []js.Value) any { release = args[0]; return nil })
		defer until.Release()
		promise := js.Global().Get("Promise").New(until)
		got <- true
		return promise
	})
	locks.Call("request", "sescope-teach", map[string]any{"ifAvailable": !wait}, held)
	ok = <-got
	return release, ok
}

// kept is what stands in the storage.
type kept struct {
	list  keptList
	blobs map[int]js.Value // by the numbers of the list
}

// readStore reads all that is kept. It blocks.
func readStore(db js.Value) (k kept, err error) {
	k.blobs = map[int]js.Value{}
	text, err := request(store(db, "readonly").Call("get", keepList))
	if err != nil || text.Type() != js.TypeString {
		return k, err
	}
	if err := json.Unmarshal([]byte(text.String()), &k.list); err != nil {
		return k, err
	}
	for _, c := range k.list.Classes {
		for _, e := range c.Examples {
			if blob, err := request(store(db, "readonly").Call("get", pictureKey(e.ID))); err == nil && blob.Truthy() {
				k.blobs[e.ID] = blob
			}
		}
	}
	return k, nil
}

// takeKept adds what was kept to the classes of the page. It returns false, and adds nothing, where
// there is no room for all of it.
func (p *Page) takeKept(k kept) bool {
	t := &p.state.Teach
	if t.Count() == 0 {
		t.Classes = nil
	}
	more, pictures := 0, 0
	for _, c := range k.list.Classes {
		if pictures += len(c.Examples); t.Find(c.Name) == nil {
			more++
		}
	}
	if len(t.Classes)+more > teach.MaxClasses || t.Count()+pictures > teach.MaxExamples {
		return false
	}
	bursts := map[int]int{}
	for _, c := range k.list.Classes {
		to := t.Find(c.Name)
		if to == nil {
			to = t.AddClass(c.Name, p.state.Words().TeachClassN)
		}
		for _, e := range c.Examples {
			if blob, ok := k.blobs[e.ID]; ok {
				if bursts[e.Burst] == 0 {
					bursts[e.Burst] = t.Burst()
				}
				p.addPicture(to.ID, bursts[e.Burst], blob, e.Name)
			}
		}
	}
	return true
}

// restoreTaught brings back what was kept, at the start of the page.
func (p *Page) restoreTaught() {
	if browser.Stored(keepFlag) != "" {
		p.keepFrom()
	}
}

// keepFrom takes the storage, adds what it holds to the page's classes, and keeps these from now
// on.
func (p *Page) keepFrom() {
	mine, release := p.lessons.keep.mine, p.lessons.keep.release
	go func() {
		if !mine {
			if release, mine = lockStore(false); !mine {
				p.post(func() {
					p.state.Teach.Busy = true
					p.renderSoon()
				})
				release, _ = lockStore(true)
			}
		}
		db, err := openStore()
		var before kept
		if err == nil {
			before, err = readStore(db)
		}
		p.post(func() {
			k, t := &p.lessons.keep, &p.state.Teach
			k.mine, k.release, t.Busy = true, release, false
			switch {
			case err != nil:
				t.Trouble = p.state.Words().TeachKeepFailed
			case !p.takeKept(before):
				t.Trouble = p.state.Words().TeachKeptMore
				db.Call("close")
			default:
				k.db, k.saved, t.Kept = db, map[int]bool{}, true
				browser.Store(keepFlag, "kept")
				p.keepAll(true)
				if p.state.Tab == view.TabTeach {
					p.openTeach()
				}
				p.teachChanged()
			}
			p.panel.due = true
			p.renderSoon()
		})
	}()
}

// ToggleKeep keeps the classes from now on, or forgets what was kept and leaves those on the page.
func (p *Page) ToggleKeep() {
	p.post(func() {
		if p.state.Teach.Kept {
			p.forgetStore()
			return
		}
		p.keepFrom()
	})
}

// ForgetTaught drops the classes here and in the storage.
func (p *Page) ForgetTaught() {
	p.post(func() {
		p.stopRecording()
		p.forgetStore()
		p.state.Teach.Forget()
		p.sweepPictures()
		p.openTeach()
		p.teachChanged()
	})
}

func (p *Page) forgetStore() {
	k := &p.lessons.keep
	if k.db.Truthy() {
		store(k.db, "readwrite").Call("clear")
		k.db.Call("close")
		js.Global().Get("indexedDB").Call("deleteDatabase", "sescope")
	}
	k.db, k.saved = js.Undefined(), nil
	p.state.Teach.Kept = false
	browser.Unstore(keepFlag)
	p.renderSoon()
}

// keepSoon writes what changed, after a while: recordings come faster than anyone needs them kept.
func (p *Page) keepSoon() {
	k := &p.lessons.keep
	if !p.state.Teach.Kept || k.waiting {
		return
	}
	k.waiting = true
	p.after(keepEvery, p.keepNow)
}

// leaveStore is called when the page goes. Where the browser keeps it for the way back (persisted),
// the lock has to be given back by hand: another tab would wait for it in vain.
func (p *Page) leaveStore(persisted bool) {
	p.keepNow()
	k := &p.lessons.keep
	if !persisted || !k.db.Truthy() {
		return
	}
	k.db.Call("close")
	k.db, k.mine, k.away, p.state.Teach.Kept = js.Undefined(), false, true, false
	if k.release.Truthy() {
		k.release.Invoke()
	}
}

// returnToStore is called when the page is back: what was kept is what it had, and what another tab
// made of it meanwhile.
func (p *Page) returnToStore() {
	k := &p.lessons.keep
	if !k.away {
		return
	}
	k.away = false
	p.state.Teach.Forget()
	p.sweepPictures()
	if p.state.Tab == view.TabTeach {
		p.openTeach()
	}
	p.teachChanged()
	p.restoreTaught()
}

// keepNow writes what keepSoon put off: at its time, or before the page goes.
func (p *Page) keepNow() {
	if k := &p.lessons.keep; k.waiting {
		k.waiting = false
		p.keepAll(false)
	}
}

// keepAll writes the list and the pictures that are new, and takes away those that are gone; fresh:
// whatever was there before.
func (p *Page) keepAll(fresh bool) {
	k := &p.lessons.keep
	if !p.state.Teach.Kept || !k.db.Truthy() {
		return
	}
	var list keptList
	s := store(k.db, "readwrite") // one transaction: all of it or nothing
	if fresh {
		s.Call("clear")
	}
	used := map[int]bool{}
	for _, c := range p.state.Teach.Classes {
		kept := keptClass{Name: c.Name, Examples: []keptExample{}}
		for _, e := range c.Examples {
			pic := p.lessons.pictures[e.ID]
			kept.Examples = append(kept.Examples, keptExample{e.ID, e.Burst, pic.name})
			used[e.ID] = true
			if !k.saved[e.ID] {
				k.saved[e.ID] = true
				s.Call("put", pic.blob, pictureKey(e.ID))
			}
		}
		list.Classes = append(list.Classes, kept)
	}
	for id := range k.saved {
		if !used[id] {
			delete(k.saved, id)
			s.Call("delete", pictureKey(id))
		}
	}
	text, err := json.Marshal(list)
	if err != nil {
		panic(err)
	}
	s.Call("put", string(text), keepList)
	s.Get("transaction").Call("commit") // by itself it ends later, and not at all if the page goes
}
