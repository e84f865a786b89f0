// Checks what crates/ledger wrote with Go's golang.org/x/mod/sumdb: trees, proofs, checkpoints.
//
// Reads one JSON object on standard input; prints "ok", or says what does not hold and exits with 1.
// Record n of the tree is n as eight bytes, big-endian.
package main

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type input struct {
	Size        int64
	Index       int64
	Old         int64
	Inclusion   []string
	Consistency []string
	Checkpoint  string
	Key         string
}

type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, index := range indexes {
		out = append(out, m[index])
	}
	return out, nil
}

func record(n int64) []byte {
	var out [8]byte
	binary.BigEndian.PutUint64(out[:], uint64(n))
	return out[:]
}

func check(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func hashes(texts []string) []tlog.Hash {
	var out []tlog.Hash
	for _, text := range texts {
		bytes, err := hex.DecodeString(text)
		check(err)
		var hash tlog.Hash
		copy(hash[:], bytes)
		out = append(out, hash)
	}
	return out
}

func main() {
	var in input
	check(json.NewDecoder(os.Stdin).Decode(&in))
	var tree memory
	for n := int64(0); n < in.Size; n++ {
		stored, err := tlog.StoredHashes(n, record(n), tree)
		check(err)
		tree = append(tree, stored...)
	}
	root, err := tlog.TreeHash(in.Size, tree)
	check(err)
	old, err := tlog.TreeHash(in.Old, tree)
	check(err)
	leaf := tlog.RecordHash(record(in.Index))
	check(tlog.CheckRecord(hashes(in.Inclusion), in.Size, root, in.Index, leaf))
	check(tlog.CheckTree(hashes(in.Consistency), in.Size, root, in.Old, old))

	verifier, err := note.NewVerifier(in.Key)
	check(err)
	opened, err := note.Open([]byte(in.Checkpoint), note.VerifierList(verifier))
	check(err)
	want := fmt.Sprintf("%s\n%d\n%s\n", verifier.Name(), in.Size, root)
	if opened.Text != want {
		check(fmt.Errorf("the checkpoint says %q, wanted %q", opened.Text, want))
	}
	fmt.Println("ok")
}
