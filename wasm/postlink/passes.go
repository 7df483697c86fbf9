package postlink

import "slices"

// addresses makes an offset of what is added to the stack pointer for a load or a store. The sum
// lies in the stack, so it does not overflow.
func addresses(list []node) []node {
	list = slices.Clone(list)
	drop := make([]bool, len(list))
	for i := range list {
		if !matches(list, i, getSP, anyOf(opI64ExtendU), anyOf(opI64Const), anyOf(opI64Add), anyOf(opI32Wrap)) {
			continue
		}
		offset := list[i+2].number()
		if offset < 0 || offset > 1<<20 {
			continue
		}
		for at, height := i+5, 1; at < len(list); at++ { // height: values on the stack, from the address on
			n := list[at]
			if drop[at] {
				continue
			}
			if height == 1 && n.op >= firstLoad && n.op < firstStore || height == 2 && n.op >= firstStore && n.op <= lastStore {
				r := reader{n.bytes, 1, len(n.bytes)}
				align, _ := r.uint(32)
				former, _ := r.uint(32)
				list[at] = of(n.op, int(align), int(former)+offset)
				drop[i+1], drop[i+2], drop[i+3], drop[i+4] = true, true, true, true
				break
			}
			pops, pushes, ok := n.effect()
			if !ok || height-pops < 1 {
				break
			}
			height += pushes - pops
		}
	}
	kept := list[:0]
	for i, n := range list {
		if !drop[i] {
			kept = append(kept, n)
		}
	}
	return kept
}

// jumps lets a jump to a block that is not yet passed go there, and makes a br_if of an if that
// holds only a branch.
func jumps(list []node) []node {
	table, loop := header(list)
	open := map[int]bool{}
	var out []node
	for i, n := range list {
		switch n.op {
		case opBlock, opLoop, opIf:
			open[n.label] = true
		case opEnd:
			delete(open, n.label)
			if matches(out, len(out)-2, void, anyOf(opBr)) && out[len(out)-1].label != n.label {
				target := out[len(out)-1].label
				out = append(out[:len(out)-2], node{instruction: of(opBrIf, 0).instruction, label: target})
				continue
			}
		case opBr:
			if i > table && n.label == loop && loop != 0 && matches(out, len(out)-2, anyOf(opI32Const), of(opLocalSet, 0)) {
				labels := list[table].labels
				place := out[len(out)-2].number()
				if target := labels[min(place, len(labels)-1)]; place >= 0 && open[target] {
					out, n.label = out[:len(out)-2], target
				}
			}
		}
		out = append(out, n)
	}
	return out
}

// opposite of a comparison of integers; 0 if there is none.
func opposite(op opcode) opcode {
	switch {
	case op >= 0x46 && op <= 0x4f:
		return opposite(op+0x0b) - 0x0b // of i32: in the order of those of i64
	case op == 0x51 || op == 0x52: // eq, ne
		return 0x51 + 0x52 - op
	case op >= 0x53 && op <= 0x54: // lt: ge
		return op + 6
	case op >= 0x55 && op <= 0x56: // gt: le
		return op + 2
	case op >= 0x57 && op <= 0x58:
		return op - 2
	case op >= 0x59 && op <= 0x5a:
		return op - 6
	}
	return 0
}

// conditions takes the detours out of what an if or br_if asks for: any number but 0 is true.
func conditions(list []node) []node {
	var out []node
	for _, n := range list {
		for changed := n.op == opIf || n.op == opBrIf; changed; {
			last := len(out) - 1
			switch {
			case matches(out, last-2, anyOf(opI64ExtendU), anyOf(opI64Eqz), anyOf(opI32Eqz)):
				out = out[:last-2]
			case matches(out, last-1, anyOf(opI64ExtendU), anyOf(opI64Eqz)):
				out = append(out[:last-1], of(opI32Eqz))
			case matches(out, last-1, anyOf(opI32Eqz), anyOf(opI32Eqz)):
				out = out[:last-1]
			case matches(out, last, anyOf(opI32Eqz)) && last > 0 && opposite(out[last-1].op) != 0:
				out = append(out[:last-1], of(opposite(out[last-1].op)))
			default:
				changed = false
			}
		}
		out = append(out, n)
	}
	return out
}

// unwinding lets a call that unwinds return at once, and not by way of the function's end: the
// depth of the end differs from call to call, four instructions that are always the same are less.
func unwinding(list []node) []node {
	if !matches(list, len(list)-len(goEnd), goEnd...) {
		return list
	}
	end := list[len(list)-3].label
	var out []node
	for _, n := range list {
		if n.op == opBrIf && n.label == end {
			label := -len(out) - 1 // of its own
			out = append(out, node{instruction: void.instruction, label: label}, of(opI32Const, 1), of(opReturn), node{instruction: endIf.instruction, label: label})
			continue
		}
		out = append(out, n)
	}
	return out
}

// unused leaves out the blocks and loops that no branch goes to, the table if it has nothing to
// choose from, and what follows the block of unwinding calls.
func unused(list []node) []node {
	if table, _ := header(list); table >= 0 && len(list[table].labels) == 1 && list[table-2].op == opBlock && list[table-2].label == list[table].labels[0] && matches(list, table+1, anyOf(opEnd)) {
		list = slices.Delete(slices.Clone(list), table-2, table+2)
	}
	used := map[int]bool{}
	for _, n := range list {
		switch n.op {
		case opIf, opBr, opBrIf:
			used[n.label] = true
		case opBrTable:
			for _, label := range n.labels {
				used[label] = true
			}
		}
	}
	var out []node
	for at, n := range list {
		switch {
		case (n.op == opBlock || n.op == opLoop) && !used[n.label], n.op == opEnd && n.label != 0 && !used[n.label]:
		case at == len(list)-2 && matches(list, at-2, goEnd...) && !used[list[at-1].label]:
		default:
			out = append(out, n)
		}
	}
	return out
}

// returns moves the stack pointer once, and no longer keeps the copy that nobody reads.
func returns(list []node) []node {
	up := slices.Concat([]node{getSP, anyOf(opI32Const), of(opI32Add)}, storeSP)
	back := []node{anyOf(opI32Const), of(opReturn)}
	var out []node
	for at := 0; at < len(list); at++ {
		n := list[at]
		twice := matches(list, at, slices.Concat(up, up, back)...)
		if !twice && !matches(list, at, slices.Concat(up, back)...) {
			out = append(out, n)
			continue
		}
		by := list[at+1].number()
		at += len(up)
		if twice {
			by += list[at+1].number()
			at += len(up)
		}
		at--
		if by < 0 {
			by = 0 // not Go's: SP never moves down in a return
		}
		out = append(out, getSP, of(opI32Const, by), of(opI32Add), of(opGlobalSet, 0))
	}
	return out
}
